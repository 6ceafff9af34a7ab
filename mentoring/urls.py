"""The pairing record and what both sides do on it. The dashboard above it is composed in `cms`."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "mentoring"
urlpatterns: list[URLPattern] = []
