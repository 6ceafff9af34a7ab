"""Addresses for staff and holders; the public ones are in `verify_urls`."""

from django.urls import URLPattern

app_name = "certificates"
urlpatterns: list[URLPattern] = []
