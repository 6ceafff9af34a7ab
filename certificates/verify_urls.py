"""Addresses for strangers: no login, no cookies."""

from django.urls import URLPattern

app_name = "verify"
urlpatterns: list[URLPattern] = []
