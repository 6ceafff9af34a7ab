"""Addresses of deputies, below /certificates/deputies/."""

from django.urls import path

from certificates.deputies import views

urlpatterns = [
    path("", views.deputies, name="deputies"),
    path("<int:pk>/end/", views.end, name="end_deputy"),
]
