"""The settings of a released exam, as its frozen document holds them: read once, with the defaults of what is not set.

What a definition may say is checked in `exams.definitions`; here nothing can be wrong any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Grading(StrEnum):
    """Which of somebody's sittings makes the grade."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


class Phase(StrEnum):
    """When a candidate looks: while sitting, after handing in, after the exam is closed (see `review_policy`)."""

    DURING = "during"
    SUBMITTED = "submitted"
    CLOSED = "closed"


class Shown(StrEnum):
    """What a candidate may look at then."""

    ANSWER = "answer"
    MARK = "mark"
    KEY = "key"
    EXPLANATION = "explanation"


class LatePolicy(StrEnum):
    """What becomes of answers that arrive after the end: a person decides, they are taken, or they are not."""

    ASK = "ask"
    ACCEPT = "accept"
    REFUSE = "refuse"


Review = Mapping[Phase, frozenset[Shown]]

ALL_SHOWN = frozenset(Shown)
TELLING = frozenset({Shown.KEY, Shown.EXPLANATION})  # what gives an answer away
USUAL_REVIEW: Review = {
    Phase.DURING: frozenset(),
    Phase.SUBMITTED: frozenset({Shown.ANSWER, Shown.MARK}),
    Phase.CLOSED: ALL_SHOWN,
}
PRACTICE_REVIEW: Review = {**USUAL_REVIEW, Phase.SUBMITTED: ALL_SHOWN}
CHECKED = frozenset({Shown.MARK, *TELLING})  # during, of an answer that was checked


@dataclass(frozen=True)
class ExamSettings:
    """How an exam is held. Percents are of the points; times have a zone; None means that there is no such rule.

    With `double_marking` two people mark each answer, and their mean counts unless they are more than
    `marking_tolerance` points apart. A recheck may be asked for within `recheck_days` of the result; 0: never.
    """

    duration: timedelta
    pass_percent: Decimal
    max_attempts: int | None = None
    cooldown: timedelta = timedelta(0)
    grading: Grading = Grading.BEST
    pass_view: str = ""
    pass_axes: Mapping[str, Decimal] = field(default_factory=dict)
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    late_entry: timedelta | None = None
    access_code: str = ""
    addresses: tuple[str, ...] = ()
    seats_only: bool = False
    shuffle: bool = True
    shuffle_options: bool = True
    review: Review = field(default_factory=lambda: USUAL_REVIEW)
    checks_each: bool = False
    rules: str = ""
    anonymous_marking: bool = True
    late_answers: LatePolicy = LatePolicy.ASK
    late_window: timedelta = timedelta(minutes=15)
    practice: bool = False
    rehearsal: bool = False
    double_marking: bool = False
    marking_tolerance: Decimal = Decimal(2)
    recheck_days: int = 7

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ExamSettings:
        """The settings in a release's document."""
        pass_axes = document.get("pass_axes") or {}
        late_entry = document.get("late_entry_minutes")
        practice, checks_each = bool(document.get("practice")), document.get("feedback") == "each"
        return cls(
            duration=timedelta(minutes=document["minutes"]),
            pass_percent=Decimal(document["pass_percent"]),
            max_attempts=document.get("max_attempts"),
            cooldown=timedelta(hours=document.get("cooldown_hours") or 0),
            grading=Grading(document.get("grading", Grading.BEST)),
            pass_view=pass_axes.get("view", ""),
            pass_axes={axis: Decimal(str(percent)) for axis, percent in pass_axes.get("axes", {}).items()},
            opens_at=_moment(document.get("opens_at")),
            closes_at=_moment(document.get("closes_at")),
            late_entry=None if late_entry is None else timedelta(minutes=late_entry),
            access_code=document.get("access_code", ""),
            addresses=tuple(document.get("addresses", ())),
            seats_only=bool(document.get("seats_only")),
            shuffle=document.get("shuffle", True),
            shuffle_options=document.get("shuffle_options", True),
            review=_review(document.get("review"), practice=practice, each=checks_each),
            checks_each=checks_each,
            rules=document.get("rules", ""),
            anonymous_marking=document.get("anonymous_marking", True),
            late_answers=LatePolicy(document.get("late_answers", LatePolicy.ASK)),
            late_window=timedelta(minutes=document.get("late_minutes", 15)),
            practice=practice,
            rehearsal=bool(document.get("rehearsal")),
            double_marking=bool(document.get("double_marking")),
            marking_tolerance=Decimal(str(document.get("marking_tolerance", 2))),
            recheck_days=document.get("recheck_days", 7),
        )


def tells_mark(said: Mapping[str, list[str]] | None, phase: Phase) -> bool:
    """Whether a release whose document says this about reviewing tells marks in this phase, after handing in."""
    return Shown.MARK in _review(said, practice=False, each=False)[phase]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _review(said: Mapping[str, list[str]] | None, *, practice: bool, each: bool) -> Review:
    usual = PRACTICE_REVIEW if practice else USUAL_REVIEW
    if each:
        usual = {**usual, Phase.DURING: CHECKED}
    if said is None:
        return usual
    return {phase: frozenset(map(Shown, said[phase])) if phase in said else usual[phase] for phase in Phase}
