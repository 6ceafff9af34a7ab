"""Addresses of a batch's ceremony, below the batch's own."""

from django.urls import path

from certificates.ceremony import list_views, paper_views, views

urlpatterns = [
    path("", views.ceremony, name="ceremony"),
    path("seats/", views.seats, name="ceremony_seats"),
    path("seats/list/", views.seat_list, name="ceremony_seat_list"),
    path("seats/<int:row_id>/move/", views.move, name="ceremony_move"),
    path("paper/", paper_views.runs, name="ceremony_paper"),
    path("paper/test/", paper_views.test_sheet, name="ceremony_test_sheet"),
    path("paper/<int:run_id>/pdf/", paper_views.download, name="ceremony_paper_file"),
    path("lists/", list_views.lists, name="ceremony_lists"),
    path("lists/signing/", list_views.signing, name="ceremony_signing"),
    path("lists/announcing/", list_views.announcing, name="ceremony_announcing"),
    path("names/", list_views.names, name="ceremony_names"),
    path("names/<int:row_id>/", list_views.reading, name="ceremony_reading"),
]
