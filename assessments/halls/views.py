"""The invigilator's pages: my rooms, one screen per room, one page per seat; the administrator sees a whole session."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.extensions import extend, may_extend
from assessments.halls import attending, printing
from assessments.halls.boards import RoomBoard, SeatLine, read_board, read_boards
from assessments.halls.forms import ExtensionForm, IncidentForm, MinutesForm, SureForm
from assessments.halls.logs import read_log
from assessments.halls.watching import rooms_overseen_by, rooms_watched_by, sessions_administered_by
from assessments.models import ExamRoom, ExamSession, IncidentKind, Seat
from core.errors import Refusal
from core.once import KeyInvalid, KeyReused, new_key
from people.accounts import current_person

USUAL_MINUTES = (5, 10, 15)


@require_GET
@login_required
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms one watches over now, and for administrators the sessions of their part of the tree."""
    person, now = current_person(request), timezone.now()
    watched = rooms_watched_by(person, at=now).select_related("session")
    sessions = sessions_administered_by(person, at=now).filter(closes_at__gte=now)
    context = {
        "rooms": [
            (each, _phase(each.session, now)) for each in watched.order_by("session__opens_at", "name")
        ],
        "sessions": [(each, _phase(each, now)) for each in sessions.order_by("opens_at", "title")],
    }
    return render(request, "assessments/halls/rooms.html", context)


@require_GET
@login_required
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """One room; asked by its own script, only what changes."""
    found = _room(request, room_id)
    board = read_board(found, now=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "assessments/halls/board.html", {"board": board})
    return _room_page(request, board, IncidentForm(seats=_choices(board)))


@require_GET
@login_required
def room_code(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The access code, large enough for a projector."""
    return render(request, "assessments/halls/code.html", {"room": _room(request, room_id)})


@require_POST
@login_required
def room_incident(request: HttpRequest, room_id: UUID) -> HttpResponse:
    found = _room(request, room_id)
    board = read_board(found, now=timezone.now())
    form = IncidentForm(request.POST, seats=_choices(board))
    if form.is_valid():
        said = form.cleaned_data
        seats = {str(line.seat.pk): line.seat for line in board.lines}
        try:
            attending.record_incident(
                room=found,
                seat=seats.get(said["seat"]),
                kind=IncidentKind(said["kind"]),
                text=said["text"],
                by=current_person(request),
                now=board.at,
                key=said["key"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written into the log of the room."))
            return redirect("assessments:room", room_id=found.pk)
    return _room_page(request, board, form, status=422)


@require_http_methods(["GET", "POST"])
@login_required
def room_extend(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Minutes for a room."""
    found = _room(request, room_id)
    board = read_board(found, now=timezone.now())
    place = {
        "scope": "room",
        "where": found.name,
        "reached": board.running,
        "back": reverse("assessments:room", args=[found.pk]),
    }
    return _extension(request, {"room": found}, place)


@require_http_methods(["GET", "POST"])
@login_required
def seat(request: HttpRequest, room_id: UUID, seat_id: UUID) -> HttpResponse:
    """One seat: what its candidate is doing, and what can be done for them."""
    found = _room(request, room_id)
    board = read_board(found, now=timezone.now())
    line = _line(board, seat_id)
    if request.method == "GET":
        return _seat_page(request, board, line, SureForm())
    if request.POST.get("action") not in ("admit", "hand_in"):
        raise Http404
    form = SureForm(request.POST)
    person = current_person(request)
    try:
        if request.POST["action"] == "admit":
            attending.admit_latecomer(seat=line.seat, by=person, now=board.at)
            messages.success(request, _("%(name)s may start now.") % {"name": line.name})
        elif not form.is_valid():
            return _seat_page(request, board, line, form, status=422)
        else:
            attending.hand_in_for(seat=line.seat, by=person, now=board.at)
            messages.success(request, _("The paper of %(name)s is handed in.") % {"name": line.name})
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("assessments:seat", room_id=found.pk, seat_id=seat_id)


@require_http_methods(["GET", "POST"])
@login_required
def seat_extend(request: HttpRequest, room_id: UUID, seat_id: UUID) -> HttpResponse:
    """Minutes for one seat, while nothing is handed in there."""
    board = read_board(_room(request, room_id), now=timezone.now())
    line = _line(board, seat_id)
    where = _("Seat %(number)s, %(name)s") % {"number": line.seat.number, "name": line.name}
    back = reverse("assessments:seat", args=[room_id, seat_id])
    if line.attempt_id and not line.is_open:
        messages.warning(request, _("This paper is handed in: more time would change nothing."))
        return redirect(back)
    place = {"scope": "seat", "where": where, "reached": int(line.is_open), "back": back}
    return _extension(request, {"seat": line.seat}, place)


@require_GET
@login_required
def hall(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """All rooms of a session at once, for who administers it."""
    session = _session(request, session_id)
    boards = read_boards(_rooms_of(session), now=timezone.now())
    template = "boards" if request.htmx else "hall"  # type: ignore[attr-defined]
    context = {"session": session, "boards": boards, "usual": USUAL_MINUTES, "form": MinutesForm()}
    return render(request, f"assessments/halls/{template}.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def hall_extend(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Minutes for everybody of a session."""
    session = _session(request, session_id)
    boards = read_boards(_rooms_of(session), now=timezone.now())
    place = {
        "scope": "session",
        "where": session.title,
        "reached": sum(board.running for board in boards),
        "back": reverse("assessments:hall", args=[session.pk]),
    }
    return _extension(request, {"session": session}, place)


@require_GET
@login_required
def ticket(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """The candidate's own 准考证; anybody else's looks as if it did not exist."""
    own = get_object_or_404(
        Seat.objects.select_related("session"), pk=seat_id, person=current_person(request)
    )
    pdf = printing.print_tickets(own.session, printing.seats_to_print(pk=own.pk))
    return pdf_response(pdf, _("Admission ticket") + f" {own.ticket_number}.pdf")


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A PDF as a download, for nobody's cache."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _room(request: HttpRequest, room_id: UUID) -> ExamRoom:
    overseen = rooms_overseen_by(current_person(request), at=timezone.now())
    return get_object_or_404(overseen.select_related("session"), pk=room_id)


def _session(request: HttpRequest, session_id: UUID) -> ExamSession:
    administered = sessions_administered_by(current_person(request), at=timezone.now())
    return get_object_or_404(administered, pk=session_id)


def _phase(session: ExamSession, now: datetime) -> tuple[str, str]:
    """Whether a session is ahead, under way or over: a chip's state and words."""
    if now < session.opens_at:
        return "open", _("Not open yet")
    return ("plain", _("Over")) if now > session.closes_at else ("doing", _("Under way"))


def _rooms_of(session: ExamSession) -> list[ExamRoom]:
    found = list(ExamRoom.objects.filter(session=session).order_by("name"))
    for each in found:
        each.session = session
    return found


def _line(board: RoomBoard, seat_id: UUID) -> SeatLine:
    line = next((line for line in board.lines if line.seat.pk == seat_id), None)
    if line is None:
        raise Http404
    return line


def _choices(board: RoomBoard) -> list[tuple[Seat, str]]:
    return [(line.seat, line.name) for line in board.lines]


def _room_page(
    request: HttpRequest, board: RoomBoard, form: IncidentForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "board": board,
        "room": board.room,
        "form": form,
        "log": read_log(board),
        "minutes_form": MinutesForm(),
        "usual": USUAL_MINUTES,
    }
    return render(request, "assessments/halls/room.html", context, status=status)


def _seat_page(
    request: HttpRequest, board: RoomBoard, line: SeatLine, sure: SureForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "board": board,
        "room": board.room,
        "line": line,
        "sure": sure,
        "log": read_log(board, seat_id=line.seat.pk),
        "form": IncidentForm(seats=_choices(board), initial={"seat": str(line.seat.pk)}),
        "minutes_form": MinutesForm(),
        "usual": USUAL_MINUTES,
    }
    return render(request, "assessments/halls/seat.html", context, status=status)


def _extension(request: HttpRequest, target: dict[str, Any], place: dict[str, Any]) -> HttpResponse:
    """Asked with the minutes: what that would mean, to be confirmed; posted: given, once for each key."""
    person, now = current_person(request), timezone.now()
    if not may_extend(person, at=now, **target):
        raise Http404
    chosen = MinutesForm(request.GET if request.method == "GET" else request.POST)
    if not chosen.is_valid():
        messages.warning(request, " ".join(map(str, chosen.errors["minutes"])))
        return redirect(place["back"])
    minutes = chosen.cleaned_data["minutes"]
    if request.method == "GET":
        return _ask_extension(request, minutes, place)
    try:
        extend(minutes=minutes, by=person, now=now, key=request.POST.get("key", ""), **target)
    except (KeyInvalid, KeyReused) as refusal:
        return _ask_extension(request, minutes, place, problem=str(refusal))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect(place["back"])
    given = ngettext("%(where)s: %(minutes)d minute added.", "%(where)s: %(minutes)d minutes added.", minutes)
    messages.success(request, given % {"where": place["where"], "minutes": minutes})
    return redirect(place["back"])


def _ask_extension(
    request: HttpRequest, minutes: int, place: dict[str, Any], *, problem: str = ""
) -> HttpResponse:
    form = ExtensionForm(initial={"minutes": minutes, "key": new_key()})
    context = {"form": form, "minutes": minutes, "problem": problem, **place}
    return render(request, "assessments/halls/extend.html", context, status=422 if problem else 200)
