"""Written papers and their markers for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assessments.marking.recording import record_mark
from assessments.models import Answer, Attempt, ExamItem, Mark
from people.models import Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.factories import make_person

TWICE = {"double_marking": True, "marking_tolerance": "0.5"}


def make_marker(**where: Any) -> Person:
    return make_person(roles=(Role.EXAMINER,), **where)


def make_papers(count: int, now: datetime, key: str = "base") -> list[Attempt]:
    """So many papers of the exam, each by another candidate."""
    return [make_submitted(make_person(), key, now=now) for _number in range(count)]


def make_written(count: int = 1, *, now: datetime, key: str = "base", **settings: Any) -> list[Attempt]:
    """An exam of one written question of 2 points, and papers of it."""
    make_exam(key, types=("short_answer",), **settings)
    return make_papers(count, now, key)


def item_of(attempt: Attempt, slot: int = 1) -> ExamItem:
    return answer_of(attempt, slot).item


def answer_of(attempt: Attempt, slot: int = 1) -> Answer:
    return attempt.answers.select_related("item__question_version").get(slot=slot)


def mark(
    attempt: Attempt, by: Person, now: datetime, points: str = "1.5", slot: int = 1, **extra: Any
) -> Mark:
    values = {"marks": {"c1": points}, "comment": "", "penalty": "0", **extra}
    return record_mark(attempt=attempt, slot=slot, by=by, now=now, **values)
