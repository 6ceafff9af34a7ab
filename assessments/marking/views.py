"""The marker's queue by question, and the page of one question: what is in hand, taking more, giving back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from assessments.marking.anchors import next_anchor_for
from assessments.marking.desk import script_url
from assessments.marking.lasts import last_marked
from assessments.marking.leasing import return_scripts, take_scripts
from assessments.marking.queueing import attempts_within_reach, scripts_in_hand
from assessments.marking.recording import candidate_name
from assessments.marking.rounds import written_answers
from assessments.marking.settling import Round
from assessments.marking.waiting import question_lines
from assessments.marking.words import round_name
from assessments.models import ExamItem, MarkingLease
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person, Role
from people.roles import has_role


@require_GET
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Question by question, the longest waiting first."""
    person, now = current_person(request), timezone.now()
    if not has_role(person, Role.EXAMINER, on=timezone.localdate(now)):
        raise PermissionDenied
    return render(request, "assessments/marking/queue.html", {"lines": question_lines(person, at=now)})


@require_http_methods(["GET", "POST"])
@login_required
def question(request: HttpRequest, item_id: int) -> HttpResponse:
    """One question. A post takes scripts and goes to the first of them, or gives all in hand back."""
    person, now = current_person(request), timezone.now()
    item = item_within_reach(person, item_id)
    if request.method == "POST" and "give_back" in request.POST:
        held = MarkingLease.objects.filter(marker=person, answer__item=item).select_related("answer")
        count = return_scripts(marker=person, answers=[lease.answer for lease in held])
        said = ngettext("%(count)d script given back.", "%(count)d scripts given back.", count)
        messages.success(request, said % {"count": count})
        return redirect("assessments:marking_question", item_id=item.pk)
    if request.method == "POST":
        return _take(request, person, item)
    hand = _in_hand(person, item)
    line = next((each for each in question_lines(person, at=now) if each.item.pk == item.pk), None)
    context = {
        "item": item,
        "stem": item.question_version.body.get("stem", ""),
        "line": line,
        "last": last_marked(person, item, at=now),
        "hand": [
            (candidate_name(each.answer.attempt), _round_of(each), script_url(each), each) for each in hand
        ],
    }
    return render(request, "assessments/marking/question.html", context)


def _take(request: HttpRequest, person: Person, item: ExamItem) -> HttpResponse:
    """Anchors first; then the first script in hand, after taking more where there are any."""
    now = timezone.now()
    if next_anchor_for(person, item, at=now):
        return redirect("assessments:marking_anchor", item_id=item.pk)
    try:
        taken = take_scripts(marker=person, item=item, now=now)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("assessments:marking_question", item_id=item.pk)
    if not taken:
        messages.info(request, _("Nothing waits here at the moment; others may have the rest in hand."))
        return redirect("assessments:marking_question", item_id=item.pk)
    return redirect(script_url(taken[0]))


def item_within_reach(person: Person, item_id: int) -> ExamItem:
    """The question, for whoever may mark an answer to it that was handed in; else Http404."""
    within = attempts_within_reach(person, at=timezone.now())
    if not written_answers().filter(item=item_id, attempt__in=within).exists():
        raise Http404
    items = ExamItem.objects.select_related("exam_version", "question_version__question")
    return get_object_or_404(items, pk=item_id)


def _in_hand(person: Person, item: ExamItem) -> list[MarkingLease]:
    hand: Any = scripts_in_hand(person, at=timezone.now()).filter(answer__item=item)
    return list(hand.select_related("answer__attempt__exam_version", "answer__attempt__person__account"))


def _round_of(lease: MarkingLease) -> str:
    return round_name(Round(lease.round))
