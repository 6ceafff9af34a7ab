"""Addresses of the library, under /library/."""

from __future__ import annotations

from django.urls import path

from library import views

app_name = "library"
urlpatterns = [path("lists/", views.lists, name="lists")]
