"""Exams as candidates meet them before and after the sitting: the list, the start page, the result."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from assessments import attempts
from assessments.entry.door import Presented, address_of
from assessments.entry.overview import exam_list
from assessments.entry.requests import count_waiting
from assessments.entry.views import exam_page, rehearsal_result, released_or_404
from assessments.exams.settings import ExamSettings
from assessments.items import item_type
from assessments.models import REHEARSAL, AttemptStatus, QuestionVersion
from assessments.permissions import READERS
from assessments.presenting import present_item
from assessments.rechecks.boards import block_of
from assessments.results.reports import read_report
from assessments.sittings.views import settled_attempt
from core.errors import Refusal
from people.accounts import current_person
from people.models import Role
from people.roles import has_role, roles_of


@require_GET
@login_required
def exams(request: HttpRequest) -> HttpResponse:
    person, now = current_person(request), timezone.now()
    roles = roles_of(person, on=timezone.localdate(now))
    decides, found = Role.ADMINISTRATOR in roles, exam_list(person, now=now)
    context = {
        "cards": found.cards,
        "elsewhere": found.elsewhere,
        "is_new": found.is_new,
        "marks": Role.EXAMINER in roles,
        "decides": decides,
        "waiting": count_waiting(person, at=now) if decides else 0,
    }
    return render(request, "assessments/exams.html", context)


@require_GET
@login_required
def exam(request: HttpRequest, key: str) -> HttpResponse:
    if key == REHEARSAL:
        return redirect("assessments:rehearsal")
    return exam_page(request, released_or_404(key))


@require_POST
@login_required
def start(request: HttpRequest, key: str) -> HttpResponse:
    presented = Presented(
        code=request.POST.get("code", ""),
        address=address_of(request),
        confirmed=request.POST.get("confirmed", ""),
    )
    try:
        attempt = attempts.start_attempt(
            person=current_person(request), exam_key=key, now=timezone.now(), presented=presented
        )
    except Refusal as refusal:
        if refusal.code == "not_released":
            raise Http404 from refusal
        messages.warning(request, str(refusal))
        return redirect("assessments:exam", key=key)
    return redirect("assessments:sit", attempt_id=attempt.pk)


@require_GET
@login_required
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """A question of the bank as a candidate meets it, for those who may look into the bank. Nothing is kept."""
    if not has_role(current_person(request), *READERS, on=timezone.localdate()):
        raise Http404
    version = QuestionVersion.objects.newest().without_key().filter(question__key=key).first()
    if version is None:
        raise Http404
    order = item_type(version.type).option_order(version.body, key)
    return render(
        request, "assessments/preview.html", {"key": key, "item": present_item(version, order=order)}
    )


@require_GET
@login_required
def result(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = settled_attempt(request, attempt_id)
    if attempt.status == AttemptStatus.OPEN:
        return redirect("assessments:sit", attempt_id=attempt.pk)
    if attempt.exam_key == REHEARSAL:
        return rehearsal_result(request, attempt)
    now = timezone.now()
    report = read_report(attempt, now=now)
    context = {
        "attempt": attempt,
        "report": report,
        "settings": ExamSettings.of(attempt.exam_version.document),
        "recheck": block_of(attempt, report.newest, now=now) if report.look.marks else None,
    }
    return render(request, "assessments/result.html", context)
