"""Pages about marking: how it goes, how it is organised, and which answers read alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.marking.alike import Comparison, Family, alike_families, read_families, text_of
from assessments.marking.anchors import CHOOSERS
from assessments.marking.boards import OVERSEERS, exam_lines, papers_overseen_by, read_boards
from assessments.marking.forms import PlanForm
from assessments.marking.plans import PlanTerms, set_plan, terms_for
from assessments.marking.queueing import attempts_within_reach
from assessments.marking.recording import candidate_name
from assessments.marking.rounds import written_answers
from assessments.marking.words import plan_facts
from assessments.models import Answer, Attempt, ExamItem
from core.errors import Refusal
from people.accounts import current_person
from people.models import Person, Role
from people.roles import has_role

PER_PAGE = 10


@require_GET
@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """Exams with written answers."""
    person, now = current_person(request), timezone.now()
    if not has_role(person, *OVERSEERS, on=timezone.localdate(now)):
        raise PermissionDenied
    return render(request, "assessments/marking/boards.html", {"lines": exam_lines(person, at=now)})


@require_http_methods(["GET", "POST"])
@login_required
def board(request: HttpRequest, exam_key: str) -> HttpResponse:
    """One exam, question by question. An administrator posts how its marking is organised."""
    person, now = current_person(request), timezone.now()
    found = read_boards(exam_key, person, at=now)
    if not found:
        raise Http404
    on = timezone.localdate(now)
    terms, may_plan = terms_for(exam_key), has_role(person, Role.ADMINISTRATOR, on=on)
    form = PlanForm.of(terms)
    if request.method == "POST":
        if not may_plan:
            raise PermissionDenied
        form = PlanForm(request.POST)
        if form.is_valid() and _planned(request, exam_key, form, person):
            return redirect("assessments:marking_board", exam_key=exam_key)
    context = {
        "title": found[0].item.exam_version.title,
        "boards": found,
        "form": form if may_plan else None,
        "plan_facts": plan_facts(terms),
        "may_choose": has_role(person, *CHOOSERS, on=on),
    }
    return render(request, "assessments/marking/board.html", context, status=422 if form.errors else 200)


def _planned(request: HttpRequest, exam_key: str, form: PlanForm, person: Person) -> bool:
    terms: PlanTerms = form.terms
    try:
        set_plan(exam_key=exam_key, terms=terms, by=person, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved. Scripts that are in hand stay so until their time."))
    return True


@require_GET
@login_required
def alike(request: HttpRequest, item_id: int) -> HttpResponse:
    """Answers to a question that read nearly the same; `?answer=` only those that read like this one."""
    person = current_person(request)
    within = _readable(person)
    if not written_answers().filter(item=item_id, attempt__in=within).exists():
        raise Http404
    item = get_object_or_404(ExamItem.objects.select_related("exam_version", "question_version"), pk=item_id)
    families = alike_families(item, within=within)
    if wanted := request.GET.get("answer"):
        touching = [[pair for pair in pairs if wanted in (pair.one, pair.other)] for pairs in families]
        families = [pairs for pairs in touching if pairs]
    page: Any = Paginator(families, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "item": item,
        "stem": item.question_version.body.get("stem", ""),
        "page": page,
        "families": [_named(family) for family in read_families(page.object_list)],
        "is_narrow": bool(wanted),
    }
    return render(request, "assessments/marking/alike.html", context)


def _readable(person: Person) -> QuerySet[Attempt]:
    """Papers that one may mark, and those of the people one administers."""
    now = timezone.now()
    marked = attempts_within_reach(person, at=now).values("pk")
    administered = papers_overseen_by(person, roles=(Role.ADMINISTRATOR,), at=now).exclude(person=person)
    return Attempt.objects.filter(Q(pk__in=marked) | Q(pk__in=administered.values("pk")))


def _named(family: Family) -> dict[str, Any]:
    """The family with what its candidates are called here."""
    return {
        "names": _names(family.answers),
        "same": [(_names(group), text_of(group[0].response)) for group in family.same],
        "pairs": [_pair(pair) for pair in family.pairs],
        "more": family.more,
    }


def _pair(pair: Comparison) -> dict[str, Any]:
    sides = [(_names(pair.one), pair.first), (_names(pair.other), pair.second)]
    return {"percent": pair.percent, "sides": sides}


def _names(answers: Iterable[Answer]) -> list[str]:
    return [candidate_name(answer.attempt) for answer in answers]
