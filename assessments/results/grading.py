"""The grade over somebody's finished sittings of an exam: the best, the last, the first, or their average.

The rule is that of the release last sat: those are the terms the person sat on. What is evidence of the grade is put
into the ledger by `crediting`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from assessments.exams.settings import Grading
from assessments.models import Attempt, AttemptStatus, Result
from assessments.regrading.terms import terms_at
from assessments.results.passing import percent_text, reaches
from people.models import Person


@dataclass(frozen=True)
class Outcome:
    """One sitting as the grade sees it: its newest complete result, on the terms that this took in.

    `points` is None before there is one. `parts` are those of the result, see `passing`.
    """

    attempt_id: UUID
    started_at: datetime
    awaits_marks: bool
    points: Decimal | None
    max_points: Decimal | None
    passed: bool | None
    parts: Sequence[Mapping[str, Any]]
    grading: Grading
    pass_percent: Decimal
    result_number: int = 1

    @property
    def share(self) -> Fraction:
        """Earned of attainable, 0..1, exact; 0 before there is a result."""
        if not self.points or not self.max_points:
            return Fraction(0)
        return Fraction(self.points) / Fraction(self.max_points)


@dataclass(frozen=True)
class Grade:
    """What the sittings come to. `counted` made the grade; `awaiting` wait for marks and do not count yet.

    `percent` is of the points, decimal text rounded down to two decimals. `short` names the parts that an average does
    not reach.
    """

    grading: Grading
    percent: str
    passed: bool
    counted: tuple[UUID, ...]
    sittings: int
    awaiting: int
    short: tuple[str, ...] = ()


def grade_of(outcomes: Sequence[Outcome]) -> Grade | None:
    """The grade over one person's sittings of one exam, in any order; None while none has a result."""
    counted = counted_of(outcomes)
    if not counted:
        return None
    newest = _by_time(outcomes)[-1]
    share = sum((each.share for each in counted), Fraction(0)) / len(counted)
    short = _short(counted) if len(counted) > 1 else ()
    passes = reaches(share, 1, counted[-1].pass_percent) and not short
    return Grade(
        grading=newest.grading,
        percent=percent_text(share),
        passed=bool(counted[0].passed) if len(counted) == 1 else passes,
        counted=tuple(each.attempt_id for each in counted),
        sittings=sum(each.points is not None for each in outcomes),
        awaiting=sum(each.awaits_marks for each in outcomes),
        short=short,
    )


def counted_of(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The sittings that make the grade, the earliest first; empty while none has a result.

    Best is one that passed before one that did not, then the higher share, then the earlier.
    """
    finished = [each for each in _by_time(outcomes) if each.points is not None]
    if not finished:
        return ()
    match _by_time(outcomes)[-1].grading:
        case Grading.FIRST:
            return (finished[0],)
        case Grading.LAST:
            return (finished[-1],)
        case Grading.AVERAGE:
            return tuple(finished)
        case Grading.BEST:
            return (max(finished, key=lambda each: (bool(each.passed), each.share)),)


def _short(counted: Sequence[Outcome]) -> tuple[str, ...]:
    """Titles of the parts, as the release last sat names them, that are not reached on average."""
    return tuple(
        part["title"]
        for part in counted[-1].parts
        if not reaches(_average(part, counted), 1, Decimal(part["need"]))
    )


def _average(part: Mapping[str, Any], counted: Sequence[Outcome]) -> Fraction:
    """The mean share of one part over the sittings that had it."""
    same = [
        Fraction(each["share"])
        for outcome in counted
        for each in outcome.parts
        if (each["kind"], each["key"]) == (part["kind"], part["key"])
    ]
    return sum(same, Fraction(0)) / len(same)


def _by_time(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda each: (each.started_at, each.attempt_id))


def read_grade(person: Person, exam_key: str) -> Grade | None:
    """The person's grade in one exam. One query."""
    return grade_of(read_outcomes(person.pk, exam_key))


def read_outcomes(person_id: UUID, exam_key: str) -> list[Outcome]:
    """The person's handed-in sittings of one exam. One query."""
    sittings = with_results(Attempt.objects.filter(person=person_id, exam_key=exam_key))
    return [outcome_of(each) for each in sittings.exclude(status=AttemptStatus.OPEN)]


def with_results(attempts: QuerySet[Attempt]) -> QuerySet[Any]:
    """Attempts with what `outcome_of` reads: their newest complete result, and the terms it was given on."""
    newest = Result.objects.filter(attempt=OuterRef("pk"), complete=True).order_by("-number")
    return (
        attempts.select_related("exam_version")
        .defer("exam_version__document")
        .annotate(
            grading=F("exam_version__document__grading"),
            **{
                name: Subquery(newest.values(name)[:1])
                for name in ("points", "max_points", "passed", "parts")
            },
            result_number=Subquery(newest.values("number")[:1]),
            correction_number=Subquery(newest.values("correction__number")[:1]),
            correction_hash=Subquery(newest.values("correction__content_hash")[:1]),
        )
    )


def outcome_of(attempt: Any) -> Outcome:
    """An attempt read by `with_results`."""
    terms = terms_at(attempt.exam_version, attempt.correction_number, attempt.correction_hash)
    return Outcome(
        attempt_id=attempt.pk,
        started_at=attempt.started_at,
        awaits_marks=attempt.status == AttemptStatus.MARKING,
        points=attempt.points,
        max_points=attempt.max_points,
        passed=attempt.passed,
        parts=attempt.parts or (),
        grading=Grading(attempt.grading or Grading.BEST),
        pass_percent=terms.pass_percent,
        result_number=attempt.result_number or 0,
    )
