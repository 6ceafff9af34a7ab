"""One exam session: its rooms, seats and invigilators, what is printed, who was told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from assessments.admin.sessions import SessionView, own_session
from assessments.exams.releasing import newest_release
from assessments.halls import printing
from assessments.halls.announcing import announce_seats
from assessments.halls.sessions import has_begun
from assessments.halls.views import pdf_response
from assessments.models import ExamRoom, ExamSession, Seat
from people.accounts import current_person

# A ticket takes about a tenth of a second: more than these are printed room by room.
MOST_AT_ONCE = 200
KINDS = {
    "tickets": gettext_lazy("Admission tickets"),
    "door": gettext_lazy("Door list"),
    "sign-in": gettext_lazy("Sign-in sheet"),
}


class SessionPage(SessionView):
    """Everything about one session on one page."""

    template_name = "assessments/admin/sessions_page.html"

    def get_page_title(self) -> str:
        return str(self.session.title)

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = printing.seats_to_print(session=self.session)
        rooms = list(_rooms(self.session))
        by_room = [(room, [seat for seat in seats if seat.room_id == room.pk]) for room in rooms]
        return super().get_context_data(
            exam=newest_release(self.session.exam_key),
            rooms=by_room,
            seat_count=len(seats),
            when=printing.when(self.session),
            kinds=KINDS.items(),
            at_once=len(seats) <= MOST_AT_ONCE,
            has_begun=has_begun(self.session),
            **kwargs,
        )


@require_POST
def announce(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tell the candidates where they sit."""
    sent = announce_seats(session=own_session(request, pk), by=current_person(request), now=timezone.now())
    said = ngettext("%(count)d person was told.", "%(count)d people were told.", sent) % {"count": sent}
    messages.success(request, said if sent else _("Everybody has been told already; nothing has changed."))
    return redirect("exam_sessions:session", pk)


@require_GET
def print_session(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """One kind of document for all rooms."""
    session = own_session(request, pk)
    if kind == "tickets" and Seat.objects.filter(session=session).count() > MOST_AT_ONCE:
        raise Http404
    return _print(kind, session, _rooms(session), session.title)


@require_GET
def print_room(request: HttpRequest, pk: UUID, room_id: UUID, kind: str) -> HttpResponse:
    """One kind of document for one room."""
    session = own_session(request, pk)
    room = get_object_or_404(ExamRoom, pk=room_id, session=session)
    return _print(kind, session, [room], f"{session.title} {room.name}")


def _rooms(session: ExamSession) -> Any:
    rooms = ExamRoom.objects.filter(session=session).order_by("name")
    return rooms.prefetch_related("invigilators__person__account").annotate(seat_count=Count("seats"))


def _print(kind: str, session: ExamSession, rooms: Iterable[ExamRoom], name: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    rooms = list(rooms)
    if kind == "tickets":
        seats = printing.seats_to_print(room__in=[room.pk for room in rooms])
        if not seats:
            raise Http404
        pdf = printing.print_tickets(session, seats)
    elif kind == "door":
        pdf = printing.print_door_lists(session, rooms)
    else:
        pdf = printing.print_sign_in_sheets(session, rooms)
    return pdf_response(pdf, f"{KINDS[kind]} {name}.pdf")
