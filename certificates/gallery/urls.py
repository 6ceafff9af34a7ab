"""Addresses of the gallery, below /certificates/themes/."""

from django.urls import path

from certificates.gallery import mark_views, views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("marks/", mark_views.marks, name="marks"),
    path("marks/<int:pk>/picture/", mark_views.mark_picture, name="mark_picture"),
    path("marks/<int:pk>/retire/", mark_views.retire, name="retire_mark"),
    path("<slug:key>/", views.theme, name="theme"),
    path("<slug:key>/picture/", views.picture, name="theme_picture"),
    path("<slug:key>/preview.png", views.preview, {"form": "png"}, name="theme_preview"),
    path("<slug:key>/preview.pdf", views.preview, {"form": "pdf"}, name="theme_preview_pdf"),
    path("<slug:key>/shelf/", views.shelf, name="shelf"),
    path("<slug:key>/dress/", views.dress, name="dress"),
]
