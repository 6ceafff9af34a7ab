"""What a candidate may look at now: their answers, marks, the keys, the explanations, by phase of the exam.

An exam is closed for a candidate when nobody of the same window or session can still be sitting, and the candidate
has passed or has no way left to sit it again; an exam without a window, when this sitting passed or no attempt is left.
Keys and explanations wait for the marks, and never show while the same person sits the exam again: the last paper's
key is the next paper's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.entry.accommodations import Arrangements
from assessments.entry.admission import Candidacy, entrances, in_words
from assessments.entry.candidacy import candidacies_of
from assessments.entry.deadlines import GRACE
from assessments.exams.settings import TELLING, ExamSettings, Phase, Review, Shown
from assessments.models import Attempt, AttemptStatus, ExamSession, ExamVersion, Result, Seat
from assessments.results.grading import grade_of, outcome_of
from people.models import Person


@dataclass(frozen=True)
class Situation:
    """What decides about a look at a sitting that was handed in.

    `passed`: this sitting, and the grade over all of them. `window_ends_at` is when the last of its window or session
    may end, None for an exam without one; `others_sit` whether somebody of it still does. `way_in`: the candidate has
    attempts left and may start now or later.
    """

    complete: bool
    passed: bool
    sits_again: bool
    way_in: bool
    window_ends_at: datetime | None = None
    others_sit: bool = False


@dataclass(frozen=True)
class Look:
    """What shows now, and what will show once the exam is closed."""

    phase: Phase
    shown: frozenset[Shown]
    later: frozenset[Shown]
    situation: Situation

    @property
    def answers(self) -> bool:
        return Shown.ANSWER in self.shown

    @property
    def paper(self) -> bool:
        """Whether the questions themselves show: with answers, keys or explanations, not with marks alone."""
        return bool(self.shown - {Shown.MARK})

    @property
    def marks(self) -> bool:
        return Shown.MARK in self.shown

    @property
    def keys(self) -> bool:
        return Shown.KEY in self.shown

    @property
    def explanations(self) -> bool:
        return Shown.EXPLANATION in self.shown


def look_at(review: Review, situation: Situation, *, now: datetime) -> Look:
    """The decision."""
    phase = Phase.CLOSED if is_closed(situation, now=now) else Phase.SUBMITTED
    held_back = TELLING if situation.sits_again or not situation.complete else frozenset()
    shown = review[phase] - held_back
    return Look(phase, shown, review[Phase.CLOSED] - shown, situation)


def is_closed(situation: Situation, *, now: datetime) -> bool:
    """Whether the exam is closed for this candidate."""
    over = situation.window_ends_at is None or (now >= situation.window_ends_at and not situation.others_sit)
    return over and situation.complete and (situation.passed or not situation.way_in)


def when(look: Look, *, now: datetime) -> str:
    """When what does not show yet will, in words; "" when nothing is held back that ever shows."""
    if not look.later:
        return "" if look.shown else _("This exam tells the outcome and shows nothing more.")
    what, situation = _named(look.later), look.situation
    if situation.sits_again:
        return _("While you sit this exam again, these are hidden: %(what)s.") % {"what": what}
    if situation.window_ends_at and now < situation.window_ends_at:
        words = _("From %(at)s on, when the exam is over, you can see here: %(what)s.")
        return words % {"at": in_words(situation.window_ends_at), "what": what}
    if situation.others_sit:
        return _("Once the last candidate has handed in, you can see here: %(what)s.") % {"what": what}
    if not situation.complete:
        return _("Once the result is out, you can see here: %(what)s.") % {"what": what}
    return _("Once you have passed or have no attempt left, you can see here: %(what)s.") % {"what": what}


def read_situation(
    attempt: Attempt, newest: Result, sittings: Sequence[Attempt], *, now: datetime
) -> tuple[Candidacy, Situation]:
    """What is known about a sitting that was handed in, and about another start; `sittings` are all of this person and
    exam, read by `grading.with_results`. Two queries, a third where attempts are limited."""
    own = ExamSettings.of(attempt.exam_version.document)
    version = _release(attempt, own, now)
    limited = own.max_attempts is not None or version.document["max_attempts"] is not None
    candidacy = candidacies_of(
        Person(pk=attempt.person_id),
        [version],
        sittings={version.key: sittings},
        now=now,
        arrangements=None if limited else Arrangements(),
    )[version.key]
    ends_at = _window_ends_at(attempt, own, candidacy.seats, version.last_session_ends_at)
    situation = Situation(
        complete=newest.complete,
        passed=bool(newest.passed) and _grade_passes(sittings),
        sits_again=any(each.status == AttemptStatus.OPEN for each in sittings),
        way_in=_attempts_left(candidacy, own) and (ends_at is None or _may_enter(candidacy, now)),
        window_ends_at=ends_at,
        others_sit=ends_at is not None and version.others_sit,
    )
    return candidacy, situation


def _grade_passes(sittings: Iterable[Attempt]) -> bool:
    """Whether the exam is passed over all sittings: where the last or the average counts, a sitting that passed may be
    sat over."""
    grade = grade_of([outcome_of(each) for each in sittings if each.status != AttemptStatus.OPEN])
    return grade is not None and grade.passed


def _release(attempt: Attempt, own: ExamSettings, now: datetime) -> Any:
    """The exam's newest release; whether somebody else sits it (after a window, those with time of their own); and when
    the last of the sessions ends that begin before the sitting's own session or window is over."""
    running = Attempt.objects.filter(
        exam_key=attempt.exam_key, status=AttemptStatus.OPEN, deadline_at__gte=now - GRACE
    ).exclude(person=attempt.person_id)
    seated = ExamSession.objects.filter(seats=attempt.seat_id).values("closes_at")
    over_at = Subquery(seated) if attempt.seat_id else Value(own.closes_at, DateTimeField())
    begun = ExamSession.objects.filter(exam_key=attempt.exam_key, opens_at__lt=over_at).order_by("-closes_at")
    releases = ExamVersion.objects.newest().filter(key=attempt.exam_key)
    return releases.annotate(
        others_sit=Exists(running), last_session_ends_at=Subquery(begun.values("closes_at")[:1])
    ).get()


def _attempts_left(candidacy: Candidacy, own: ExamSettings) -> bool:
    """By the release that counts now or by the one that was sat, whichever allows more."""
    if own.max_attempts is None:
        return True
    return candidacy.attempts_left != 0 or own.max_attempts + candidacy.extra_attempts > len(
        candidacy.sittings
    )


def _may_enter(candidacy: Candidacy, now: datetime) -> bool:
    """Whether some way into the exam is open or has still to open."""
    return any(each.closes_at is None or now < each.closes_at for each in entrances(candidacy))


def _window_ends_at(
    attempt: Attempt, settings: ExamSettings, seats: Sequence[Seat], last: datetime | None
) -> datetime | None:
    """The end of the sitting's session or window, or of one that begins before that is over: the same exam lies before
    whoever sits there. `last` is the end of the last of such sessions."""
    session = next((each.session for each in seats if each.pk == attempt.seat_id), None)
    ends_at = session.closes_at if session else settings.closes_at
    if ends_at is None:
        return None
    own = None if session and settings.seats_only else settings.closes_at
    begun = settings.opens_at is None or settings.opens_at < ends_at
    return max(each for each in (ends_at, last, own if begun else None) if each is not None)


def _named(what: Iterable[Shown]) -> str:
    names = {
        Shown.ANSWER: _("your answers"),
        Shown.MARK: _("the marks"),
        Shown.KEY: _("the right answers"),
        Shown.EXPLANATION: _("the explanations"),
    }
    return pgettext("between things", ", ").join(name for each, name in names.items() if each in what)
