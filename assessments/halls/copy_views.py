"""Pages about paper: printing a room's papers, finding one that came back, typing it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.halls.copies import copies_within_reach, register_copies
from assessments.halls.copy_boards import (
    FIRST,
    OWN,
    SECOND,
    keyed_questions,
    seat_lines,
    state_of,
    told,
    waiting_copies,
)
from assessments.halls.keying import Progress, ReadingInvalid, key_in, progress_of
from assessments.halls.printing_copies import grouped, print_copies
from assessments.halls.watching import rooms_overseen_by
from assessments.models import ExamRoom, PaperCopy
from assessments.presenting import posted_response
from core.errors import Refusal
from people.accounts import current_person
from people.models import Role
from people.roles import has_role

PER_PAGE = 50
KEYERS = (Role.ADMINISTRATOR, Role.EXAMINER, Role.INVIGILATOR)


@require_http_methods(["GET", "POST"])
@login_required
def room_copies(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Whose paper is printed; a post prints the whole room, or the seat it names."""
    viewer, now = current_person(request), timezone.now()
    rooms = rooms_overseen_by(viewer, at=now).select_related("session")
    room = get_object_or_404(rooms, pk=room_id)
    if request.method == "POST":
        return _print(request, room)
    context = {"room": room, "lines": seat_lines(room)}
    return render(request, "assessments/copies/room.html", context)


@require_GET
@login_required
def copies(request: HttpRequest) -> HttpResponse:
    """Papers that wait to be typed in, and the way to one by its number."""
    viewer, now = current_person(request), timezone.now()
    if not has_role(viewer, *KEYERS, on=timezone.localdate(now)):
        raise PermissionDenied
    reach = copies_within_reach(viewer, at=now)
    wanted = "".join(request.GET.get("number", "").split())
    if wanted and (found := _find(reach, wanted)):
        return redirect("assessments:copy", code=found.code)
    page = Paginator(waiting_copies(reach, viewer=viewer, now=now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "lines": [(copy, *state_of(copy, now=now)) for copy in page], "wanted": wanted}
    return render(request, "assessments/copies/copies.html", context, status=404 if wanted else 200)


@require_http_methods(["GET", "POST"])
@login_required
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """One paper as a form; out of one's reach it looks as if it did not exist."""
    viewer, now = current_person(request), timezone.now()
    reach = copies_within_reach(viewer, at=now).select_related("seat__session", "exam_version")
    found = get_object_or_404(reach, code=code)
    progress = progress_of(found)
    if request.method == "GET":
        return _copy_page(request, found, progress)
    answers, choices = _posted(request, progress)
    try:
        stored = key_in(copy=found, round=_round(request), answers=answers, by=viewer, now=now)
    except ReadingInvalid as refusal:
        return _copy_page(request, found, progress, answers, choices, refusal)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("assessments:copy", code=code)
    messages.success(request, told(stored, progress_of(stored)))
    return redirect("assessments:copies")


def _print(request: HttpRequest, room: ExamRoom) -> HttpResponse:
    viewer, now = current_person(request), timezone.now()
    try:
        seat = request.POST.get("seat")
        seats = None if seat is None else [UUID(seat)]
        registered = register_copies(room=room, by=viewer, now=now, seats=seats)
        if not registered.copies:
            reasons = [reason for _seat, reason in registered.refused]
            raise Refusal(reasons[0] if reasons else _("This room has no seat to print for yet."))
        content = print_copies(registered, room=room, now=now)
    except ValueError as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("assessments:room_copies", room_id=room.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="papers.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _find(reach: Any, wanted: str) -> PaperCopy | None:
    by_ticket = reach.filter(seat__ticket_number__iexact=wanted).first()
    found: PaperCopy | None = by_ticket or reach.filter(code=wanted.lower()).first()
    return found


def _copy_page(
    request: HttpRequest,
    found: PaperCopy,
    progress: Progress,
    answers: dict[int, Any] | None = None,
    choices: dict[int, str] | None = None,
    refusal: ReadingInvalid | None = None,
) -> HttpResponse:
    is_mine = progress.was_read_by(current_person(request))
    is_early = timezone.now() < found.seat.session.opens_at
    questions: Any = ()
    if not (found.attempt_id or is_mine or is_early):
        problems = refusal.problems if refusal else {}
        questions = keyed_questions(found, progress, answers=answers, choices=choices, problems=problems)
    context = {
        "copy": found,
        "code_text": grouped(found.code),
        "progress": progress,
        "is_mine": is_mine,
        "is_early": is_early,
        "questions": questions,
        "refusal": refusal,
    }
    return render(request, "assessments/copies/copy.html", context, status=422 if refusal else 200)


def _round(request: HttpRequest) -> int:
    text = request.POST.get("round", "")
    return int(text) if text in ("1", "2", "3") else 0


def _posted(request: HttpRequest, progress: Progress) -> tuple[dict[int, Any], dict[int, str]]:
    """What was typed by slot, and what was chosen of two readings; None and "" for a question marked as blank.

    A question with nothing typed, or where two readings differ without a choice, has no answer here: it is asked for
    again.
    """
    answers: dict[int, Any] = {}
    choices: dict[int, str] = {}
    for slot in (int(each) for each in request.POST.getlist("slot") if each.isdecimal()):
        choice = request.POST.get(f"reading.{slot}", "")
        if progress.is_settling and choice in (FIRST, SECOND):
            answers[slot] = progress.readings[int(choice) - 1].responses.get(str(slot))
        elif choice == OWN or not progress.is_settling:
            response = posted_response(request.POST, name=f"q{slot}")
            if response is not None:
                answers[slot] = response
        if choice:
            choices[slot] = choice
        if f"blank.{slot}" in request.POST:
            answers[slot], choices[slot] = None, ""
    return answers, choices
