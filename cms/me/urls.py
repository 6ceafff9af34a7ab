"""Own record, notices."""

from django.urls import path

from cms.me import views
from cms.people import photos

urlpatterns = [
    path("", views.record, name="me"),
    path("photo/", photos.photo, name="photo"),
    path("photo/file/", photos.photo_file, name="photo_file"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
]
