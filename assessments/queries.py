"""Reads that several pages share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.items import ITEM_TYPES
from assessments.items.checking import as_text
from assessments.marking import attempts_to_mark
from assessments.models import Answer, Attempt, AttemptStatus, ExamVersion, PriorSitting, Result
from assessments.transfer.prior_sittings import prior_sittings_of
from core.prepared import prepared
from people.models import Person, Role
from people.scope import people_overseen_by


@dataclass(frozen=True)
class AttemptSummary:
    """One sitting in a list. `state` and `state_text` fit components/chip.html; points are text, "" before a result.

    `max_attempts` is how often this exam may be sat, None without a limit.
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


@dataclass(frozen=True)
class ExamCard:
    """An exam in the list, with the person's newest sitting of it and the newest finished one in another program."""

    version: ExamVersion
    item_count: int
    state: str
    state_text: str
    newest: AttemptSummary | None
    passed: bool
    prior: PriorSitting | None

    @property
    def is_open(self) -> bool:
        """Whether a sitting is in progress."""
        return self.newest is not None and self.newest.status == AttemptStatus.OPEN


@dataclass(frozen=True)
class ExamList:
    """The exams, and the person's sittings in another program of what is no exam here."""

    cards: tuple[ExamCard, ...]
    elsewhere: tuple[PriorSitting, ...]


@dataclass(frozen=True)
class MarkingTask:
    """One answer in the queue; `candidate` is a number that says nothing about the person."""

    candidate: str
    exam_title: str
    slot: int
    submitted_at: datetime | None
    marked: bool
    url: str


@dataclass(frozen=True)
class MarkingLoad:
    """How many answers of one exam wait for a marker, and since when the first of them does."""

    exam_title: str
    answers: int
    oldest_at: datetime


def exam_list(person: Person) -> ExamList:
    """Every released exam by title. Two queries, one more for somebody who sat exams in another program."""
    sittings = attempts_of([person]).get(person.pk, ())
    has_prior = Exists(PriorSitting.objects.filter(person=person))
    versions = list(ExamVersion.objects.newest().annotate(has_prior=has_prior).order_by("title", "key"))
    prior = prior_sittings_of(person) if not versions or versions[0].has_prior else []
    newest = {each.exam_key: each for each in reversed(prior) if each.complete}
    keys = {version.key for version in versions}
    cards = (
        _card(version, [each for each in sittings if each.exam_key == version.key], newest.get(version.key))
        for version in versions
    )
    return ExamList(tuple(cards), tuple(each for each in prior if each.exam_key not in keys))


def attempts_of(people: Iterable[Person]) -> dict[UUID, tuple[AttemptSummary, ...]]:
    """Everyone's sittings by person id, newest first; people without one are absent. One query."""
    found: defaultdict[UUID, list[AttemptSummary]] = defaultdict(list)
    for attempt in _sittings([person.pk for person in people]):
        found[attempt.person_id].append(_summary(attempt))
    return {person_id: tuple(sittings) for person_id, sittings in found.items()}


@prepared
def _sittings(people: Sequence[UUID]) -> QuerySet[Any]:
    """Attempts with what their newest result says."""
    newest = Result.objects.filter(attempt=OuterRef("pk")).order_by("-number")
    attempts = Attempt.objects.filter(person__in=people).select_related("exam_version")
    return (
        attempts.defer("exam_version__document")
        .annotate(
            max_attempts=F("exam_version__document__max_attempts"),
            complete=Subquery(newest.values("complete")[:1]),
            passed=Subquery(newest.values("passed")[:1]),
            points=Subquery(newest.values("points")[:1]),
            max_points=Subquery(newest.values("max_points")[:1]),
        )
        .order_by("-started_at")
    )


def _summary(attempt: Any) -> AttemptSummary:
    is_open = attempt.status == AttemptStatus.OPEN
    state, state_text = _state(attempt)
    return AttemptSummary(
        attempt_id=attempt.pk,
        exam_key=attempt.exam_key,
        exam_title=attempt.exam_version.title,
        status=attempt.status,
        state=state,
        state_text=state_text,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        points_text=as_text(attempt.points) if attempt.complete else "",
        max_points_text=as_text(attempt.max_points) if attempt.complete else "",
        passed=attempt.passed,
        url=reverse("assessments:sit" if is_open else "assessments:result", args=[attempt.pk]),
        deadline_at=attempt.deadline_at,
        max_attempts=attempt.max_attempts,
    )


def marking_tasks(marker: Person, *, at: datetime) -> tuple[MarkingTask, ...]:
    """What waits for this marker, longest first. Two queries."""
    return tuple(
        MarkingTask(
            candidate=answer.attempt.candidate_number,
            exam_title=answer.attempt.exam_version.title,
            slot=answer.slot,
            submitted_at=answer.attempt.submitted_at,
            marked=bool(answer.marks.all()),
            url=reverse("assessments:mark", args=[answer.attempt_id, answer.slot]),
        )
        for answer in answers_to_mark(marker, at=at).order_by("attempt__submitted_at", "attempt", "slot")
    )


def marking_loads(marker: Person, *, at: datetime) -> tuple[MarkingLoad, ...]:
    """What waits for this marker by exam, the longest waiting first. One query."""
    answers = answers_to_mark(marker, at=at).select_related(None).prefetch_related(None)
    loads = answers.values_list("attempt__exam_version__title").annotate(
        answers=Count("pk"), oldest_at=Min("attempt__submitted_at")
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
        .select_related("attempt__exam_version", "item__question_version__question")
        .prefetch_related("marks")
    )


def asked_in(version: ExamVersion) -> int:
    """How many questions a paper has."""
    count: int = version.document.get("draw") or len(version.document["items"])
    return count


def _card(version: ExamVersion, sittings: list[AttemptSummary], prior: PriorSitting | None) -> ExamCard:
    newest = sittings[0] if sittings else None
    passed = any(each.passed for each in sittings)
    state, state_text = (newest.state, newest.state_text) if newest else ("open", _("Not sat yet"))
    if passed and newest and newest.status == AttemptStatus.COMPLETE:
        state, state_text = "done", _("Passed")
    return ExamCard(version, asked_in(version), state, state_text, newest, passed, prior)


def _state(attempt: Any) -> tuple[str, str]:
    if attempt.status == AttemptStatus.OPEN:
        return "doing", _("In progress")
    if not attempt.complete:
        return "doing", _("Awaiting marks")
    return ("done", _("Passed")) if attempt.passed else ("due", _("Not passed"))
