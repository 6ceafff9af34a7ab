"""Regrades for tests, made by the product's own operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assessments.attempts import submit_attempt
from assessments.models import Attempt, ExamVersion, QuestionVersion, Regrade
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.deciding import approve_regrade
from assessments.regrading.drafting import draft_regrade, propose_regrade, try_regrade
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_question, save
from tests.factories import make_person

REASON = "答案有误，现予更正。"
DROP = {"kind": "void", "item": 1, "how": "drop"}
FULL = {"kind": "void", "item": 1, "how": "full"}
DOUBLED = {"kind": "points", "item": 1, "points": "4"}


def make_author() -> Person:
    return make_person("严谨", roles=(Role.AUTHOR,))


def make_approver() -> Person:
    return make_person("韩立群", roles=(Role.ADMINISTRATOR,))


def correct_key(key: str = "base-1", correct: str = "o3", **fields: Any) -> QuestionVersion:
    """The bank says now that another option is right, and explains it."""
    said = {"answer": {"rule": "exact", "correct": correct}, "explanation": "更正后的解析", **fields}
    return make_question(key, **said)


def key_change(version: QuestionVersion, item: int = 1) -> dict[str, Any]:
    return {"kind": "key", "item": item, "question_version": version.pk}


def make_sat(*options: str | None, now: datetime, person: Person | None = None) -> Attempt:
    """A sitting of `base` handed in with these options picked, question by question; None leaves one open. Each begins
    a second after the one before, so that they have an order."""
    person, now = person or make_person(), now + timedelta(seconds=Attempt.objects.count())
    attempt = make_attempt(person, now=now)
    for slot, option in enumerate(options, start=1):
        if option is not None:
            save(attempt, slot, [option], sequence=slot, now=now)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def make_tried(version: ExamVersion, *changes: dict[str, Any], by: Person, now: datetime) -> Regrade:
    """A regrade whose dry run is done."""
    regrade = draft_regrade(exam_version=version, changes=list(changes), reason=REASON, by=by, now=now)
    return advance_regrade(regrade=try_regrade(regrade=regrade, by=by, now=now), clock=lambda: now)


def make_approved(
    version: ExamVersion,
    *changes: dict[str, Any],
    now: datetime,
    by: Person | None = None,
    approver: Person | None = None,
) -> Regrade:
    """One that a second person approved; nothing is scored again yet."""
    by, later = by or make_author(), now + timedelta(hours=1)
    regrade = propose_regrade(regrade=make_tried(version, *changes, by=by, now=later), by=by, now=later)
    return approve_regrade(regrade=regrade, by=approver or make_approver(), now=later)


def make_done(version: ExamVersion, *changes: dict[str, Any], now: datetime, **extra: Any) -> Regrade:
    """One that was carried out."""
    regrade = make_approved(version, *changes, now=now, **extra)
    return advance_regrade(regrade=regrade, clock=lambda: now + timedelta(hours=2))
