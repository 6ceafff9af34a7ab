"""The people in one's scope."""

from django.urls import path

from cms.people import views

app_name = "people"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:person_id>/", views.record, name="record"),
    path("<uuid:person_id>/name/", views.name, name="name"),
]
