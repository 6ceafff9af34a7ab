"""Addresses for staff and holders; the public ones are in `verify_urls`."""

from django.urls import include, path

from certificates import holder_views, staff_views
from certificates.transcripts.views import transcript

app_name = "certificates"
urlpatterns = [
    path("", staff_views.batches, name="batches"),
    path("propose/", staff_views.propose, name="propose"),
    path("batches/<int:pk>/", include("certificates.batch_pages.urls")),
    path("batches/<int:pk>/ceremony/", include("certificates.ceremony.urls")),
    path("register/", include("certificates.register.urls")),
    path("themes/", include("certificates.gallery.urls")),
    path("deputies/", include("certificates.deputies.urls")),
    path("", include("certificates.holders.urls")),
    path("<slug:serial>/pdf/", holder_views.download, name="download"),
    path("<slug:serial>/transcript/", transcript, name="transcript"),
    path("", include("certificates.life.urls")),  # takes any serial: last
]
