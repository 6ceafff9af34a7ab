"""Addresses of exams, attempts and marking, under /exams/."""

from __future__ import annotations

from django.urls import path

from assessments import errata_views, media_views, views
from assessments.entry import views as entry_views
from assessments.halls import copy_views
from assessments.halls import views as hall_views
from assessments.inquiries import views as inquiry_views
from assessments.marking import anchor_views, board_views, script_views
from assessments.marking import views as marking_views
from assessments.rechecks import views as recheck_views
from assessments.sittings import autosave, receipt_views
from assessments.sittings import views as sitting_views

app_name = "assessments"
urlpatterns = [
    path("", views.exams, name="exams"),
    path("marking/", marking_views.queue, name="marking"),
    path("marking/<int:item_id>/", marking_views.question, name="marking_question"),
    path("marking/<int:item_id>/anchor/", anchor_views.anchor, name="marking_anchor"),
    path("marking/<int:item_id>/anchors/", anchor_views.anchors, name="marking_anchors"),
    path("marking/<int:item_id>/alike/", board_views.alike, name="marking_alike"),
    path("marking/boards/", board_views.boards, name="marking_boards"),
    path("marking/boards/<slug:exam_key>/", board_views.board, name="marking_board"),
    path("marking/<uuid:attempt_id>/<int:slot>/", script_views.mark, name="mark"),
    path("errata/", errata_views.errata, name="errata"),
    path("media/<str:file>", media_views.medium, name="media"),
    path("questions/<slug:key>/", views.preview, name="preview"),
    path("attempt/<uuid:attempt_id>/", sitting_views.sit, name="sit"),
    path("attempt/<uuid:attempt_id>/paper/", sitting_views.paper, name="paper"),
    path("attempt/<uuid:attempt_id>/save/", sitting_views.save, name="save"),
    path("attempt/<uuid:attempt_id>/pulse/", autosave.pulse, name="pulse"),
    path("attempt/<uuid:attempt_id>/<int:slot>/files/", media_views.answer_files, name="answer_files"),
    path(
        "attempt/<uuid:attempt_id>/<int:slot>/files/<str:sha256>/",
        media_views.answer_file,
        name="answer_file",
    ),
    path("attempt/<uuid:attempt_id>/submit/", sitting_views.submit, name="submit"),
    path("attempt/<uuid:attempt_id>/result/", views.result, name="result"),
    path("attempt/<uuid:attempt_id>/receipt/", receipt_views.receipt, name="receipt"),
    path("attempt/<uuid:attempt_id>/receipt.json", receipt_views.receipt_file, name="receipt_file"),
    path("attempt/<uuid:attempt_id>/report/<int:slot>/", errata_views.report, name="report"),
    path("inquiries/", inquiry_views.inquiries, name="inquiries"),
    path("inquiries/<uuid:attempt_id>/", inquiry_views.inquiry, name="inquiry"),
    path("inquiries/<uuid:attempt_id>/held/", inquiry_views.decide, name="decide_held"),
    path("inquiries/<uuid:attempt_id>/<int:number>/", inquiry_views.reply, name="inquiry_reply"),
    path("attempt/<uuid:attempt_id>/journal/", inquiry_views.own_journal, name="own_journal"),
    path("attempt/<uuid:attempt_id>/journal/<int:number>/", inquiry_views.objection, name="objection"),
    path("attempt/<uuid:attempt_id>/recheck/", recheck_views.own_recheck, name="recheck_own"),
    path("rechecks/", recheck_views.rechecks, name="rechecks"),
    path("rechecks/<uuid:pk>/", recheck_views.recheck, name="recheck"),
    path("copies/", copy_views.copies, name="copies"),
    path("copies/<str:code>/", copy_views.copy, name="copy"),
    path("copies/rooms/<uuid:room_id>/", copy_views.room_copies, name="room_copies"),
    path("rehearsal/", entry_views.rehearsal, name="rehearsal"),
    path("requests/", entry_views.requests, name="requests"),
    path("arrangements/<int:pk>/", entry_views.accommodation, name="accommodation"),
    path("exemptions/<uuid:pk>/", entry_views.exemption, name="exemption"),
    path("exemptions/<uuid:pk>/file/", entry_views.exemption_file, name="exemption_file"),
    path("rooms/", hall_views.rooms, name="rooms"),
    path("rooms/<uuid:room_id>/", hall_views.room, name="room"),
    path("rooms/<uuid:room_id>/code/", hall_views.room_code, name="room_code"),
    path("rooms/<uuid:room_id>/extend/", hall_views.room_extend, name="room_extend"),
    path("rooms/<uuid:room_id>/incidents/", hall_views.room_incident, name="room_incident"),
    path("rooms/<uuid:room_id>/seats/<uuid:seat_id>/", hall_views.seat, name="seat"),
    path("rooms/<uuid:room_id>/seats/<uuid:seat_id>/extend/", hall_views.seat_extend, name="seat_extend"),
    path("rooms/sessions/<uuid:session_id>/", hall_views.hall, name="hall"),
    path("rooms/sessions/<uuid:session_id>/extend/", hall_views.hall_extend, name="hall_extend"),
    path("tickets/<uuid:seat_id>/", hall_views.ticket, name="ticket"),
    path("<slug:key>/", views.exam, name="exam"),
    path("<slug:key>/start/", views.start, name="start"),
    path("<slug:key>/arrangement/", entry_views.arrangement, name="arrangement"),
    path("<slug:key>/exemption/", entry_views.ask_exemption, name="ask_exemption"),
]
