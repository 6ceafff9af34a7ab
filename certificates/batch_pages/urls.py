"""Addresses of one batch, below /certificates/batches/<number>/."""

from django.urls import path

from certificates.batch_pages import views

urlpatterns = [
    path("", views.checks, name="batch"),
    path("people/", views.people, name="batch_people"),
    path("samples/", views.sample_pages, name="batch_samples"),
    path("trail/", views.trail, name="batch_trail"),
    path("progress/", views.progress, name="batch_progress"),
    path("sample/", views.sample, name="sample"),
    path("sample/<slug:which>/", views.sample, name="sample_of"),
    path("sample/<slug:which>/picture/", views.sample_picture, name="sample_picture"),
    path("decide/", views.decide, name="decide"),
    path("recheck/", views.recheck, name="recheck"),
    path("retry/", views.retry, name="retry"),
]
