"""Addresses for strangers: no login, no cookies."""

from django.urls import path

from certificates import verify_views

app_name = "verify"
urlpatterns = [
    path("", verify_views.index, name="index"),
    path("<str:code>/", verify_views.page, name="page"),
]
