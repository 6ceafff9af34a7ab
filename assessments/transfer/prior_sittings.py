"""Sittings held in another program: kept as its file tells them, shown to the person, never marked, never evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.formats.django_quiz import Key, Sitting
from assessments.models import PriorSitting
from assessments.transfer.importing import Line
from core import audit
from core.hashing import content_hash
from people.models import Account, Person

FACTS = (
    "person_id",
    "exam_key",
    "exam_title",
    "started_at",
    "ended_at",
    "complete",
    "points",
    "max_points",
    "passed",
    "answers",
)


@dataclass(frozen=True)
class QuizExam:
    """What a sitting refers to: the exam's key and title here, the pass mark in percent and the address there."""

    key: str
    title: str
    pass_mark: int
    url: str


Exams: TypeAlias = dict[Key, QuizExam]


@dataclass
class SittingReport:
    """How many sittings are new or changed, and what is to be told."""

    stored: int = 0
    skipped: list[Line] = field(default_factory=list)
    warnings: list[Line] = field(default_factory=list)


def prior_sittings_of(person: Person, *, exam_key: str | None = None) -> list[PriorSitting]:
    """The person's sittings elsewhere, of one exam or of all, newest first. One query."""
    sittings = PriorSitting.objects.filter(person=person).defer("answers")
    if exam_key is not None:
        sittings = sittings.filter(exam_key=exam_key)
    return list(sittings.order_by(F("started_at").desc(nulls_last=True), "pk"))


def store_sittings(
    *,
    sittings: Sequence[Sitting],
    exams: Exams,
    names: Mapping[str, str],
    by: Person | None,
    now: datetime,
    dry_run: bool = False,
) -> SittingReport:
    """Keep what these sittings tell; `exams` by the quiz's primary key, `names` from questions of the dump to ours.

    What is there already stays; what a later dump tells otherwise (an open sitting that was finished since) is brought
    up to date. With `dry_run` nothing is stored. Two queries, two more where something is stored.
    """
    report = SittingReport()
    people = _people({sitting.user for sitting in sittings})
    rows = []
    for sitting in sittings:
        exam, person_id = exams.get(sitting.quiz), people.get(sitting.user)
        reason = _reason(sitting, exam, person_id)
        if exam is None or person_id is None or reason:
            report.skipped.append(Line(sitting.where, reason))
            continue
        row = _row(sitting, exam, names, now)
        row.person_id = person_id
        report.warnings += [Line(sitting.where, each) for each in _oddities(sitting)]
        rows.append(row)
    report.stored = _store(rows, by=by, now=now, dry_run=dry_run)
    return report


def _people(usernames: set[str]) -> dict[str, UUID]:
    """Whose staff number each of these is, capitals or not; the very same one goes before. One query.

    Two people whose numbers differ in nothing but capitals, neither of them as it is written, are not guessed at.
    """
    wanted = {name.lower() for name in usernames}
    accounts = Account.objects.annotate(small=Lower("staff_number")).filter(small__in=wanted)
    found: defaultdict[str, dict[str, UUID]] = defaultdict(dict)
    for small, number, person_id in accounts.values_list("small", "staff_number", "person_id"):
        if person_id:
            found[small][number] = person_id
    people = {}
    for name in usernames:
        known = found[name.lower()]
        if name in known or len(known) == 1:
            people[name] = known[name] if name in known else next(iter(known.values()))
    return people


def _reason(sitting: Sitting, exam: QuizExam | None, person_id: UUID | None) -> str:
    """Why a sitting cannot be kept; empty if it can."""
    if exam is None:
        return _("Its quiz is not in the file.")
    if not sitting.user:
        return _("The file has no user %(key)s. Dump auth.user too.") % {"key": sitting.user_key or "?"}
    if person_id is None:
        return _("Nobody here has the staff number %(username)s.") % {"username": sitting.user}
    return "" if sitting.answers else _("It names no questions.")


def _oddities(sitting: Sitting) -> Iterable[str]:
    if not 0 <= sitting.score <= len(sitting.answers):
        yield _("Its score of %(score)s does not fit %(count)s questions and was brought into range.") % {
            "score": sitting.score,
            "count": len(sitting.answers),
        }
    if _ended_at(sitting) is None and sitting.complete:
        yield _("When it ended is not known.")


def _row(sitting: Sitting, exam: QuizExam, names: Mapping[str, str], now: datetime) -> PriorSitting:
    most = len(sitting.answers)
    points = min(max(sitting.score, 0), most)
    return PriorSitting(
        exam_key=exam.key,
        exam_title=exam.title,
        started_at=_aware(sitting.started_at),
        ended_at=_ended_at(sitting),
        complete=sitting.complete,
        points=Decimal(points),
        max_points=Decimal(most),
        passed=_percent(points, most) >= exam.pass_mark if sitting.complete else None,
        answers=[
            {"question": names.get(each.question, ""), "given": each.text, "right": each.right}
            for each in sitting.answers
        ],
        source_key=_source_key(sitting, exam),
        recorded_at=now,
    )


def _percent(points: int, most: int) -> int:
    """As that app rounds: to the whole percent, halves up. It told people so whether they had passed."""
    return (200 * points + most) // (2 * most)


def _source_key(sitting: Sitting, exam: QuizExam) -> str:
    """What makes the sitting itself and does not change while it is sat."""
    started = sitting.started_at.isoformat() if sitting.started_at else ""
    paper = [each.question for each in sitting.answers]
    facts = [sitting.user.lower(), exam.url, str(sitting.quiz), str(sitting.key), started, paper]
    return f"django_quiz:{content_hash(facts)}"


def _aware(moment: datetime | None) -> datetime | None:
    """That app may run without time zones; it is then read as this site's own."""
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def _ended_at(sitting: Sitting) -> datetime | None:
    started, ended = _aware(sitting.started_at), _aware(sitting.ended_at)
    return None if started and ended and ended < started else ended


def _store(rows: Sequence[PriorSitting], *, by: Person | None, now: datetime, dry_run: bool) -> int:
    with transaction.atomic():
        known = {
            row.source_key: row
            for row in PriorSitting.objects.filter(source_key__in=[row.source_key for row in rows])
        }
        changed = [row for row in rows if _facts(known.get(row.source_key)) != _facts(row)]
        if dry_run or not changed:
            return len(changed)
        PriorSitting.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["source_key"],
            update_fields=[*(name.removesuffix("_id") for name in FACTS), "recorded_at"],
        )
        audit.record(
            action="sittings.imported",
            target="assessments.priorsitting",
            by=by,
            now=now,
            sittings=len(changed),
            content_hash=content_hash(sorted(row.source_key for row in changed)),
        )
    return len(changed)


def _facts(row: PriorSitting | None) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in FACTS) if row else ()
