"""May this person start this exam now, and if not, why and until when. A decision over what is known: no query.

What is asked for at the door (code, address, rules) is `door`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.exams.settings import ExamSettings
from assessments.models import AttemptStatus, Seat
from core.errors import Refusal


class Sitting(Protocol):
    """What counts of an earlier sitting: an Attempt has it, and so has a line of a list."""

    @property
    def status(self) -> str: ...

    @property
    def submitted_at(self) -> datetime | None: ...


class NotNow(Refusal):
    """Somebody may not start at this moment. `again_at` is when this ends by itself, None where it does not."""

    code = "not_now"

    def __init__(self, message: str, *, code: str, again_at: datetime | None = None) -> None:
        super().__init__(message, code=code)
        self.again_at = again_at


@dataclass(frozen=True)
class Entrance:
    """A way into an exam: its own window, or the session in which somebody has a seat.

    None stands for no such rule. `late_entry` counts from the opening.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    late_entry: timedelta | None
    access_code: str
    addresses: tuple[str, ...]
    seat: Seat | None = None

    def is_open(self, *, at: datetime) -> bool:
        """Whether its window is open; latecomers have a bar of their own."""
        return not self.is_ahead(at=at) and (self.closes_at is None or at < self.closes_at)

    def is_ahead(self, *, at: datetime) -> bool:
        """Whether it has still to open."""
        return self.opens_at is not None and at < self.opens_at

    @property
    def last_entry_at(self) -> datetime | None:
        """Who comes after it is late; None without a bar, or for somebody an invigilator has let in."""
        is_let_in = self.seat is not None and self.seat.admitted_at is not None
        if is_let_in or self.late_entry is None or self.opens_at is None:
            return None
        return self.opens_at + self.late_entry


@dataclass(frozen=True)
class Candidacy:
    """One person and one exam: everything that decides about a start.

    `sittings` are theirs of this exam, in any order; `seats` theirs in its sessions, the earliest first, each with its
    room and session; `time_factor` and `extra_attempts` come from their accommodations.
    """

    settings: ExamSettings
    sittings: Sequence[Sitting] = ()
    seats: Sequence[Seat] = ()
    time_factor: Decimal = Decimal(1)
    extra_attempts: int = 0

    @property
    def attempts_allowed(self) -> int | None:
        """How often this person may sit it in all, None without a limit."""
        most = self.settings.max_attempts
        return None if most is None else most + self.extra_attempts

    @property
    def attempts_left(self) -> int | None:
        """How many of them are left, None without a limit."""
        allowed = self.attempts_allowed
        return None if allowed is None else max(0, allowed - len(self.sittings))

    @property
    def cooled_at(self) -> datetime | None:
        """When the pause after the last sitting ends; None where there is no pause."""
        ends = [each.submitted_at for each in self.sittings if each.submitted_at]
        return max(ends) + self.settings.cooldown if ends and self.settings.cooldown else None


def entrances(candidacy: Candidacy) -> tuple[Entrance, ...]:
    """Every way in, those of seats first: where somebody has a seat, the session stands in place of the window."""
    seated = tuple(_by_seat(seat, candidacy.settings) for seat in candidacy.seats)
    return seated if candidacy.settings.seats_only else (*seated, _own(candidacy.settings))


def entrance_at(candidacy: Candidacy, *, now: datetime) -> Entrance | None:
    """The way in that is open at this moment, None while none is."""
    return next((each for each in entrances(candidacy) if each.is_open(at=now)), None)


def why_not(candidacy: Candidacy, *, now: datetime) -> NotNow | None:
    """What stands in the way of a new sitting, in words with what to do next; None when nothing does.

    Codes: awaiting_marks, attempts_used, cooldown, no_seat, not_open, over, late.
    """
    return (
        _waiting(candidacy) or _used_up(candidacy) or _cooling(candidacy, now) or _not_let_in(candidacy, now)
    )


def _own(settings: ExamSettings) -> Entrance:
    return Entrance(
        settings.opens_at, settings.closes_at, settings.late_entry, settings.access_code, settings.addresses
    )


def _by_seat(seat: Seat, settings: ExamSettings) -> Entrance:
    """The room's addresses stand in place of the exam's; a room without a code asks for the exam's."""
    session, room = seat.session, seat.room
    late = session.late_entry_minutes
    return Entrance(
        opens_at=session.opens_at,
        closes_at=session.closes_at,
        late_entry=None if late is None else timedelta(minutes=late),
        access_code=room.access_code or settings.access_code,
        addresses=tuple(room.addresses),
        seat=seat,
    )


def _waiting(candidacy: Candidacy) -> NotNow | None:
    if all(each.status != AttemptStatus.MARKING for each in candidacy.sittings):
        return None
    return NotNow(
        _("Your last paper is still being marked. You can sit the exam again once its result is out."),
        code="awaiting_marks",
    )


def _used_up(candidacy: Candidacy) -> NotNow | None:
    if candidacy.attempts_left != 0:
        return None
    return NotNow(
        _("All %(most)s attempts at this exam are used. If you need another one, ask for an arrangement.")
        % {"most": candidacy.attempts_allowed},
        code="attempts_used",
    )


def _cooling(candidacy: Candidacy, now: datetime) -> NotNow | None:
    until = candidacy.cooled_at
    if until is None or now >= until:
        return None
    return NotNow(
        _("You can sit this exam again from %(at)s.") % {"at": in_words(until)},
        code="cooldown",
        again_at=until,
    )


def _not_let_in(candidacy: Candidacy, now: datetime) -> NotNow | None:
    entrance = entrance_at(candidacy, now=now)
    if entrance is None:
        return _shut(entrances(candidacy), now)
    bar = entrance.last_entry_at
    if bar is None or now <= bar:
        return None
    words = (
        _("Entry ended at %(at)s. Ask the invigilator of your room to let you in.")
        if entrance.seat
        else _("Entry ended at %(at)s. Ask your administrator when the exam is held again.")
    )
    return NotNow(words % {"at": in_words(bar)}, code="late")


def _shut(ways: Sequence[Entrance], now: datetime) -> NotNow:
    if not ways:
        return NotNow(
            _(
                "This exam is held in exam rooms only, and you have no seat yet. Ask your administrator for one."
            ),
            code="no_seat",
        )
    opening = min(_openings(ways, now), default=None)
    if opening:
        return NotNow(
            _("This exam opens at %(at)s. Come back then; nothing needs to be done before.")
            % {"at": in_words(opening)},
            code="not_open",
            again_at=opening,
        )
    closed = max(each.closes_at for each in ways if each.closes_at)
    return NotNow(
        _("This exam closed at %(at)s. Ask your administrator when it is held again.")
        % {"at": in_words(closed)},
        code="over",
    )


def _openings(ways: Iterable[Entrance], now: datetime) -> list[datetime]:
    return [each.opens_at for each in ways if each.opens_at and each.is_ahead(at=now)]


def in_words(moment: datetime) -> str:
    """A moment as pages write it, in the site's time zone."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
