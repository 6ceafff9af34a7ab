"""Pages about how a sitting went: for those who look into it, and the candidate's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.errata_forms import add_refusal
from assessments.inquiries.boards import inquiry_lines, numbered, sittings_to_look_at
from assessments.inquiries.findings import answer_objection, object_to, record_finding
from assessments.inquiries.forms import (
    FindingForm,
    ObjectionForm,
    ReplyForm,
    findings_for_answer,
    findings_for_objection,
)
from assessments.inquiries.held import held_lines
from assessments.inquiries.reach import lens_for, sittings_within_reach
from assessments.inquiries.timelines import timeline_of
from assessments.models import Attempt, AttemptStatus, Verdict
from assessments.sittings.late import can_decide, decide_held_answers
from core.errors import Refusal
from core.once import new_key
from people.accounts import current_person, names_of
from people.models import Role
from people.roles import has_role

PER_PAGE = 25
MOMENTS_PER_PAGE = 200
LOOKERS = (Role.ADMINISTRATOR, Role.EXAMINER, Role.INVIGILATOR)
TAKE, LEAVE = "take", "leave"


@require_GET
@login_required
def inquiries(request: HttpRequest) -> HttpResponse:
    """Sittings worth a look."""
    viewer, now = current_person(request), timezone.now()
    if not has_role(viewer, *LOOKERS, on=timezone.localdate(now)):
        raise PermissionDenied
    page = Paginator(sittings_to_look_at(viewer, at=now), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": inquiry_lines(page)}
    return render(request, "assessments/inquiries/inquiries.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def inquiry(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """One sitting: its journal, what is kept beside it, what was found. A post is a finding."""
    attempt = _reached(request, attempt_id)
    if request.method == "GET":
        return _inquiry_page(request, attempt)
    form = FindingForm(request.POST, auto_id="finding-%s")
    if form.is_valid():
        said = form.cleaned_data
        verdict, by = Verdict(said["verdict"]), current_person(request)
        try:
            record_finding(
                attempt=attempt,
                verdict=verdict,
                text=said["text"],
                by=by,
                now=timezone.now(),
                key=said["key"],
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Stored. The candidate has been told and can read it."))
            return redirect("assessments:inquiry", attempt_id=attempt_id)
    return _inquiry_page(request, attempt, finding=form)


@require_POST
@login_required
def decide(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Take answers into the paper, or leave them beside it; those without a choice go on waiting."""
    attempt = _reached(request, attempt_id)
    by, now, decided = current_person(request), timezone.now(), 0
    try:
        for choice in (TAKE, LEAVE):
            if chosen := _chosen(request, choice):
                decided += len(
                    decide_held_answers(attempt=attempt, accept=choice == TAKE, by=by, now=now, only=chosen)
                )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        if decided:
            messages.success(request, _("Decided. Where answers were taken, the paper was scored again."))
        else:
            messages.info(request, _("Nothing was left to decide there. Choose for each answer that waits."))
    return redirect("assessments:inquiry", attempt_id=attempt_id)


@require_POST
@login_required
def reply(request: HttpRequest, attempt_id: UUID, number: int) -> HttpResponse:
    """The answer to an objection, by somebody else than the finder."""
    attempt = _reached(request, attempt_id)
    found = get_object_or_404(attempt.inquiries, pk=number, objected_at__isnull=False)
    form = ReplyForm(request.POST, auto_id=f"reply-{number}-%s")
    if form.is_valid():
        try:
            answer_objection(
                inquiry=found, text=form.cleaned_data["text"], by=current_person(request), now=timezone.now()
            )
        except Refusal as refusal:
            if refusal.code not in form.fields:
                messages.warning(request, str(refusal))
                return redirect("assessments:inquiry", attempt_id=attempt_id)
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Answered. The candidate and the finder have been told."))
            return redirect("assessments:inquiry", attempt_id=attempt_id)
    return _inquiry_page(request, attempt, reply=form, number=number)


@require_GET
@login_required
def own_journal(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """The candidate's own sitting, as others see it."""
    return _own_page(request, _own(request, attempt_id))


@require_POST
@login_required
def objection(request: HttpRequest, attempt_id: UUID, number: int) -> HttpResponse:
    """The candidate objects to a finding about their own sitting."""
    attempt = _own(request, attempt_id)
    found = get_object_or_404(attempt.inquiries, pk=number)
    form = ObjectionForm(request.POST, auto_id=f"objection-{number}-%s")
    if form.is_valid():
        said, by = form.cleaned_data["text"], current_person(request)
        try:
            object_to(inquiry=found, text=said, by=by, now=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Sent. Somebody else than the finder answers, and you get a notice."))
            return redirect("assessments:own_journal", attempt_id=attempt_id)
    return _own_page(request, attempt, refused=form, number=number)


def _own(request: HttpRequest, attempt_id: UUID) -> Attempt:
    handed_in = Attempt.objects.filter(person=current_person(request)).exclude(status=AttemptStatus.OPEN)
    return get_object_or_404(handed_in.select_related("exam_version"), pk=attempt_id)


def _reached(request: HttpRequest, attempt_id: UUID) -> Any:
    reached = sittings_within_reach(current_person(request), at=timezone.now())
    return get_object_or_404(reached.select_related("exam_version", "seat__room"), pk=attempt_id)


def _chosen(request: HttpRequest, choice: str) -> list[int]:
    prefix = "held."
    named = {
        name.removeprefix(prefix): said for name, said in request.POST.items() if name.startswith(prefix)
    }
    return [int(name) for name, said in named.items() if name.isdecimal() and said == choice]


def _inquiry_page(
    request: HttpRequest,
    attempt: Any,
    *,
    finding: FindingForm | None = None,
    reply: ReplyForm | None = None,
    number: int = 0,
) -> HttpResponse:
    viewer, lens = current_person(request), lens_for(attempt)
    is_open = attempt.status == AttemptStatus.OPEN
    held = held_lines(attempt, answers=lens.answers)
    may_decide = lens.answers and not is_open and any(line.waits for line in held)
    names = names_of({attempt.person_id}) if lens.names else {}
    context = {
        "attempt": attempt,
        "who": names.get(attempt.person_id, "") or numbered(attempt),
        "lens": lens,
        "page": _moments(request, attempt, texts=lens.names),
        "held": held,
        "decides": may_decide and can_decide(viewer, attempt, at=timezone.now()),
        "findings": findings_for_answer(attempt, viewer=viewer, refused=(number, reply)),
        "is_open": is_open,
        "form": finding or FindingForm(initial={"key": new_key()}, auto_id="finding-%s"),
    }
    status = 422 if finding or reply else 200
    return render(request, "assessments/inquiries/inquiry.html", context, status=status)


def _own_page(
    request: HttpRequest, attempt: Attempt, *, refused: ObjectionForm | None = None, number: int = 0
) -> HttpResponse:
    context = {
        "attempt": attempt,
        "page": _moments(request, attempt, texts=False),
        "held": held_lines(attempt, answers=False),
        "findings": findings_for_objection(attempt, refused=(number, refused)),
    }
    return render(request, "assessments/inquiries/own.html", context, status=422 if refused else 200)


def _moments(request: HttpRequest, attempt: Attempt, *, texts: bool) -> Any:
    return Paginator(timeline_of(attempt, texts=texts), MOMENTS_PER_PAGE).get_page(request.GET.get("page"))
