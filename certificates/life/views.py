"""The page of one certificate for staff: what it says, its life, and what may be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from certificates.correcting import correction_under_way
from certificates.grounds import ground_lost
from certificates.life.actions import ACTIONS, Action, offered, take
from certificates.life.timeline import timeline_of
from certificates.models import Certificate, EventKind
from certificates.queries import certificates_overseen_by, standing, with_record
from core.errors import Refusal
from people.accounts import current_person


@login_required
@require_GET
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    return _page(request, _overseen(request, serial))


@login_required
@require_POST
def step(request: HttpRequest, serial: str, key: str) -> HttpResponse:
    """Take one step (`key` is that of an Action); a form that does not do comes back with what is wrong."""
    found, viewer = _overseen(request, serial), current_person(request)
    action = next(each for each in ACTIONS if each.key == key)
    was_done = any(event.kind == EventKind.REVOKED for event in found.events.all())
    form = action.form(request.POST)
    if form.is_valid():
        try:
            take(action, found, form, by=viewer, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if was_done:
                messages.info(request, _("It was revoked before; what was said then stands."))
            else:
                messages.success(request, str(action.said))
            return redirect("certificates:certificate", serial=serial)
    return _page(request, found, refused=(action, form))


def _page(
    request: HttpRequest, found: Certificate, refused: tuple[Action, forms.Form] | None = None
) -> HttpResponse:
    on, viewer = timezone.localdate(), current_person(request)
    now_standing = standing(found, on=on)
    cases = list(found.cases.order_by("opened_at", "pk"))
    successors = list(
        Certificate.objects.filter(follows=found, events__kind=EventKind.RELEASED).order_by("pk")
    )
    open_cases = [case for case in cases if not case.outcome]
    is_own = found.person_id == viewer.pk
    context = {
        "certificate": found,
        "holder": getattr(found, "holder", None),
        "standing": now_standing,
        "moments": timeline_of(found, cases, successors, on=on),
        "predecessor": found.follows,
        "successors": successors,
        "correction": correction_under_way(found),
        "open_cases": open_cases,
        "ground": None if open_cases else ground_lost(found, on=on),
        "is_own": is_own,
        "actions": [] if is_own else _forms(offered(now_standing), refused),
    }
    return render(request, "certificates/certificate.html", context, status=422 if refused else 200)


def _forms(
    actions: Sequence[Action], refused: tuple[Action, forms.Form] | None
) -> list[tuple[Action, forms.Form]]:
    shown = [(action, action.form()) for action in actions]
    if refused is None:
        return shown
    kept = [(action, form) for action, form in shown if action != refused[0]]
    return [refused, *kept]


def _overseen(request: HttpRequest, serial: str) -> Certificate:
    overseen = certificates_overseen_by(current_person(request), on=timezone.localdate())
    return get_object_or_404(with_record(overseen), serial=serial)
