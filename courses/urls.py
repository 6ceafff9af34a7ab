"""Addresses of the courses, under /courses/."""

from __future__ import annotations

from django.urls import path, re_path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.index, name="index"),
    re_path(r"^media/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)$", views.released_media, name="media"),
    path("<str:slug>/", views.course, name="course"),
    path("<str:slug>/enrol/", views.enrol, name="enrol"),
    path("<str:slug>/lessons/<str:lesson_slug>/", views.lesson, name="lesson"),
    path("<str:slug>/lessons/<str:lesson_slug>/seen/", views.seen, name="seen"),
    path("<str:slug>/lessons/<str:lesson_slug>/complete/", views.complete, name="complete"),
    path("<str:slug>/lessons/<str:lesson_slug>/check/<str:block_id>/", views.check, name="check"),
    path("<str:slug>/lessons/<str:lesson_slug>/report/<str:block_id>/", views.report, name="report"),
    path("<str:slug>/lessons/<str:lesson_slug>/reflect/<str:block_id>/", views.reflect, name="reflect"),
]
