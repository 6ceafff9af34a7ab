"""Seats of a session: from a spreadsheet or by themselves; always looked at before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from assessments.admin.downloads import download
from assessments.admin.sessions import SessionView, own_session
from assessments.admin.sessions_forms import ArrangeForm, SheetForm
from assessments.halls.arranging import arrange
from assessments.halls.seat_sheets import SeatSheet, read_seat_sheet, write_template
from assessments.halls.seating import Placement, check_not_begun, seat_people
from assessments.models import ExamRoom, ExamSession, Seat
from core.errors import Refusal
from people.accounts import current_person
from people.models import Account

SALT = "assessments.seats"
WAITS = 60 * 60  # seconds in which a plan that was looked at may be taken


@dataclass(frozen=True)
class PlannedSeat:
    """One line of a plan as people read it; `was` is the seat the person has now, "" without one."""

    room: str
    number: int
    staff_number: str
    name: str
    was: str


class SeatsView(SessionView):
    """A spreadsheet is uploaded and shown with what is wrong in it."""

    template_name = "assessments/admin/sessions_seats.html"
    page_title = gettext_lazy("Seats from a spreadsheet")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SheetForm())
        rooms = ExamRoom.objects.filter(session=self.session).order_by("name")
        return super().get_context_data(rooms=rooms, back=self.home, **kwargs)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                sheet = self._read(form)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                context = self.get_context_data(
                    form=form, sheet=sheet, **_preview_of_sheet(self.session, sheet)
                )
                return self.render_to_response(context, status=422 if sheet.problems else 200)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _read(self, form: SheetForm) -> SeatSheet:
        check_not_begun(self.session)
        content = form.cleaned_data["file"].read()
        return read_seat_sheet(
            session=self.session, content=content, by=current_person(self.request), now=timezone.now()
        )


class ArrangeView(SessionView):
    """Everybody of some organisations on the seats of the rooms, colleagues apart."""

    template_name = "assessments/admin/sessions_arrange.html"
    page_title = gettext_lazy("Seats by themselves")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self._form())
        return super().get_context_data(back=self.home, **kwargs)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form, planned = self._form(request.POST), {}
        if form.is_valid():
            try:
                check_not_begun(self.session)
                placements = arrange(
                    session=self.session,
                    organisations=form.cleaned_data["organisations"],
                    seats=form.seats,
                    by=current_person(request),
                    now=timezone.now(),
                )
                planned = {
                    "plan": _planned(self.session, placements),
                    "token": _token(self.session, placements),
                }
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        context = self.get_context_data(form=form, **planned)
        return self.render_to_response(context, status=422 if form.errors else 200)

    def _form(self, data: Any = None) -> ArrangeForm:
        rooms = ExamRoom.objects.filter(session=self.session).order_by("name")
        return ArrangeForm(data, rooms=rooms, holder=current_person(self.request), at=timezone.now())


@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the plan that was shown the session's seats."""
    session = own_session(request, pk)
    try:
        placements = _placements(session, request.POST.get("token", ""))
        done = seat_people(
            session=session, placements=placements, by=current_person(request), now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("exam_sessions:seats", pk)
    said = _("Seats: %(added)d new, %(moved)d moved, %(removed)d gone, %(kept)d as before.")
    messages.success(request, said % vars(done))
    return redirect("exam_sessions:session", pk)


@require_GET
def template(request: HttpRequest, pk: UUID) -> FileResponse:
    """The spreadsheet to fill in; once there are seats, with them in it."""
    session = own_session(request, pk)
    return download(lambda target: write_template(session, target), f"{_('Seats')} {session.title}.xlsx")


def _preview_of_sheet(session: ExamSession, sheet: SeatSheet) -> dict[str, Any]:
    if sheet.problems:
        return {}
    placements = [row.placement for row in sheet.rows]
    return {
        "plan": _planned(session, placements),
        "token": _token(session, placements),
        "leaving": _leaving(session, placements),
    }


def _planned(session: ExamSession, placements: Sequence[Placement]) -> list[PlannedSeat]:
    rooms = dict(ExamRoom.objects.filter(session=session).values_list("pk", "name"))
    people = [each.person_id for each in placements]
    accounts = {account.person_id: account for account in Account.objects.filter(person__in=people)}
    seats = Seat.objects.filter(session=session).values_list("person", "room__name", "number")
    have = {person: f"{room} {number}" for person, room, number in seats}
    return [
        PlannedSeat(
            room=rooms[each.room_id],
            number=each.number,
            staff_number=accounts[each.person_id].staff_number,
            name=accounts[each.person_id].name,
            was=have.get(each.person_id, ""),
        )
        for each in placements
    ]


def _leaving(session: ExamSession, placements: Sequence[Placement]) -> list[str]:
    """Who has a seat now and is not in the plan."""
    stay = [each.person_id for each in placements]
    gone = Seat.objects.filter(session=session).exclude(person__in=stay).order_by("room__name", "number")
    return list(gone.values_list("person__account__name", flat=True))


def _token(session: ExamSession, placements: Sequence[Placement]) -> str:
    """The plan itself, signed: what is taken is exactly what was looked at, and nothing lies about meanwhile."""
    rows = [[each.room_id.hex, each.number, each.person_id.hex] for each in placements]
    return signing.dumps({"session": session.pk.hex, "rows": rows}, salt=SALT, compress=True)


def _placements(session: ExamSession, token: str) -> list[Placement]:
    try:
        said = signing.loads(token, salt=SALT, max_age=WAITS)
    except signing.BadSignature:
        said = {}
    if said.get("session") != session.pk.hex:
        raise Refusal(_("The plan is too old. Upload the file again."), code="token")
    return [Placement(UUID(room), number, UUID(person)) for room, number, person in said["rows"]]
