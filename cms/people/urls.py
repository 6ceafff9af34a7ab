"""The people in one's scope."""

from django.urls import path

from cms.people import photos, views

app_name = "people"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:person_id>/", views.record, name="record"),
    path("<uuid:person_id>/name/", views.name, name="name"),
    path("<uuid:person_id>/ask/<int:pk>/", views.ask, name="ask"),
    path("<uuid:person_id>/photo/", photos.photo, name="photo"),
    path("<uuid:person_id>/photo/file/", photos.photo_file, name="photo_file"),
]
