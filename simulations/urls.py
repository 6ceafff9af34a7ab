"""Addresses of the simulations, under /simulations/."""

from __future__ import annotations

from django.urls import path

from simulations import views

app_name = "simulations"
urlpatterns = [
    path("", views.index, name="index"),
    path("runs/<uuid:run_id>/", views.play, name="play"),
    path("runs/<uuid:run_id>/choose/", views.choose, name="choose"),
    path("runs/<uuid:run_id>/debrief/", views.debrief, name="debrief"),
    path("<slug:key>/", views.scenario, name="scenario"),
    path("<slug:key>/start/", views.start, name="start"),
]
