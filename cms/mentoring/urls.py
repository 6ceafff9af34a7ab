"""The mentor's page, composed here; the pairing's own pages live in the mentoring room."""

from django.urls import include, path

from cms.mentoring import views

urlpatterns = [
    path("", include(([path("", views.dashboard, name="dashboard")], "mentors"))),
    path("", include("mentoring.urls")),
]
