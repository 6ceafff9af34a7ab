"""The demo's exam day: a session open when the demo is built, two rooms, twelve seats, two invigilators, a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assessments.entry.accommodations import request_accommodation
from assessments.halls.rooms import RoomDetails, add_room, assign_invigilator
from assessments.halls.seating import Placement, seat_people
from assessments.halls.sessions import SessionTimes, change_session, open_session
from assessments.models import Attempt, ExamRoom, ExamSession
from cms.demo.pack import moment, read_yaml
from people.models import Organisation, Person


def build_hall(
    people: Mapping[str, Person], organisations: Mapping[str, Organisation], *, by: Person, now: datetime
) -> None:
    """The session with all that belongs to it. One that is over and that nobody sat becomes today's."""
    told = read_yaml("hall/session.yaml")
    existing = ExamSession.objects.filter(exam_key=told["exam"], title=told["title"]).first()
    times = _times(told, now)
    if existing is None:
        session = open_session(
            exam_key=told["exam"],
            title=told["title"],
            organisation=organisations[told["organisation"]],
            times=times,
            by=by,
            now=now,
        )
        _fill(session, told, people, by=by, now=now)
        _ask(told, people)
    elif existing.closes_at < now and not Attempt.objects.filter(seat__session=existing).exists():
        change_session(session=existing, title=existing.title, times=times, by=by, now=now)


def _times(told: Mapping[str, Any], now: datetime) -> SessionTimes:
    opens_at = now.replace(minute=0, second=0, microsecond=0)
    return SessionTimes(opens_at, opens_at + timedelta(hours=told["hours"]))


def _fill(
    session: ExamSession, told: Mapping[str, Any], people: Mapping[str, Person], *, by: Person, now: datetime
) -> None:
    placements = []
    for item in told["rooms"]:
        room = _room(session, item, by=by, now=now)
        for staff_number in item["invigilators"]:
            assign_invigilator(room=room, person=people[staff_number], by=by, now=now)
        placements += [
            Placement(room.pk, number, people[staff_number].pk)
            for number, staff_number in enumerate(item["seats"], start=1)
        ]
    seat_people(session=session, placements=placements, by=by, now=now)


def _ask(told: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    """What candidates ask for beforehand; it waits for an administrator."""
    for item in told["requests"]:
        request_accommodation(
            person=people[item["person"]],
            exam_key=told["exam"],
            time_factor=Decimal(item["time_factor"]),
            reason=item["reason"],
            now=moment(item["asked_at"]),
        )


def _room(session: ExamSession, item: Mapping[str, Any], *, by: Person, now: datetime) -> ExamRoom:
    details = RoomDetails(item["name"], item["place"], item["access_code"])
    return add_room(session=session, details=details, by=by, now=now)
