"""Reads that several pages share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.exams.settings import Phase, tells_mark
from assessments.items import ITEM_TYPES
from assessments.items.checking import as_text
from assessments.marking.queueing import attempts_to_mark, free_scripts
from assessments.models import (
    REHEARSAL,
    Answer,
    Attempt,
    AttemptStatus,
    ExamVersion,
    Regrade,
    RegradeStatus,
)
from assessments.results.grading import Grade, grade_of, outcome_of, with_results
from core.prepared import prepared
from people.models import Person, Role
from people.scope import people_overseen_by


@dataclass(frozen=True)
class AttemptSummary:
    """One sitting in a list. `state` and `state_text` fit components/chip.html; points are text, "" before a result and
    while the exam does not tell marks yet (`passed` is None then).

    `max_attempts` is how often this exam may be sat, None without a limit. `grade` is over all sittings of the exam by
    the same person, the same in each of them; None before there is one.
    """

    attempt_id: UUID
    exam_key: str
    exam_title: str
    status: str
    state: str
    state_text: str
    started_at: datetime
    submitted_at: datetime | None
    points_text: str
    max_points_text: str
    passed: bool | None
    url: str
    deadline_at: datetime
    max_attempts: int | None
    grade: Grade | None = None

    @property
    def exam_passed(self) -> bool:
        """Whether this exam is passed, by whichever sitting makes the grade."""
        return self.grade is not None and self.grade.passed


@dataclass(frozen=True)
class MarkingLoad:
    """How many answers of one exam wait for a marker, and since when the first of them does."""

    exam_title: str
    answers: int
    oldest_at: datetime


def attempts_of(
    people: Iterable[Person], *, at: datetime | None = None
) -> dict[UUID, tuple[AttemptSummary, ...]]:
    """Everyone's sittings by person id, newest first; people without one are absent. One query.

    `at` is the moment that decides whether marks show yet, now unless given. Rehearsals of the interface are none.
    """
    by_exam: defaultdict[tuple[UUID, str], list[Any]] = defaultdict(list)
    rows = _sittings([person.pk for person in people])
    for attempt in rows:
        by_exam[attempt.person_id, attempt.exam_key].append(attempt)
    grades = {exam: _grade(sittings) for exam, sittings in by_exam.items()}
    found: defaultdict[UUID, list[AttemptSummary]] = defaultdict(list)
    for attempt in rows:
        exam = attempt.person_id, attempt.exam_key
        hidden = _hides_marks(attempt, len(by_exam[exam]), at or timezone.now())
        found[attempt.person_id].append(_summary(attempt, None if hidden else grades[exam], hidden=hidden))
    return {person_id: tuple(sittings) for person_id, sittings in found.items()}


@prepared
def _sittings(people: Sequence[UUID]) -> QuerySet[Any]:
    """Attempts with what their newest complete result says."""
    attempts = Attempt.objects.filter(person__in=people).exclude(exam_key=REHEARSAL)
    return (
        with_results(attempts)
        .annotate(
            max_attempts=F("exam_version__document__max_attempts"),
            review=F("exam_version__document__review"),
            closes_at=F("exam_version__document__closes_at"),
            session_closes_at=F("seat__session__closes_at"),
        )
        .order_by("-started_at")
    )


def _grade(sittings: Iterable[Any]) -> Grade | None:
    return grade_of([outcome_of(each) for each in sittings if each.status != AttemptStatus.OPEN])


def _hides_marks(attempt: Any, sittings: int, at: datetime) -> bool:
    """Whether the exam's review policy keeps the marks back: until its window or session is over, or, without one,
    until it is passed or no attempt is left. `review_policy` looks more closely, on the page of one result."""
    if attempt.status == AttemptStatus.OPEN or tells_mark(attempt.review, Phase.SUBMITTED):
        return False
    if not tells_mark(attempt.review, Phase.CLOSED):
        return True
    closes_at = datetime.fromisoformat(attempt.closes_at) if attempt.closes_at else None
    ends_at = attempt.session_closes_at or closes_at
    if ends_at:
        return bool(at < ends_at)
    return not (attempt.passed or (attempt.max_attempts and sittings >= attempt.max_attempts))


def _summary(attempt: Any, grade: Grade | None, *, hidden: bool) -> AttemptSummary:
    is_open = attempt.status == AttemptStatus.OPEN
    state, state_text = ("doing", pgettext("state", "Handed in")) if hidden else _state(attempt)
    shows_points = attempt.points is not None and not hidden
    return AttemptSummary(
        attempt_id=attempt.pk,
        exam_key=attempt.exam_key,
        exam_title=attempt.exam_version.title,
        status=attempt.status,
        state=state,
        state_text=state_text,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        points_text=as_text(attempt.points) if shows_points else "",
        max_points_text=as_text(attempt.max_points) if shows_points else "",
        passed=None if hidden else attempt.passed,
        url=reverse("assessments:sit" if is_open else "assessments:result", args=[attempt.pk]),
        deadline_at=attempt.deadline_at,
        max_attempts=attempt.max_attempts,
        grade=grade,
    )


def marking_loads(marker: Person, *, at: datetime) -> tuple[MarkingLoad, ...]:
    """What waits for this marker by exam, the longest waiting first. Two queries."""
    free = free_scripts(marker, at=at).order_by().values("pk")
    loads = (
        Answer.objects.filter(pk__in=free)
        .values_list("attempt__exam_version__title")
        .annotate(answers=Count("pk"), oldest_at=Min("attempt__submitted_at"))
    )
    return tuple(MarkingLoad(*row) for row in loads.order_by("oldest_at"))


def papers_awaiting_marks(overseer: Person, *, at: datetime) -> tuple[int, datetime | None]:
    """How many papers of people the overseer administers wait for a marker, and since when. One query."""
    overseen = people_overseen_by(overseer, roles=[Role.ADMINISTRATOR], at=at)
    papers = Attempt.objects.filter(status=AttemptStatus.MARKING, person__in=overseen)
    found = papers.aggregate(count=Count("pk"), oldest_at=Min("submitted_at"))
    return found["count"], found["oldest_at"]


def answers_to_mark(marker: Person, *, at: datetime) -> QuerySet[Answer]:
    """Answers this person may mark, with the marks they have. One lazy query, and one for the marks."""
    by_hand = [code for code, kind in ITEM_TYPES.items() if kind.marked_by_person]
    return (
        Answer.objects.filter(
            attempt__in=attempts_to_mark(marker, at=at),
            item__question_version__type__in=by_hand,
            response__isnull=False,
        )
        .select_related(
            "attempt__exam_version", "attempt__person__account", "item__question_version__question"
        )
        .prefetch_related("marks")
    )


def asked_in(version: ExamVersion) -> int:
    """How many questions a paper has."""
    sections = version.document.get("sections")
    if sections:
        return sum(section["count"] for section in sections)
    count: int = version.document.get("draw") or len(version.document["items"])
    return count


def regrades_on_desk(person: Person) -> QuerySet[Regrade]:
    """Regrades that wait for a second person, with this one's own that were tried; the longest waiting first. One
    query, with the title of the exam."""
    tried = Q(status=RegradeStatus.TRIED, proposed_by=person)
    found = Regrade.objects.filter(Q(status=RegradeStatus.PROPOSED) | tried)
    return found.select_related("exam_version").defer("exam_version__document").order_by("proposed_at", "pk")


def _state(attempt: Any) -> tuple[str, str]:
    if attempt.status == AttemptStatus.OPEN:
        return "doing", _("In progress")
    if attempt.status == AttemptStatus.MARKING:
        return "doing", _("Awaiting marks")
    return ("done", _("Passed")) if attempt.passed else ("due", _("Not passed"))
