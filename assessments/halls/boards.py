"""What an invigilator sees: every seat of a room with what its candidate is doing at this moment. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import (
    Attempt,
    AttemptStatus,
    ExamRoom,
    Extension,
    HandedInBy,
    Incident,
    PaperCopy,
    Seat,
)

# Without a sign of life for so long a page counts as cut off: three of its pulses (every 20 s) are missing.
SILENT = timedelta(seconds=60)
INCIDENTS_SHOWN = 50


class SeatState(StrEnum):
    """What a candidate is doing, in the order in which it wants attention."""

    OFFLINE = "offline"
    LATE = "late"
    ABSENT = "absent"
    STARTED = "started"
    SUBMITTED = "submitted"
    PAPER = "paper"


STATE_WORDS: Mapping[SeatState, str | Promise] = {
    SeatState.OFFLINE: _("No connection"),
    SeatState.LATE: _("Too late, not let in"),
    SeatState.ABSENT: _("Not here yet"),
    SeatState.STARTED: _("Writing"),
    SeatState.SUBMITTED: _("Has handed in"),
    SeatState.PAPER: _("On paper"),
}
# As components/chip.html draws them.
STATE_CHIPS: Mapping[SeatState, str] = {
    SeatState.OFFLINE: "due",
    SeatState.LATE: "due",
    SeatState.ABSENT: "open",
    SeatState.STARTED: "doing",
    SeatState.SUBMITTED: "done",
    SeatState.PAPER: "done",
}


@dataclass(frozen=True)
class SeatLine:
    """One seat now. `left` is what remains of an open sitting, never negative; `extra` what was added, in minutes;
    `silent` how long an open page has said nothing, None where it never did."""

    seat: Seat
    name: str
    staff_number: str
    state: SeatState
    attempt_id: UUID | None
    answered: int
    asked: int
    left: timedelta | None
    deadline_at: datetime | None
    silent: timedelta | None
    extra: int
    has_copy: bool

    @property
    def words(self) -> str | Promise:
        return STATE_WORDS[self.state]

    @property
    def chip(self) -> str:
        return STATE_CHIPS[self.state]

    @property
    def is_open(self) -> bool:
        """Whether a sitting runs here."""
        return self.state in (SeatState.STARTED, SeatState.OFFLINE)

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes, rounded up: nobody is told 0 while there is time."""
        return None if self.left is None else -(-int(self.left.total_seconds()) // 60)

    @property
    def minutes_silent(self) -> int | None:
        return None if self.silent is None else int(self.silent.total_seconds()) // 60


@dataclass(frozen=True)
class StateCount:
    """How many seats are in one state."""

    state: SeatState
    count: int

    @property
    def words(self) -> str | Promise:
        return STATE_WORDS[self.state]

    @property
    def wants_attention(self) -> bool:
        return bool(self.count) and self.state in (SeatState.OFFLINE, SeatState.LATE)


@dataclass(frozen=True)
class RoomBoard:
    """A room at one moment: its seats in order, how many are in which state, what was written down, newest first."""

    room: ExamRoom
    at: datetime
    lines: tuple[SeatLine, ...]
    incidents: tuple[Incident, ...]

    @property
    def counts(self) -> tuple[StateCount, ...]:
        """Every state that occurs or that one waits for, in the order in which they want attention."""
        found = Counter(line.state for line in self.lines)
        always = (SeatState.ABSENT, SeatState.STARTED, SeatState.OFFLINE, SeatState.SUBMITTED)
        return tuple(
            StateCount(state, found[state]) for state in SeatState if found[state] or state in always
        )

    @property
    def running(self) -> int:
        """How many sittings are open: whom an extension reaches at once."""
        return sum(line.is_open for line in self.lines)


def read_board(room: ExamRoom, *, now: datetime) -> RoomBoard:
    """One room. `room.session` must be at hand. Four queries, however many seats."""
    return read_boards([room], now=now)[0]


def read_boards(rooms: Sequence[ExamRoom], *, now: datetime) -> tuple[RoomBoard, ...]:
    """Several rooms of one session, in the order given. Four queries."""
    ids = [room.pk for room in rooms]
    attempts = _newest_attempts(ids)
    extras = _Extras(rooms)
    lines: defaultdict[UUID, list[SeatLine]] = defaultdict(list)
    sessions = {room.pk: room.session for room in rooms}
    for seat in _seats(ids):
        seat.session = sessions[seat.room_id]
        lines[seat.room_id].append(_line(seat, attempts.get(seat.pk), extras, now))
    incidents = _incidents(ids)
    return tuple(
        RoomBoard(room, now, tuple(lines[room.pk]), tuple(incidents[room.pk][:INCIDENTS_SHOWN]))
        for room in rooms
    )


def _seats(rooms: Sequence[UUID]) -> QuerySet[Any]:
    copies = PaperCopy.objects.filter(seat__room__in=rooms)
    seats = Seat.objects.filter(room__in=rooms).select_related("room", "person__account")
    return seats.annotate(
        has_copy=Q(pk__in=copies.values("seat")),
        on_paper=Q(pk__in=copies.exclude(attempt=None).values("seat")),
    ).order_by("room", "number")


def _newest_attempts(rooms: Sequence[UUID]) -> dict[UUID, Any]:
    """The newest sitting on each seat with how many answers it has."""
    attempts = (
        Attempt.objects.filter(seat__room__in=rooms)
        .annotate(
            asked=Count("answers"), answered=Count("answers", filter=Q(answers__response__isnull=False))
        )
        .order_by("started_at")
    )
    return {attempt.seat_id: attempt for attempt in attempts if attempt.seat_id}


class _Extras:
    """Minutes added, folded for each seat and sitting. One query."""

    def __init__(self, rooms: Sequence[ExamRoom]) -> None:
        session = rooms[0].session if rooms else None
        ids = [room.pk for room in rooms]
        everybody = Q(session=None, attempt=None, exam_key=session.exam_key if session else "")
        everybody &= Q(added_at__gte=session.opens_at) if session else Q(pk__in=[])
        here = Q(session=session, room=None) | Q(room__in=ids) | Q(attempt__seat__room__in=ids)
        self.minutes: Counter[Any] = Counter()
        rows = Extension.objects.filter(here | everybody)
        for place in rows.values_list("minutes", "attempt", "seat", "room", "session"):
            minutes, *narrowing = place
            self.minutes[next((each for each in narrowing if each), None)] += minutes

    def of(self, seat: Seat, attempt: Any) -> int:
        places = [attempt.pk if attempt else seat.pk, seat.pk, seat.room_id, seat.session_id, None]
        return sum(self.minutes[place] for place in dict.fromkeys(places))


def _incidents(rooms: Sequence[UUID]) -> dict[UUID, list[Incident]]:
    found: defaultdict[UUID, list[Incident]] = defaultdict(list)
    incidents = Incident.objects.filter(room__in=rooms).select_related("seat", "recorded_by__account")
    for incident in incidents.order_by(F("recorded_at").desc(), F("pk").desc()):
        found[incident.room_id].append(incident)
    return found


def _line(seat: Any, attempt: Any, extras: _Extras, now: datetime) -> SeatLine:
    account = getattr(seat.person, "account", None)
    is_open = attempt is not None and attempt.status == AttemptStatus.OPEN
    seen_at = attempt.seen_at if attempt else None
    return SeatLine(
        seat=seat,
        name=account.name if account else "",
        staff_number=account.staff_number if account else "",
        state=_state(seat, attempt, now),
        attempt_id=attempt.pk if attempt else None,
        answered=attempt.answered if attempt else 0,
        asked=attempt.asked if attempt else 0,
        left=max(attempt.deadline_at - now, timedelta(0)) if is_open else None,
        deadline_at=attempt.deadline_at if is_open else None,
        silent=now - seen_at if is_open and seen_at else None,
        extra=extras.of(seat, attempt),
        has_copy=seat.has_copy,
    )


def _state(seat: Any, attempt: Any, now: datetime) -> SeatState:
    if seat.on_paper or (attempt and attempt.handed_in_by == HandedInBy.PAPER):
        return SeatState.PAPER
    if attempt is None:
        return SeatState.LATE if _is_barred(seat, now) else SeatState.ABSENT
    if attempt.status != AttemptStatus.OPEN:
        return SeatState.SUBMITTED
    last = attempt.seen_at or attempt.started_at
    return SeatState.OFFLINE if now - last > SILENT else SeatState.STARTED


def _is_barred(seat: Seat, now: datetime) -> bool:
    late = seat.session.late_entry_minutes
    if late is None or seat.admitted_at is not None:
        return False
    return now > seat.session.opens_at + timedelta(minutes=late)
