"""Addresses of exams, attempts and marking, under /exams/."""

from __future__ import annotations

from django.urls import path

from assessments import errata_views, marking_views, media_views, views

app_name = "assessments"
urlpatterns = [
    path("", views.exams, name="exams"),
    path("marking/", marking_views.queue, name="marking"),
    path("marking/<uuid:attempt_id>/<int:slot>/", marking_views.mark, name="mark"),
    path("errata/", errata_views.errata, name="errata"),
    path("media/<str:file>", media_views.medium, name="media"),
    path("questions/<slug:key>/", views.preview, name="preview"),
    path("attempt/<uuid:attempt_id>/", views.sit, name="sit"),
    path("attempt/<uuid:attempt_id>/save/", views.save, name="save"),
    path("attempt/<uuid:attempt_id>/<int:slot>/files/", media_views.answer_files, name="answer_files"),
    path(
        "attempt/<uuid:attempt_id>/<int:slot>/files/<str:sha256>/",
        media_views.answer_file,
        name="answer_file",
    ),
    path("attempt/<uuid:attempt_id>/submit/", views.submit, name="submit"),
    path("attempt/<uuid:attempt_id>/result/", views.result, name="result"),
    path("attempt/<uuid:attempt_id>/report/<int:slot>/", errata_views.report, name="report"),
    path("<slug:key>/", views.exam, name="exam"),
    path("<slug:key>/start/", views.start, name="start"),
]
