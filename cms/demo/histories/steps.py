"""The dated steps of a history: who did what, and when. People are staff numbers, everything else goes by its key.

`at` is when a step is told; where something takes a while, when it ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Step:
    """Something that happened."""

    at: datetime


# Learning


@dataclass(frozen=True)
class Enrolled(Step):
    """Took up a course."""

    person: str
    course: str


@dataclass(frozen=True)
class LessonDone(Step):
    """Opened a lesson at `opened_at` and completed it; `checks` are block ids with every try, the last one right,
    `written` block ids with what the learner wrote there to themselves."""

    person: str
    course: str
    lesson: str
    opened_at: datetime
    checks: tuple[tuple[str, tuple[Any, ...]], ...]
    written: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sat(Step):
    """Handed in a paper: the `number`-th sitting (from 1) of this exam."""

    person: str
    exam: str
    number: int
    started_at: datetime
    responses: Mapping[str, Any]


@dataclass(frozen=True)
class Marked(Step):
    """A written answer of that sitting was marked."""

    person: str
    exam: str
    number: int
    question: str
    marks: Mapping[str, Decimal]
    comment: str
    by: str


@dataclass(frozen=True)
class Played(Step):
    """Finished the `number`-th run of a scenario along `path`: node and choice, joined."""

    person: str
    scenario: str
    number: int
    started_at: datetime
    path: tuple[str, ...]


@dataclass(frozen=True)
class NoteWritten(Step):
    """Wrote into the margin of the `number`-th run of `person`, at its step `place` (0: the whole)."""

    person: str
    number: int
    by: str
    place: int
    text: str


@dataclass(frozen=True)
class HomeworkWritten(Step):
    """Wrote an entry for one of the four lists out of their `number`-th run."""

    person: str
    number: int
    place: int
    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class HomeworkAnswered(Step):
    """Took that entry into the list under `key`, or sent it back with `advice`."""

    person: str
    number: int
    title: str
    by: str
    key: str
    advice: str


@dataclass(frozen=True)
class InboxRead(Step):
    """Read every notice that had come by then."""

    person: str


@dataclass(frozen=True)
class Moved(Step):
    """Went to work elsewhere."""

    person: str
    organisation: str
    post: str
    since_on: date
    by: str


# Questions


@dataclass(frozen=True)
class ErratumReported(Step):
    """A learner said what is wrong with a question; `kind` is one of `assessments.models.ErratumKind`."""

    person: str
    question: str
    kind: str
    text: str


@dataclass(frozen=True)
class ErratumAnswered(Step):
    """The author answered that report."""

    person: str
    question: str
    accepted: bool
    answer: str
    by: str


@dataclass(frozen=True)
class RegradeProposed(Step):
    """An author had a question of an exam that people sat made void, tried it and proposed it; `how` is one of
    `assessments.regrading.terms.Void`."""

    exam: str
    question: str
    how: str
    reason: str
    by: str


@dataclass(frozen=True)
class RegradeApproved(Step):
    """A second person approved what was proposed for that exam, and it was carried out."""

    exam: str
    by: str


# Mentoring


@dataclass(frozen=True)
class Goal:
    """What a pairing is to reach: leaf, target 0..100, and in words."""

    leaf: str
    target: int
    text: str


@dataclass(frozen=True)
class Paired(Step):
    """A mentor and a mentee signed, and `by` for the unit."""

    agreement_no: str
    mentor: str
    mentee: str
    area: str
    since_on: date
    until_on: date
    signed_on: tuple[date, date, date]
    goals: tuple[Goal, ...]
    by: str


@dataclass(frozen=True)
class Met(Step):
    """A session was written down; `method` is one of the six (`mentoring.terms.Method`)."""

    agreement_no: str
    key: UUID
    held_on: date
    minutes: int
    method: str
    text: str
    by: str


@dataclass(frozen=True)
class Confirmed(Step):
    """The other side stands by a session."""

    agreement_no: str
    key: UUID
    by: str


@dataclass(frozen=True)
class ChangeAsked(Step):
    """The other side wants a session written differently."""

    agreement_no: str
    key: UUID
    by: str
    comment: str


@dataclass(frozen=True)
class Endorsed(Step):
    """The mentor judged the goals: those on `reached` leaves reached, the others not yet."""

    agreement_no: str
    by: str
    reached: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Ended(Step):
    """The unit closed a pairing; `result` is one of `mentoring.terms.PairingResult`."""

    agreement_no: str
    result: str
    by: str


# Certificates


@dataclass(frozen=True)
class NameCorrected(Step):
    """An administrator wrote a name the way its bearer does."""

    person: str
    name: str
    by: str


@dataclass(frozen=True)
class NameAsked(Step):
    """Somebody was asked how their name is written."""

    person: str
    scheme: str
    by: str


@dataclass(frozen=True)
class NameAnswered(Step):
    """The answer; `correction` is how it is written instead, "" for a yes."""

    person: str
    scheme: str
    correction: str


@dataclass(frozen=True)
class Batch:
    """What a batch is known by."""

    title: str
    scheme: str
    organisation: str
    by: str


@dataclass(frozen=True)
class Proposed(Step):
    """A batch went to approval."""

    batch: Batch
    people: tuple[str, ...]


@dataclass(frozen=True)
class Returned(Step):
    """A batch was sent back."""

    batch: Batch
    by: str
    remark: str


@dataclass(frozen=True)
class Issued(Step):
    """A batch was approved at `approved_at` and issued."""

    batch: Batch
    by: str
    approved_at: datetime
    remark: str


@dataclass(frozen=True)
class Revoked(Step):
    """A certificate was taken back; `reason` is one of `certificates.models.Reason`."""

    person: str
    scheme: str
    reason: str
    note: str
    by: str
