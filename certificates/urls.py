"""Addresses for staff and holders; the public ones are in `verify_urls`."""

from django.urls import path

from certificates import case_views, holder_views, staff_views

app_name = "certificates"
urlpatterns = [
    path("", staff_views.batches, name="batches"),
    path("propose/", staff_views.propose, name="propose"),
    path("batches/<int:pk>/", staff_views.batch, name="batch"),
    path("batches/<int:pk>/decide/", staff_views.decide, name="decide"),
    path("batches/<int:pk>/recheck/", staff_views.recheck, name="recheck"),
    path("batches/<int:pk>/retry/", staff_views.retry, name="retry"),
    path("batches/<int:pk>/sample/", staff_views.sample, name="sample"),
    path("cases/", case_views.cases, name="cases"),
    path("names/<int:pk>/", holder_views.name, name="name"),
    path("<slug:serial>/", staff_views.certificate, name="certificate"),
    path("<slug:serial>/revoke/", staff_views.revoke, name="revoke"),
    path("<slug:serial>/pdf/", holder_views.download, name="download"),
]
