"""Buttons on the page of one question: a step in its life, and 看过了，仍然有效."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.bank.reviews import confirm_review
from assessments.bank.workflow import move_question
from assessments.models import Question, QuestionStatus
from assessments.permissions import can_read_keys
from core.errors import Refusal
from people.accounts import current_person


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the question to the status posted as `to`, unless another version came between, and come back to it."""
    question, to = _question(request, pk), request.POST.get("to")
    if to not in QuestionStatus.values:
        raise Http404
    if request.POST.get("number") != str(_newest_number(question)):
        messages.error(request, _("A newer version was stored meanwhile. Read it, then decide."))
        return redirect("bank:inspect", question.pk)
    return _told(request, question, lambda: _move(request, question, QuestionStatus(to)))


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The question still holds: it comes up again in a year."""
    question = _question(request, pk)
    return _told(request, question, lambda: _confirm(request, question))


def _question(request: HttpRequest, pk: int) -> Question:
    if not can_read_keys(request.user):
        raise PermissionDenied
    return get_object_or_404(Question, pk=pk)


def _newest_number(question: Question) -> int | None:
    return question.versions.order_by("-number").values_list("number", flat=True).first()


def _told(request: HttpRequest, question: Question, do: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, do())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("bank:inspect", question.pk)


def _move(request: HttpRequest, question: Question, to: QuestionStatus) -> str:
    moved = move_question(
        question=question,
        to=to,
        by=current_person(request),
        now=timezone.now(),
        reason=request.POST.get("reason", ""),
    )
    return _("%(key)s is now “%(status)s”.") % {"key": moved.key, "status": moved.get_status_display()}


def _confirm(request: HttpRequest, question: Question) -> str:
    confirmed = confirm_review(question=question, by=current_person(request), now=timezone.now())
    return _("Confirmed. %(key)s comes up again on %(day)s.") % {
        "key": confirmed.key,
        "day": date_format(confirmed.review_on or timezone.localdate()),
    }
