"""How the marking of an exam goes: rounds, markers, agreement, anchors. For administrators and examiners, of the papers
of their own people. Times and means stand beside names in the order of the names: nobody is ranked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from assessments.exams.settings import ExamSettings
from assessments.marking import words
from assessments.marking.agreeing import pairs_in
from assessments.marking.given import given_marks
from assessments.marking.rounds import written_answers
from assessments.marking.settling import Given, Rules
from assessments.marking.tallies import (
    AnchorTally,
    Progress,
    Tally,
    anchor_tallies,
    progress_of,
    tallies_of,
)
from assessments.models import (
    REHEARSAL,
    AnchorScript,
    Answer,
    Attempt,
    AttemptStatus,
    ExamItem,
    MarkingLease,
)
from assessments.statistics.agreement import Agreement, agreement_of
from people.accounts import names_of
from people.models import Person, Role
from people.scope import people_overseen_by

ADJACENT = 1.0  # points: two marks no further apart are adjacent
OVERSEERS = (Role.ADMINISTRATOR, Role.EXAMINER)


@dataclass(frozen=True)
class ExamLine:
    """An exam with written answers: papers handed in, and how many of them still wait."""

    exam_key: str
    title: str
    papers: int
    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class MarkerLine:
    """One marker at one question. `since` is how long the script longest in hand has been there, None without one."""

    name: str
    tally: Tally | None
    in_hand: int
    since: timedelta | None
    anchors: AnchorTally | None

    @property
    def rounds_text(self) -> str:
        """By round, where a marker marked in more than one."""
        return words.rounds_words(self.tally.rounds) if self.tally else ""

    @property
    def since_text(self) -> str:
        return "" if self.since is None else words.long_span(self.since)

    @property
    def anchors_text(self) -> str:
        return "" if self.anchors is None else words.anchor_words(self.anchors)


@dataclass(frozen=True)
class QuestionBoard:
    """One question of a release. `anchors` is how many are in use."""

    item: ExamItem
    progress: tuple[Progress, ...]
    markers: tuple[MarkerLine, ...]
    agreement: Agreement
    anchors: int

    @property
    def stem(self) -> str:
        return str(self.item.question_version.body.get("stem", ""))

    @property
    def rounds(self) -> list[tuple[str, Progress]]:
        return [(words.round_name(each.round), each) for each in self.progress]

    @property
    def agreement_facts(self) -> list[tuple[str, str]]:
        return words.agreement_facts(self.agreement)


def papers_overseen_by(
    overseer: Person, *, at: datetime, roles: Collection[Role] = OVERSEERS
) -> QuerySet[Attempt]:
    """Papers handed in by the people whom one administers or examines, without practice and rehearsals; lazy."""
    people = people_overseen_by(overseer, roles=roles, at=at)
    papers = Attempt.objects.filter(person__in=people).exclude(status=AttemptStatus.OPEN)
    is_real = Q(exam_version__document__practice__isnull=True) | Q(exam_version__document__practice=False)
    return papers.exclude(exam_key=REHEARSAL).filter(is_real)


def exam_lines(overseer: Person, *, at: datetime) -> list[ExamLine]:
    """Every exam with answers that people mark, those with the oldest waiting paper first. One query."""
    waits = Q(status=AttemptStatus.MARKING)
    papers = papers_overseen_by(overseer, at=at)
    by_hand = written_answers().filter(attempt__in=papers)
    rows = (
        papers.filter(pk__in=by_hand.values("attempt"))
        .values_list("exam_key")
        .annotate(
            title=Max("exam_version__title"),
            papers=Count("pk"),
            waiting=Count("pk", filter=waits),
            oldest_at=Min("submitted_at", filter=waits),
        )
        .order_by("exam_key")
    )
    lines = [ExamLine(*row) for row in rows]
    return sorted(lines, key=lambda line: (line.oldest_at is None, line.oldest_at or at, line.exam_key))


def read_boards(exam_key: str, overseer: Person, *, at: datetime) -> tuple[QuestionBoard, ...]:
    """Question by question of every release that was written; () where there is nothing for this overseer. Six
    queries, however many scripts."""
    papers = papers_overseen_by(overseer, at=at).filter(exam_key=exam_key)
    answers = written_answers().filter(attempt__in=papers)
    by_item: defaultdict[int, list[int]] = defaultdict(list)
    for item_id, pk in answers.order_by("pk").values_list("item", "pk"):
        by_item[item_id].append(pk)
    if not by_item:
        return ()
    marks = given_marks(answers)
    found = ExamItem.objects.filter(pk__in=by_item).select_related("exam_version", "question_version")
    items = list(found.order_by("-exam_version__number", "number"))
    leases, anchors = _leases(answers), _anchors({item.question_version_id for item in items})
    scripts = {item: [marks.get(pk, ()) for pk in ids] for item, ids in by_item.items()}
    names = names_of(
        {mark.marker for given in marks.values() for mark in given}
        | {row.marker for rows in anchors.values() for row in rows if row.marker}
        | {row.marker for rows in leases.values() for row in rows}
    )
    return tuple(
        _board(
            item,
            scripts[item.pk],
            leases.get(item.pk, []),
            anchors.get(item.question_version_id, []),
            names,
            at,
        )
        for item in items
    )


@dataclass(frozen=True)
class _Held:
    marker: UUID
    taken_at: datetime


@dataclass(frozen=True)
class _Met:
    anchor: int
    marker: UUID | None
    given: Decimal | None
    agreed: Decimal
    is_used: bool


def _leases(answers: QuerySet[Answer]) -> dict[int, list[_Held]]:
    found: defaultdict[int, list[_Held]] = defaultdict(list)
    rows = MarkingLease.objects.filter(answer__in=answers)
    for item, marker, taken_at in rows.values_list("answer__item", "marker", "taken_at"):
        found[item].append(_Held(marker, taken_at))
    return found


def _anchors(questions: Iterable[int]) -> dict[int, list[_Met]]:
    """By version of a question: its anchors with what everybody gave them, one row without a marker where nobody did
    yet."""
    found: defaultdict[int, list[_Met]] = defaultdict(list)
    rows = AnchorScript.objects.filter(answer__item__question_version__in=list(questions))
    fields = ("pk", "given__marked_by", "given__points", "points", "retired_at")
    for question, anchor, marker, given, agreed, retired_at in rows.values_list(
        "answer__item__question_version", *fields
    ):
        found[question].append(_Met(anchor, marker, given, agreed, retired_at is None))
    return found


def _board(
    item: ExamItem,
    scripts: Sequence[Sequence[Given]],
    leases: Sequence[_Held],
    met: Sequence[_Met],
    names: dict[UUID, str],
    at: datetime,
) -> QuestionBoard:
    pairs = pairs_in(enumerate(scripts))
    settings = ExamSettings.of(item.exam_version.document)
    rules = Rules(settings.double_marking, settings.marking_tolerance)
    tallies = {tally.marker: tally for tally in tallies_of(scripts)}
    anchored = {
        each.marker: each
        for each in anchor_tallies(
            (one.marker, one.given, one.agreed) for one in met if one.marker and one.given is not None
        )
    }
    held: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for lease in leases:
        held[lease.marker].append(lease.taken_at)
    lines = [
        MarkerLine(
            names.get(marker, ""),
            tallies.get(marker),
            len(held[marker]) if marker in held else 0,
            at - min(held[marker]) if marker in held else None,
            anchored.get(marker),
        )
        for marker in {*tallies, *anchored, *held}
    ]
    return QuestionBoard(
        item=item,
        progress=progress_of(scripts, rules),
        markers=tuple(sorted(lines, key=lambda line: line.name)),
        agreement=agreement_of(pairs.first, pairs.second, adjacent=ADJACENT),
        anchors=len({one.anchor for one in met if one.is_used}),
    )
