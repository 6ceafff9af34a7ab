"""Pages of anchors: markers meet them blind, then read what they are worth; choosers make them from marked scripts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms import PREFIX, MarkForm
from assessments.items.checking import as_text
from assessments.marking.anchors import (
    AnchorOutcome,
    answers_to_anchor,
    choose_anchor,
    next_anchor_for,
    outcome_for,
    record_anchor_mark,
    retire_anchor,
)
from assessments.marking.desk import lay_out
from assessments.marking.forms import AnchorForm
from assessments.marking.given import given_marks, rules_of
from assessments.marking.recording import candidate_name
from assessments.marking.rounds import written_answers
from assessments.marking.scripts import Script
from assessments.marking.settling import Round, Standing, settle
from assessments.marking.views import item_within_reach
from assessments.models import AnchorScript, Answer, ExamItem
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person

PER_PAGE = 25


@dataclass(frozen=True)
class MarkedScript:
    """An answer with the marks that stand for it."""

    answer: Answer
    candidate: str
    standing: Standing
    criteria: tuple[tuple[str, str], ...]

    @property
    def points(self) -> str:
        return as_text(self.standing.points)


@require_http_methods(["GET", "POST"])
@login_required
def anchor(request: HttpRequest, item_id: int) -> HttpResponse:
    """The next anchor this marker has to do; with `?seen=` what one that was done is worth."""
    person, now = current_person(request), timezone.now()
    item = item_within_reach(person, item_id)
    if request.method == "GET" and request.GET.get("seen", "").isdecimal():
        return _outcome_page(request, person, item, int(request.GET["seen"]))
    found = next_anchor_for(person, item, at=now)
    if found is None:
        return redirect("assessments:marking_question", item_id=item.pk)
    posted = request.POST if request.method == "POST" else None
    form = MarkForm(posted, key=found.answer.item.question_version.answer)
    if posted is not None and form.is_valid():
        # The page may be an older one: what was typed belongs to the anchor that it showed.
        named = get_object_or_404(AnchorScript, pk=_number(posted.get("anchor", "")))
        try:
            outcome = record_anchor_mark(
                anchor=named, marks=form.marks, penalty=form.cleaned_data["penalty"], by=person, now=now
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{request.path}?seen={outcome.anchor.pk}")
    script = Script(found.answer, Round.FIRST, "", (), None)
    context = {"desk": lay_out(script, form, []), "item": item, "anchor": found, "form": form}
    return render(request, "assessments/marking/anchor.html", context, status=422 if form.errors else 200)


def _outcome_page(request: HttpRequest, person: Person, item: ExamItem, number: int) -> HttpResponse:
    anchors = AnchorScript.objects.select_related(
        "answer__attempt__exam_version", "answer__item__question_version"
    )
    same = anchors.filter(answer__item__question_version=item.question_version_id)
    outcome = outcome_for(get_object_or_404(same, pk=number), person)
    if outcome is None:
        raise Http404
    answer = outcome.anchor.answer
    form = MarkForm(key=answer.item.question_version.answer)
    context = {
        "desk": lay_out(Script(answer, None, "", (), None), form, []),
        "item": item,
        "outcome": outcome,
        "lines": _compared(form, outcome),
        "apart": as_text(abs(outcome.difference)),
        "has_more": next_anchor_for(person, item, at=timezone.now()) is not None,
    }
    return render(request, "assessments/marking/anchor_outcome.html", context)


def _compared(form: MarkForm, outcome: AnchorOutcome) -> list[tuple[str, str, str]]:
    """Criterion by criterion: its words, what was given, what was agreed."""
    lines = [
        (
            str(form[name].label),
            outcome.mark.marks.get(name.removeprefix(PREFIX), ""),
            outcome.anchor.marks.get(name.removeprefix(PREFIX), ""),
        )
        for name in form.fields
        if name.startswith(PREFIX)
    ]
    if any(Decimal(each.penalty) for each in (outcome.mark, outcome.anchor)):
        lines.append((str(form["penalty"].label), outcome.mark.penalty, outcome.anchor.penalty))
    return [*lines, (_("Total"), as_text(outcome.mark.points), as_text(outcome.anchor.points))]


@require_http_methods(["GET", "POST"])
@login_required
def anchors(request: HttpRequest, item_id: int) -> HttpResponse:
    """Anchors of a question, and marked scripts that may become one; `?answer=` shows one of them."""
    person, now = current_person(request), timezone.now()
    mine = answers_to_anchor(person, at=now)
    reach: Any = written_answers().filter(item=item_id, pk__in=mine.values("pk"))
    if not reach.exists():
        raise Http404
    item = get_object_or_404(ExamItem.objects.select_related("exam_version", "question_version"), pk=item_id)
    form = AnchorForm(request.POST if "choose" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            if form.is_bound:
                chosen = get_object_or_404(reach, pk=form.cleaned_data["answer"])
                choose_anchor(answer=chosen, note=form.cleaned_data["note"], by=person, now=now)
                messages.success(request, _("Every marker now marks this answer first, without its marks."))
            elif retired := _named_anchor(request, reach):
                retire_anchor(anchor=retired, by=person, now=now)
                messages.success(
                    request, _("No marker gets this anchor any more. What was given to it stays.")
                )
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        return redirect("assessments:marking_anchors", item_id=item.pk)
    return render(request, "assessments/marking/anchors.html", _chooser_context(request, item, reach, form))


def _named_anchor(request: HttpRequest, reach: Any) -> AnchorScript | None:
    number = _number(request.POST.get("retire", ""))
    return AnchorScript.objects.filter(answer__in=reach, pk=number).first()


def _chooser_context(request: HttpRequest, item: ExamItem, reach: Any, form: AnchorForm) -> dict[str, Any]:
    page = Paginator(reach.filter(marks__isnull=False).distinct().order_by("pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    scripts = _marked(item, [answer.pk for answer in page])
    wanted = _number(request.GET.get("answer", "") or request.POST.get("answer", ""))
    chosen = next((each for each in scripts if each.answer.pk == wanted), None)
    if chosen and not form.is_bound:
        form = AnchorForm(initial={"answer": chosen.answer.pk})
    used = AnchorScript.objects.filter(answer__item__question_version=item.question_version_id)
    return {
        "item": item,
        "stem": item.question_version.body.get("stem", ""),
        "page": page,
        "scripts": scripts,
        "chosen": chosen,
        "desk": _shown(chosen) if chosen else None,
        "form": form,
        "anchors": [
            (each, candidate_name(each.answer.attempt), as_text(each.points))
            for each in used.select_related(
                "answer__attempt__exam_version", "answer__attempt__person__account"
            ).order_by("retired_at", "pk")
        ],
    }


def _marked(item: ExamItem, ids: list[int]) -> list[MarkedScript]:
    """Those of these answers for which marks stand."""
    answers = Answer.objects.filter(pk__in=ids)
    given = given_marks(answers)
    texts = {each["id"]: each["text"] for each in item.question_version.answer["criteria"]}
    found = []
    for answer in answers.select_related(
        "attempt__exam_version", "attempt__person__account", "item__question_version"
    ).order_by("pk"):
        standing = settle(given.get(answer.pk, ()), rules_of(answer.attempt)).standing
        if standing and standing.marks:
            criteria = tuple((texts.get(each, each), mark) for each, mark in standing.marks.items())
            found.append(MarkedScript(answer, candidate_name(answer.attempt), standing, criteria))
    return found


def _shown(chosen: MarkedScript) -> Any:
    form = MarkForm(key=chosen.answer.item.question_version.answer)
    return lay_out(Script(chosen.answer, None, "", (), None), form, [])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
