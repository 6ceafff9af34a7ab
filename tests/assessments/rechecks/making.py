"""A paper with a result, and the people around it, for tests of rechecks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assessments.marking.recording import record_mark
from assessments.models import Attempt, Recheck
from assessments.rechecks.asking import ask_recheck, grant_recheck
from people.models import Person
from tests.assessments.making import make_exam, make_submitted

WORDS = "第二题我写了依据，没有给分。"
REPLY = "又看了一遍，各题的给分都有依据。"


def make_marked(
    candidate: Person, marker: Person, *, now: datetime, key: str = "base", marks: str = "1", **fields: Any
) -> Attempt:
    """One question the machine scored (2 of 2 points) and one this marker gave `marks` of 2; the result is out."""
    make_exam(key, types=("single", "short_answer"), **fields)
    attempt = make_submitted(candidate, key, now=now)
    record_mark(attempt=attempt, slot=2, marks={"c1": marks}, comment="依据不足", by=marker, now=now)
    attempt.refresh_from_db()
    return attempt


def make_recheck(attempt: Attempt, *, now: datetime) -> Recheck:
    """The candidate asked."""
    return ask_recheck(attempt=attempt, text=WORDS, by=attempt.person, now=now)


def make_granted(attempt: Attempt, *, by: Person, marker: Person, now: datetime) -> Recheck:
    """And an administrator handed it to this marker."""
    return grant_recheck(recheck=make_recheck(attempt, now=now), marker=marker, by=by, now=now)
