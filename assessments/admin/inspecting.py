"""One question of the bank: what it says, where it stands in its life, where it is used, and for authors its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from wagtail.admin.views import generic

from assessments.admin.actions import STEPS
from assessments.bank.neighbours import Neighbour, neighbours_of
from assessments.bank.reviews import next_review
from assessments.bank.usage import exams_with, lessons_asking, usage_of
from assessments.bank.workflow import NEEDS_A_REASON, can_move
from assessments.models import Erratum, ErratumStatus, Question, QuestionMove, QuestionVersion
from assessments.permissions import can_read_keys
from assessments.presenting import present_item, stored_order
from assessments.results.report_lines import key_lines_of
from competencies.framework import leaf_titles
from people.accounts import names_of


@dataclass(frozen=True)
class Step:
    """A button: the status it leads to, what it says, and whether it wants a reason."""

    to: str
    title: str | Promise
    needs_reason: bool


@dataclass(frozen=True)
class PastMove:
    """A line of the history; `who` is empty where the system moved it or the person was erased."""

    status: str
    number: int
    reason: str
    at: datetime
    who: str


class BankInspectView(generic.InspectView):
    """The newest version as candidates see it and what became of the question; the key for authors, for nobody else."""

    template_name = "assessments/admin/inspect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_key, titles = can_read_keys(self.request.user), leaf_titles()
        versions = self.object.versions.order_by("-number")
        newest: QuestionVersion = (versions if shows_key else versions.without_key())[0]
        return super().get_context_data(
            newest=newest,
            leaves=[titles.get(leaf, leaf) for leaf in newest.leaves],
            item=present_item(newest, order=stored_order(newest), disabled=True),
            key=key_lines_of(newest, order=stored_order(newest)) if shows_key else None,
            versions=versions.only("number", "content_hash", "stored_at", "question"),
            steps=_steps(self.object) if shows_key else (),
            **_life(self.object, newest, on=timezone.localdate()),
            **_use(self.object.key),
            neighbours=_near(self.object, newest),
            **kwargs,
        )


def _steps(question: Question) -> list[Step]:
    return [
        Step(to.value, title, to in NEEDS_A_REASON) for to, title in STEPS.items() if can_move(question, to)
    ]


def _life(question: Question, newest: QuestionVersion, *, on: date) -> dict[str, Any]:
    """How it is filed and what happened to it. Four queries."""
    moves = list(question.moves.order_by("-moved_at", "-pk"))
    names = names_of(_people([question.author_id, *(move.moved_by_id for move in moves)]))
    clauses = list(question.clauses.order_by("key"))
    return {
        "author_name": names.get(question.author_id, "") if question.author_id else "",
        "moves": [_past(move, names) for move in moves],
        "clauses": clauses,
        "repealed": [each for each in clauses if each.repealed_on and each.repealed_on <= on],
        "review": next_review(question, newest),
        "today": on,
        "open_reports": Erratum.objects.filter(
            question_version__question=question, status=ErratumStatus.OPEN
        ).count(),
    }


def _use(key: str) -> dict[str, Any]:
    """Where it is used. Four queries."""
    return {"usage": usage_of([key])[key], "exams": exams_with(key), "lessons": lessons_asking([key])}


def _near(question: Question, newest: QuestionVersion) -> list[tuple[Neighbour, int]]:
    """Its neighbours, each with the number of its page. Two queries."""
    near = neighbours_of({"key": question.key, "body": newest.body})
    numbers = dict(Question.objects.filter(key__in=[each.key for each in near]).values_list("key", "pk"))
    return [(each, numbers[each.key]) for each in near]


def _people(ids: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in ids if each}


def _past(move: QuestionMove, names: dict[UUID, str]) -> PastMove:
    who = names.get(move.moved_by_id, "") if move.moved_by_id else ""
    return PastMove(move.get_status_display(), move.number, move.reason, move.moved_at, who)
