"""Own record, notices."""

from django.urls import path

from cms.me import views

urlpatterns = [
    path("", views.record, name="me"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
]
