"""The pairing record and what both sides do on it. The dashboard above it is composed in `cms`."""

from __future__ import annotations

from django.urls import path

from mentoring import views

app_name = "mentoring"
urlpatterns = [
    path("pairings/<str:agreement_no>/", views.pairing, name="pairing"),
    path("pairings/<str:agreement_no>/sessions/new/", views.session_new, name="session_new"),
    path("pairings/<str:agreement_no>/sessions/<int:session_id>/", views.session_edit, name="session_edit"),
    path("pairings/<str:agreement_no>/endorse/", views.endorsement_new, name="endorse"),
    path("sessions/<int:session_id>/confirm/", views.session_confirm, name="session_confirm"),
    path("sessions/<int:session_id>/change/", views.session_change, name="session_change"),
]
