"""What the database itself refuses about exam days, journals, held answers and arrangements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.models import (
    HELD_TRANSITIONS,
    REQUEST_TRANSITIONS,
    Accommodation,
    AnswerEntry,
    Attempt,
    ExamRoom,
    ExamSession,
    Exemption,
    Extension,
    HeldAnswer,
    HeldReason,
    HeldStatus,
    Incident,
    Inquiry,
    Invigilator,
    Keying,
    PaperCopy,
    RequestStatus,
    Seat,
    SittingEvent,
)
from core.appendonly import AppendOnlyViolation
from people.models import Person
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Hall:
    """A session with a room, a seat, its open sitting and a printed copy."""

    person: Person
    other: Person
    session: ExamSession
    room: ExamRoom
    seat: Seat
    attempt: Attempt
    copy: PaperCopy
    now: datetime


@pytest.fixture
def hall(now: datetime) -> Hall:
    version = make_exam()
    person, other = make_person(), make_person()
    session = make_session(now)
    room = ExamRoom.objects.create(session=session, name="一号考场")
    seat = Seat.objects.create(session=session, room=room, person=person, number=1, ticket_number="T-1")
    copy = PaperCopy.objects.create(
        code="c" * 32, seat=seat, exam_version=version, seed="s", printed_by=other, printed_at=now
    )
    return Hall(person, other, session, room, seat, make_attempt(person, now=now), copy, now)


def make_session(now: datetime, **fields: Any) -> ExamSession:
    values = {
        "exam_key": "base",
        "title": "上午场",
        "organisation": make_organisation(),
        "opens_at": now,
        "closes_at": now + timedelta(hours=2),
        "created_at": now,
    }
    return ExamSession.objects.create(**{**values, **fields})


def make_held(hall: Hall, **fields: Any) -> HeldAnswer:
    values = {
        "attempt": hall.attempt,
        "slot": 1,
        "response": "o1",
        "sequence": 1,
        "fence": 1,
        "reason": HeldReason.LATE,
        "received_at": hall.now,
    }
    return HeldAnswer.objects.create(**{**values, **fields})


def make_exemption(hall: Hall, **fields: Any) -> Exemption:
    values = {
        "person": hall.person,
        "exam_key": "base",
        "certificate_title": "社会工作者职业水平证书",
        "issuer": "考试中心",
        "issued_on": hall.now.date(),
        "file_name": "证书.pdf",
        "file_sha256": "a" * 64,
        "file_path": "x",
        "requested_at": hall.now,
    }
    return Exemption.objects.create(**{**values, **fields})


def make_accommodation(hall: Hall, **fields: Any) -> Accommodation:
    return Accommodation.objects.create(**{"person": hall.person, "requested_at": hall.now, **fields})


def make_extension(hall: Hall, **fields: Any) -> Extension:
    values = {"exam_key": "base", "minutes": 5, "added_by": hall.other, "added_at": hall.now}
    return Extension.objects.create(**{**values, **fields})


def make_entry(hall: Hall, number: int = 1) -> AnswerEntry:
    return AnswerEntry.objects.create(
        attempt=hall.attempt, number=number, slot=1, sequence=1, digest="d", saved_at=hall.now, hash="h"
    )


def make_inquiry(hall: Hall, **fields: Any) -> Inquiry:
    values = {"attempt": hall.attempt, "verdict": "noted", "found_by": hall.other, "found_at": hall.now}
    return Inquiry.objects.create(**{**values, **fields})


def make_keying(hall: Hall, round: int, keyed_by: Person) -> Keying:
    return Keying.objects.create(copy=hall.copy, round=round, keyed_by=keyed_by, keyed_at=hall.now)


def make_seat(hall: Hall, **fields: Any) -> Seat:
    values = {"session": hall.session, "room": hall.room, "person": hall.other, "number": 2}
    return Seat.objects.create(**{**values, "ticket_number": "T-2", **fields})


def twice(make: Callable[[Hall], Any]) -> Callable[[Hall], None]:
    """Make it, and make it again."""

    def both(hall: Hall) -> None:
        make(hall)
        make(hall)

    return both


BEFORE = timedelta(minutes=-1)
REFUSED: dict[str, Callable[[Hall], Any]] = {
    "a session that ends before it begins": lambda h: make_session(h.now, closes_at=h.now + BEFORE),
    "two rooms of one name": lambda h: ExamRoom.objects.create(session=h.session, name=h.room.name),
    "two people on one seat": lambda h: make_seat(h, number=1),
    "two seats of one person": lambda h: make_seat(h, person=h.person),
    "two tickets of one number": lambda h: make_seat(h, ticket_number="T-1"),
    "a seat before the first": lambda h: make_seat(h, number=0),
    "the same invigilator twice": twice(
        lambda h: Invigilator.objects.create(room=h.room, person=h.other),
    ),
    "an incident of no kind": lambda h: Incident.objects.create(
        room=h.room, kind="quarrel", text="x", recorded_by=h.other, recorded_at=h.now
    ),
    "no minutes added": lambda h: make_extension(h, minutes=0),
    "a day added": lambda h: make_extension(h, minutes=1440),
    "a room extended outside its session": lambda h: make_extension(h, room=h.room),
    "a seat extended outside its room": lambda h: make_extension(h, session=h.session, seat=h.seat),
    "two entries of one number": twice(make_entry),
    "an event of no kind": lambda h: SittingEvent.objects.create(
        attempt=h.attempt, kind="cheated", happened_at=h.now
    ),
    "the same held answer twice": twice(make_held),
    "a held answer decided at no time": lambda h: make_held(h, status=HeldStatus.ACCEPTED),
    "a held answer decided and waiting": lambda h: make_held(h, decided_at=h.now),
    "a held answer for no reason": lambda h: make_held(h, reason="odd"),
    "a finding of no verdict": lambda h: make_inquiry(h, verdict="guilty"),
    "a reply to no objection": lambda h: make_inquiry(h, replied_at=h.now, replied_by=h.person),
    "the finder's own reply": lambda h: make_inquiry(
        h, objected_at=h.now, replied_at=h.now, replied_by=h.other
    ),
    "a fourth keying": lambda h: make_keying(h, 4, h.other),
    "two keyings by one person": lambda h: [make_keying(h, 1, h.other), make_keying(h, 2, h.other)],
    "two keyings of one round": lambda h: [make_keying(h, 1, h.other), make_keying(h, 1, h.person)],
    "less time than the others": lambda h: make_accommodation(h, time_factor=Decimal("0.5")),
    "ten times the time": lambda h: make_accommodation(h, time_factor=Decimal("9.99")),
    "two requests at once": twice(make_accommodation),
    "a decision before the request": lambda h: make_accommodation(h, decided_at=h.now + BEFORE),
    "two exemptions at once": twice(make_exemption),
    "an exemption granted to oneself": lambda h: make_exemption(h, decided_by=h.person),
    "a sitting ended by nobody known": lambda h: Attempt.objects.filter(pk=h.attempt.pk).update(
        handed_in_by="neighbour"
    ),
}


@pytest.mark.parametrize("write", REFUSED.values(), ids=REFUSED.keys())
def test_database_refuses(hall: Hall, write: Callable[[Hall], Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write(hall)


def test_a_request_may_come_again_once_it_was_refused(hall: Hall) -> None:
    make_accommodation(hall, status=RequestStatus.REFUSED, decided_at=hall.now)
    make_accommodation(hall)
    assert Accommodation.objects.filter(person=hall.person).count() == 2


@pytest.mark.parametrize("make", [make_entry, make_extension])
def test_journal_and_added_time_are_written_once(hall: Hall, make: Callable[[Hall], Any]) -> None:
    row = make(hall)
    with pytest.raises(AppendOnlyViolation):
        row.delete()


def test_every_state_says_where_it_may_lead() -> None:
    assert HELD_TRANSITIONS.keys() == set(HeldStatus)
    assert REQUEST_TRANSITIONS.keys() == set(RequestStatus)
