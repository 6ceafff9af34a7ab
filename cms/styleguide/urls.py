"""Addresses of the style guide, included in development only."""

from django.urls import path

from cms.styleguide import views

app_name = "styleguide"
urlpatterns = [
    path("", views.index, name="index"),
    path("errors/<slug:code>/", views.error, name="error"),
]
