"""Addresses for staff and holders; the public ones are in `verify_urls`."""

from django.urls import include, path

from certificates import holder_views, staff_views

app_name = "certificates"
urlpatterns = [
    path("", staff_views.batches, name="batches"),
    path("propose/", staff_views.propose, name="propose"),
    path("batches/<int:pk>/", staff_views.batch, name="batch"),
    path("batches/<int:pk>/decide/", staff_views.decide, name="decide"),
    path("batches/<int:pk>/recheck/", staff_views.recheck, name="recheck"),
    path("batches/<int:pk>/retry/", staff_views.retry, name="retry"),
    path("batches/<int:pk>/sample/", staff_views.sample, name="sample"),
    path("batches/<int:pk>/ceremony/", include("certificates.ceremony.urls")),
    path("register/", include("certificates.register.urls")),
    path("deputies/", include("certificates.deputies.urls")),
    path("names/<int:pk>/", holder_views.name, name="name"),
    path("<slug:serial>/pdf/", holder_views.download, name="download"),
    path("", include("certificates.life.urls")),  # takes any serial: last
]
