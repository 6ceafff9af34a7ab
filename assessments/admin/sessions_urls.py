"""Addresses of the pages about exam sessions, under /admin/exam_sessions/."""

from __future__ import annotations

from django.urls import path

from assessments.admin import sessions_editing as editing
from assessments.admin import sessions_page as page
from assessments.admin import sessions_rooms as rooms
from assessments.admin import sessions_seats as seats

urlpatterns = [
    path("new/", editing.NewSessionView.as_view(), name="new"),
    path("<uuid:pk>/", page.SessionPage.as_view(), name="session"),
    path("<uuid:pk>/edit/", editing.EditSessionView.as_view(), name="edit_session"),
    path("<uuid:pk>/remove/", editing.remove, name="remove_session"),
    path("<uuid:pk>/announce/", page.announce, name="announce"),
    path("<uuid:pk>/print/<slug:kind>/", page.print_session, name="print"),
    path("<uuid:pk>/rooms/new/", rooms.NewRoomView.as_view(), name="new_room"),
    path("<uuid:pk>/rooms/<uuid:room_id>/", rooms.RoomView.as_view(), name="edit_room"),
    path("<uuid:pk>/rooms/<uuid:room_id>/remove/", rooms.remove, name="remove_room"),
    path("<uuid:pk>/rooms/<uuid:room_id>/invigilators/", rooms.assign, name="assign"),
    path("<uuid:pk>/rooms/<uuid:room_id>/print/<slug:kind>/", page.print_room, name="print_room"),
    path("<uuid:pk>/seats/", seats.SeatsView.as_view(), name="seats"),
    path("<uuid:pk>/seats/template/", seats.template, name="seats_template"),
    path("<uuid:pk>/seats/arrange/", seats.ArrangeView.as_view(), name="arrange"),
    path("<uuid:pk>/seats/take/", seats.take, name="take_seats"),
]
