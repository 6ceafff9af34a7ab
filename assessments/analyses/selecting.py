"""Which sittings an analysis looks at, and the fingerprint that says whether they are still the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from assessments.exams.settings import ExamSettings, Grading
from assessments.models import AttemptStatus, ExamVersion, Result, Which
from assessments.models.exams import ExamVersionQuerySet

USUAL = {
    Grading.FIRST: Which.FIRST,
    Grading.LAST: Which.LAST,
    Grading.BEST: Which.BEST,
    Grading.AVERAGE: Which.ALL,
}


class Sitting(NamedTuple):
    """One handed-in attempt with its newest complete result."""

    attempt_id: UUID
    result_id: int
    person_id: UUID
    started_at: datetime
    points: Decimal
    max_points: Decimal
    passed: bool | None

    @property
    def rank(self) -> tuple[bool, Fraction]:
        """As grades have it: one that passed before one that did not, then the share of the points."""
        share = Fraction(self.points) / Fraction(self.max_points) if self.max_points else Fraction(0)
        return bool(self.passed), share


@dataclass(frozen=True)
class Selection:
    """The sittings that count, the earliest first. Equal fingerprints mean equal results, regrades included."""

    sittings: tuple[Sitting, ...]
    fingerprint: str


def may_be_analysed(version: ExamVersion) -> bool:
    """Whether an exam has statistics at all: practice papers and rehearsals have none."""
    settings = ExamSettings.of(version.document)
    return not (settings.practice or settings.rehearsal)


def analysable() -> ExamVersionQuerySet:
    """Releases that may have statistics, as `may_be_analysed` says of one."""
    counts = Q(document__practice__isnull=True) | Q(document__practice=False)
    found: ExamVersionQuerySet = ExamVersion.objects.held().filter(counts).defer("document")
    return found


def usual_which(version: ExamVersion) -> Which:
    """The sittings that make the grade, which is what Moodle's report begins with too (quiz_statistics, `whichattempts`
    takes the quiz's grading method)."""
    return USUAL[ExamSettings.of(version.document).grading]


def select_sittings(version: ExamVersion, which: Which) -> Selection:
    """The handed-in sittings of a release that have a complete result, the newest of each. One query."""
    newest: dict[UUID, Sitting] = {}
    for row in _results(version).iterator(2000):
        newest[row[0]] = Sitting(*row)
    chosen = sorted(_chosen(newest.values(), which), key=lambda each: (each.started_at, each.attempt_id))
    return Selection(tuple(chosen), fingerprint_of(chosen))


def fingerprint_of(sittings: Iterable[Sitting]) -> str:
    """SHA-256 over the ids of attempts and results, whatever their order."""
    lines = sorted(f"{each.attempt_id.hex}:{each.result_id}" for each in sittings)
    return sha256("\n".join(lines).encode()).hexdigest()


def _results(version: ExamVersion) -> QuerySet[Any, Any]:
    handed_in = Result.objects.filter(attempt__exam_version=version, complete=True).exclude(
        attempt__status=AttemptStatus.OPEN
    )
    return handed_in.order_by("attempt", "number").values_list(
        "attempt", "pk", "attempt__person", "attempt__started_at", "points", "max_points", "passed"
    )


def _chosen(sittings: Iterable[Sitting], which: Which) -> Iterable[Sitting]:
    if which == Which.ALL:
        return sittings
    by_person: defaultdict[UUID, list[Sitting]] = defaultdict(list)
    for each in sittings:
        by_person[each.person_id].append(each)
    return [_one(own, which) for own in by_person.values()]


def _one(own: Sequence[Sitting], which: Which) -> Sitting:
    by_time = sorted(own, key=lambda each: (each.started_at, each.attempt_id))
    if which == Which.BEST:
        return max(by_time, key=lambda each: each.rank)
    return by_time[0] if which == Which.FIRST else by_time[-1]
