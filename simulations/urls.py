"""Addresses of the simulations, under /simulations/."""

from __future__ import annotations

from django.urls import path

from simulations import views
from simulations.packs import reading as packs
from simulations.reviewing import views as reviewing

app_name = "simulations"
urlpatterns = [
    path("", views.index, name="index"),
    path("runs/<uuid:run_id>/", views.play, name="play"),
    path("runs/<uuid:run_id>/choose/", views.choose, name="choose"),
    path("runs/<uuid:run_id>/debrief/", views.debrief, name="debrief"),
    path("runs/<uuid:run_id>/replay/", views.replay, name="replay"),
    path("runs/<uuid:run_id>/seat/<slug:key>/", reviewing.seat, name="seat"),
    path("runs/<uuid:run_id>/notes/", reviewing.note_new, name="note_new"),
    path("runs/<uuid:run_id>/homework/", reviewing.homework_new, name="homework_new"),
    path("notes/<uuid:note_id>/", reviewing.note_change, name="note_change"),
    path("homework/<uuid:homework_id>/", reviewing.homework, name="homework"),
    path("homework/<uuid:homework_id>/back/", reviewing.homework_take_back, name="homework_take_back"),
    path("homework/<uuid:homework_id>/return/", reviewing.homework_return, name="homework_return"),
    path("<slug:key>/", views.scenario, name="scenario"),
    path("<slug:key>/guide.pdf", packs.guide, name="guide"),
    path("<slug:key>/start/", views.start, name="start"),
]
