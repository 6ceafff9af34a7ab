"""What an invigilator does: only in the rooms of now, once, and nothing for oneself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.attempts import start_attempt
from assessments.halls.attending import admit_latecomer, hand_in_for, record_incident
from assessments.models import Attempt, ExamRoom, Incident, IncidentKind
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import KeyReused, new_key
from people.models import Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam(seats_only=True)
    return make_room(make_session(now, late_entry_minutes=5))


def test_whoever_does_not_oversee_the_room_does_nothing_in_it(room: ExamRoom, now: datetime) -> None:
    seat = make_seat(room)
    others = [
        make_person(),
        make_invigilator(make_room(room.session, "第二考场")),
        make_person(organisation=make_organisation("ELSEWHERE"), roles=(Role.ADMINISTRATOR,)),
        make_person(roles=(Role.INVIGILATOR, Role.AUTHOR, Role.EXAMINER, Role.ISSUER)),
    ]
    before = AuditEntry.objects.count()
    for by in others:
        for call in (
            lambda: admit_latecomer(seat=seat, by=by, now=now),  # noqa: B023
            lambda: hand_in_for(seat=seat, by=by, now=now),  # noqa: B023
            lambda: record_incident(
                room=room,
                kind=IncidentKind.OTHER,
                text="x",
                by=by,  # noqa: B023
                now=now,
                key=new_key(),
            ),
        ):
            with pytest.raises(NotAllowed):
                call()
    assert (AuditEntry.objects.count(), Incident.objects.count()) == (before, 0)


def test_latecomer_starts_once_let_in(room: ExamRoom, now: datetime) -> None:
    seat = make_seat(room)
    with pytest.raises(Refusal) as refused:
        start_attempt(person=seat.person, exam_key="base", now=now)
    assert refused.value.code == "late"
    admit_latecomer(seat=seat, by=make_invigilator(room), now=now)
    assert start_attempt(person=seat.person, exam_key="base", now=now).seat == seat


def test_paper_is_handed_in_for_somebody_else_only(room: ExamRoom, now: datetime) -> None:
    room.session.late_entry_minutes = None
    room.session.save()
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    own, other = make_seat(room, administrator), make_seat(room)
    sit(own, now=now)
    with pytest.raises(NotAllowed):
        hand_in_for(seat=own, by=administrator, now=now)
    with pytest.raises(Refusal) as refused:
        hand_in_for(seat=other, by=administrator, now=now)
    assert refused.value.code == "not_started"
    attempt = sit(other, now=now)
    first, second = (hand_in_for(seat=other, by=administrator, now=now) for _time in "12")
    assert (first.pk, second.pk, first.handed_in_by) == (attempt.pk, attempt.pk, "invigilator")
    assert Attempt.objects.get(pk=attempt.pk).results.count() == 1


def test_key_of_another_line_is_refused(room: ExamRoom, now: datetime) -> None:
    by, key = make_invigilator(room), new_key()

    def write(text: str) -> Any:
        return record_incident(room=room, kind=IncidentKind.OTHER, text=text, by=by, now=now, key=key)

    assert write("断网") == write("断网")
    with pytest.raises(KeyReused):
        write("别的")
    assert [each.text for each in Incident.objects.all()] == ["断网"]


@pytest.mark.parametrize("text", ["", "  ", "长" * 1001])
def test_line_says_something_and_not_too_much(text: str, room: ExamRoom, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        record_incident(
            room=room,
            kind=IncidentKind.OTHER,
            text=text,
            by=make_invigilator(room),
            now=now,
            key=new_key(),
        )
    assert refused.value.code == "text"
