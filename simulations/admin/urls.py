"""Addresses of the section 推演 below its list. Whoever adds a page adds its lines to a list of their own here."""

from __future__ import annotations

from django.urls import path

from simulations.admin import conditions, overview

writing = [
    path("<int:pk>/", overview.OverviewView.as_view(), name="inspect"),
    path("<int:pk>/release/", overview.release, name="release"),
]

aids = [
    path("<int:pk>/condition/", conditions.ConditionCheck.as_view(), name="condition"),
]

urlpatterns = [*writing, *aids]
