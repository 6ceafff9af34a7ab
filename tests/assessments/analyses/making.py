"""Exams that several people have sat, for the statistics of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from assessments.analyses.advancing import advance_analysis
from assessments.analyses.asking import ask_analysis
from assessments.attempts import submit_attempt
from assessments.models import Analysis, Attempt, ExamVersion, Which
from people.models import Person
from tests.assessments.making import make_attempt, save
from tests.factories import make_person

RIGHT: dict[str, Any] = {"single": "o2", "multiple": ["o1", "o3"], "true_false": "false"}
WRONG: dict[str, Any] = {"single": "o1", "multiple": ["o2"], "true_false": "true"}
HALF = ["o1"]  # of the multiple choice: one of two right options, half a point of two


def sit(person: Person, responses: Sequence[Any], exam_key: str = "base", *, now: datetime) -> Attempt:
    """A sitting handed in with these responses by slot; None for a place left empty."""
    attempt = make_attempt(person, exam_key, now=now)
    for slot, response in enumerate(responses, start=1):
        if response is not None:
            save(attempt, slot, response, sequence=slot, now=now)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def sit_many(rows: Sequence[Sequence[Any]], exam_key: str = "base", *, now: datetime) -> list[Attempt]:
    """One person for each row of responses, a second after the other."""
    return [
        sit(make_person(), row, exam_key, now=now + timedelta(seconds=place))
        for place, row in enumerate(rows)
    ]


def analysed(version: ExamVersion, *, now: datetime, which: Which = Which.FIRST) -> Analysis:
    """The statistics of an exam, asked for by the system and computed."""
    analysis = ask_analysis(exam_version=version, which=which, by=None, now=now)
    return advance_analysis(analysis=analysis, clock=lambda: now)
