"""The record page of a pairing and what both sides do on it. Strangers and former mentors find nothing here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from competencies.profile import profile_from
from competencies.queries import standing_evidence
from core.errors import Refusal
from mentoring.endorsements import can_endorse, endorse, sessions_needed
from mentoring.forms import ChangeForm, EndorsementForm, SessionForm, add_refusal
from mentoring.models import Pairing, PairingQuerySet, SessionLog
from mentoring.queries import lineage_of
from mentoring.record import SessionLine, endorsement_lines, goal_lines, session_lines, shown_lines
from mentoring.sessions import ask_change, confirm_session, revise_session, write_session
from mentoring.terms import PairingStatus, SessionStatus
from people.accounts import current_person
from people.models import Person


@login_required
@require_GET
def pairing(request: HttpRequest, agreement_no: str) -> HttpResponse:
    """The record, the same for both sides but for the buttons."""
    viewer = current_person(request)
    found = get_object_or_404(_visible(viewer), agreement_no=agreement_no)
    goals, sessions = goal_lines(found), session_lines(found, viewer)
    endorsements = endorsement_lines(found, goals)
    context = {
        **_frame(found, viewer),
        "goals": goals,
        "sessions": sessions,
        "endorsements": endorsements,
        "next_step": _next_step(found, viewer, sessions, endorsed=bool(endorsements)),
        "lineage": lineage_of(viewer, at=timezone.now()),
        "change_form": ChangeForm(auto_id=False),
    }
    return render(request, "mentoring/pairing.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def session_new(request: HttpRequest, agreement_no: str) -> HttpResponse:
    """Write a session record."""
    viewer = current_person(request)
    found = get_object_or_404(_visible(viewer).active(), agreement_no=agreement_no)
    form = SessionForm(request.POST or None, initial={"held_on": timezone.localdate(), "minutes": 60})
    if form.is_valid():
        try:
            write_session(pairing=found, by=viewer, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Written. The other side is asked to confirm it."))
            return redirect("mentoring:pairing", agreement_no)
    return render(request, "mentoring/session_form.html", {**_frame(found, viewer), "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def session_edit(request: HttpRequest, agreement_no: str, session_id: int) -> HttpResponse:
    """Answer a wish for change: only the writer, only while one stands."""
    viewer = current_person(request)
    found = get_object_or_404(_visible(viewer).active(), agreement_no=agreement_no)
    own = SessionLog.objects.filter(pairing=found, written_by=viewer, status=SessionStatus.CHANGE_ASKED)
    session = get_object_or_404(
        own.filter(words__isnull=False).select_related("words", "pairing"), pk=session_id
    )
    form = SessionForm(request.POST or None, initial=_typed(session))
    if form.is_valid():
        meeting = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        try:
            revise_session(session=session, by=viewer, now=timezone.now(), **meeting)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Changed. The other side is asked to confirm it."))
            return redirect("mentoring:pairing", agreement_no)
    context = {**_frame(found, viewer), "form": form, "comment": session.words.comment}
    return render(request, "mentoring/session_form.html", context)


@login_required
@require_POST
def session_confirm(request: HttpRequest, session_id: int) -> HttpResponse:
    """Stand by a record the other side wrote."""
    viewer = current_person(request)
    session = _session_or_404(viewer, session_id)
    try:
        confirm_session(session=session, by=viewer, now=timezone.now())
        messages.success(request, _("Confirmed by both sides."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("mentoring:pairing", session.pairing.agreement_no)


@login_required
@require_POST
def session_change(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask the writer for a change."""
    viewer = current_person(request)
    session = _session_or_404(viewer, session_id)
    try:
        ask_change(session=session, comment=request.POST.get("comment", ""), by=viewer, now=timezone.now())
        messages.success(request, _("Sent. The writer can change the record now."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("mentoring:pairing", session.pairing.agreement_no)


@login_required
@require_http_methods(["GET", "POST"])
def endorsement_new(request: HttpRequest, agreement_no: str) -> HttpResponse:
    """Judge named goals, with what the mentee has shown beside them."""
    viewer = current_person(request)
    found = get_object_or_404(_visible(viewer).active().filter(mentor=viewer), agreement_no=agreement_no)
    evidence = standing_evidence([found.mentee])[found.mentee_id]
    profile = profile_from(evidence)
    goals = goal_lines(found, profile)
    form = EndorsementForm(request.POST or None, goals=goals)
    if form.is_valid():
        words = form.cleaned_data["text"]
        try:
            endorse(pairing=found, judgements=form.judgements(), text=words, by=viewer, now=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your endorsement is on record."))
            return redirect("mentoring:pairing", agreement_no)
    context = {
        **_frame(found, viewer),
        "form": form,
        "goals": goals,
        "shown": shown_lines(profile, evidence),
        "ready": can_endorse(found),
        "sessions_needed": sessions_needed(),
    }
    return render(request, "mentoring/endorse.html", context)


def _visible(viewer: Person) -> PairingQuerySet:
    rows = Pairing.objects.visible_to(viewer, at=timezone.now())
    return rows.select_related("mentor__account", "mentee__account")


def _session_or_404(viewer: Person, session_id: int) -> SessionLog:
    visible = Pairing.objects.visible_to(viewer, at=timezone.now())
    return get_object_or_404(
        SessionLog.objects.filter(pairing__in=visible).select_related("pairing"), pk=session_id
    )


def _frame(found: Pairing, viewer: Person) -> dict[str, Any]:
    """What every page of a pairing shows of it."""
    return {
        "pairing": found,
        "mentor_name": _name(found.mentor),
        "mentee_name": _name(found.mentee),
        "is_mentor": viewer.pk == found.mentor_id,
        "is_open": found.status == PairingStatus.ACTIVE,
    }


def _next_step(found: Pairing, viewer: Person, sessions: Sequence[SessionLine], *, endorsed: bool) -> str:
    """The one thing this page asks of the viewer: confirm, endorse or write."""
    if any(session.may_confirm for session in sessions):
        return "confirm"
    confirmed = sum(session.status == SessionStatus.CONFIRMED for session in sessions)
    if viewer.pk == found.mentor_id and not endorsed and confirmed >= sessions_needed():
        return "endorse"
    return "write"


def _name(person: Person) -> str:
    return person.account.name if hasattr(person, "account") else _("(erased)")


def _typed(session: SessionLog) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "held_on": session.held_on,
        "minutes": session.minutes,
        "method": session.method,
        "text": session.words.text,
    }
