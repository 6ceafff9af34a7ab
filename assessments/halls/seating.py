"""Who sits where: the seats of a whole session are set at once, from a plan that was looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.halls.sessions import locked_session, record
from assessments.models import Attempt, ExamRoom, ExamSession, Extension, Invigilator, PaperCopy, Seat
from core.errors import Refusal
from people.models import Person, Role
from people.scope import people_overseen_by

MOST_NUMBER = 999
MOST_SEATS = 3_000
# Where seats wait while they change places: above every number a seat may have.
_ASIDE = 20_000
_TRIES = 3


@dataclass(frozen=True)
class Placement:
    """One person on one numbered seat of one room."""

    room_id: UUID
    number: int
    person_id: UUID


@dataclass(frozen=True)
class Seated:
    """What setting the seats changed: how many are new, sit elsewhere now, are gone, are as they were."""

    added: int
    moved: int
    removed: int
    kept: int

    @property
    def changed(self) -> int:
        return self.added + self.moved + self.removed


def seat_people(
    *, session: ExamSession, placements: Sequence[Placement], by: Person, now: datetime
) -> Seated:
    """Make these the seats of the session, all of them: whoever is not named loses the seat.

    Whoever keeps or changes a seat keeps the ticket number. The same again changes nothing. Raises NotAllowed, or
    Refusal when somebody has started, a person or a seat comes twice, or something is foreign to the session.
    """
    with transaction.atomic():
        session = locked_session(session.pk, by=by, now=now)
        check_not_begun(session)
        _check_placements(session, placements, by=by, now=now)
        have = {seat.person_id: seat for seat in Seat.objects.filter(session=session).select_for_update()}
        wanted = {each.person_id: each for each in placements}
        gone = [seat for person_id, seat in have.items() if person_id not in wanted]
        moved = [
            seat
            for person_id, seat in have.items()
            if person_id in wanted and _moves(seat, wanted[person_id])
        ]
        new = [each for each in placements if each.person_id not in have]
        _remove(gone)
        _move(moved, wanted)
        _add(session, new)
        done = Seated(len(new), len(moved), len(gone), len(have) - len(moved) - len(gone))
        if done.changed:
            record(session, "hall.seats_set", by=by, now=now, **vars(done))
    return done


def check_not_begun(session: ExamSession) -> None:
    """Raises Refusal once somebody has started on one of the session's seats."""
    if Attempt.objects.filter(seat__session=session).exists():
        raise Refusal(_("Somebody in this session has started, so the seats stay as they are."), code="begun")


def _check_placements(
    session: ExamSession, placements: Sequence[Placement], *, by: Person, now: datetime
) -> None:
    people = [each.person_id for each in placements]
    places = [(each.room_id, each.number) for each in placements]
    if len(set(people)) < len(people) or len(set(places)) < len(places):
        raise Refusal(_("A person or a seat is named twice. Read the file again."), code="twice")
    if len(placements) > MOST_SEATS or not all(1 <= each.number <= MOST_NUMBER for each in placements):
        raise Refusal(
            _("Seats have numbers from 1 to %(number)s, and a session %(seats)s seats at most.")
            % {"number": MOST_NUMBER, "seats": MOST_SEATS},
            code="number",
        )
    rooms = set(ExamRoom.objects.filter(session=session).values_list("pk", flat=True))
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
    known = set(overseen.filter(pk__in=people).values_list("pk", flat=True))
    known |= set(Seat.objects.filter(session=session, person__in=people).values_list("person", flat=True))
    if not {each.room_id for each in placements} <= rooms or not set(people) <= known:
        raise Refusal(_("A room or a person is not known here. Read the file again."), code="unknown")
    if Invigilator.objects.filter(room__session=session, person__in=people).exists():
        raise Refusal(_("Somebody who watches over this session cannot sit in it."), code="invigilator")


def _moves(seat: Seat, to: Placement) -> bool:
    return (seat.room_id, seat.number) != (to.room_id, to.number)


def _remove(seats: Sequence[Seat]) -> None:
    if PaperCopy.objects.filter(seat__in=seats).exists() or Extension.objects.filter(seat__in=seats).exists():
        raise Refusal(
            _("Somebody who would lose the seat has a printed paper or extra time. Keep them in the file."),
            code="kept",
        )
    Seat.objects.filter(pk__in=[seat.pk for seat in seats]).delete()


def _move(seats: Sequence[Seat], wanted: dict[UUID, Placement]) -> None:
    """First aside, then to their places, so that two people can change seats."""
    Seat.objects.filter(pk__in=[seat.pk for seat in seats]).update(number=F("number") + _ASIDE)
    for seat in seats:
        seat.room_id, seat.number = wanted[seat.person_id].room_id, wanted[seat.person_id].number
    Seat.objects.bulk_update(seats, ["room", "number"], batch_size=200)


def _add(session: ExamSession, placements: Sequence[Placement]) -> None:
    """Another session of the day may take the same numbers at the same moment: then the next free ones."""
    for _attempt in range(_TRIES - 1):
        try:
            with transaction.atomic():
                return _create(session, placements)
        except IntegrityError:
            continue
    _create(session, placements)


def _create(session: ExamSession, placements: Sequence[Placement]) -> None:
    prefix, last = _ticket_numbers(session)
    Seat.objects.bulk_create(
        Seat(
            session=session,
            room_id=each.room_id,
            person_id=each.person_id,
            number=each.number,
            ticket_number=f"{prefix}{running:04d}",
        )
        for running, each in enumerate(placements, start=last + 1)
    )


def _ticket_numbers(session: ExamSession) -> tuple[str, int]:
    """How every 准考证号 of the session begins (its day and which session of that day it is) and the last in use."""
    own = list(Seat.objects.filter(session=session).values_list("ticket_number", flat=True))
    if own:
        return own[0][:-4], max(int(number[-4:]) for number in own)
    day = f"{timezone.localdate(session.opens_at):%Y%m%d}"
    taken = Seat.objects.filter(ticket_number__startswith=day).values_list("ticket_number", flat=True)
    used = {int(number[len(day) : -4]) for number in taken}
    return f"{day}{next(number for number in range(1, 10_000) if number not in used):02d}", 0
