"""Exam days for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from assessments.attempts import start_attempt
from assessments.entry.door import Presented
from assessments.models import Attempt, ExamRoom, ExamSession, Invigilator, Seat
from people.models import Organisation, Person, Role
from tests.factories import LONG_AGO_AT, make_organisation, make_person

_numbers = count(1)


def make_session(
    now: datetime, *, exam_key: str = "base", organisation: Organisation | None = None, **fields: Any
) -> ExamSession:
    """A session that opened ten minutes ago and closes in two hours."""
    said = {
        "exam_key": exam_key,
        "title": "上午场",
        "organisation": organisation or make_organisation(),
        "opens_at": now - timedelta(minutes=10),
        "closes_at": now + timedelta(hours=2),
        "created_at": LONG_AGO_AT,
        **fields,
    }
    return ExamSession.objects.create(**said)


def make_room(session: ExamSession, name: str = "第一考场", **fields: Any) -> ExamRoom:
    """A room without an access code, open to every address."""
    return ExamRoom.objects.create(session=session, name=name, **fields)


def make_seat(room: ExamRoom, person: Person | None = None, number: int | None = None) -> Seat:
    """The next free seat of the room, somebody new on it unless told."""
    taken = room.seats.count()
    return Seat.objects.create(
        session=room.session,
        room=room,
        person=person or make_person(),
        number=number or taken + 1,
        ticket_number=f"T{next(_numbers):06d}",
    )


def make_invigilator(room: ExamRoom, person: Person | None = None) -> Person:
    """Somebody who watches over this room."""
    person = person or make_person(roles=(Role.INVIGILATOR,))
    Invigilator.objects.create(room=room, person=person)
    return person


def sit(seat: Seat, *, now: datetime) -> Attempt:
    """The sitting of whoever has this seat, just started there."""
    presented = Presented(code=seat.room.access_code)
    attempt = start_attempt(person=seat.person, exam_key=seat.session.exam_key, now=now, presented=presented)
    Attempt.objects.filter(pk=attempt.pk).update(seat=seat, seen_at=now)
    attempt.refresh_from_db()
    return attempt
