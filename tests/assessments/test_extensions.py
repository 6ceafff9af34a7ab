"""Time added while an exam runs: whom it reaches, who may give it, and that it is given once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.attempts import GRACE, submit_attempt
from assessments.extensions import extend, may_extend, minutes_added
from assessments.models import Attempt, EventKind, Extension, SittingEvent
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import KeyReused, new_key
from people.models import Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def gained(attempt: Attempt) -> int:
    """By how many minutes the sitting ends later than it would have."""
    before = attempt.deadline_at
    attempt.refresh_from_db()
    return int((attempt.deadline_at - before).total_seconds() // 60)


@pytest.fixture
def hall(now: datetime) -> Any:
    """Two rooms of one session with two open sittings each, and one sitting elsewhere."""
    make_exam()
    session = make_session(now)
    rooms = [make_room(session, name) for name in ("甲", "乙")]
    sittings = [[sit(make_seat(room), now=now) for _number in range(2)] for room in rooms]
    return {
        "session": session,
        "rooms": rooms,
        "sittings": sittings,
        "elsewhere": make_attempt(make_person(), now=now),
        "invigilator": make_invigilator(rooms[0]),
        "administrator": make_person(roles=(Role.ADMINISTRATOR,)),
    }


def all_gains(hall: Any) -> list[int]:
    sittings = [*hall["sittings"][0], *hall["sittings"][1], hall["elsewhere"]]
    return [gained(attempt) for attempt in sittings]


@pytest.mark.parametrize(
    ("who", "where", "gains"),
    [
        ("invigilator", lambda hall: {"attempt": hall["sittings"][0][0]}, [5, 0, 0, 0, 0]),
        ("invigilator", lambda hall: {"seat": hall["sittings"][0][1].seat}, [0, 5, 0, 0, 0]),
        ("invigilator", lambda hall: {"room": hall["rooms"][0]}, [5, 5, 0, 0, 0]),
        ("administrator", lambda hall: {"session": hall["session"]}, [5, 5, 5, 5, 0]),
        ("administrator", lambda hall: {"attempt": hall["elsewhere"]}, [0, 0, 0, 0, 5]),
        ("administrator", lambda hall: {"exam_key": "base"}, [5, 5, 5, 5, 5]),
    ],
)
def test_extension_reaches_exactly_whom_it_names(
    who: str, where: Any, gains: list[int], hall: Any, now: datetime
) -> None:
    extension = extend(minutes=5, by=hall[who], now=now, key=new_key(), **where(hall))
    assert all_gains(hall) == gains
    events = SittingEvent.objects.filter(kind=EventKind.EXTENDED)
    assert [event.detail for event in events] == [{"minutes": 5}] * sum(bool(gain) for gain in gains)
    entry = AuditEntry.objects.get(action="sitting.extended")
    assert (entry.target, entry.detail["minutes"], entry.detail["sittings"]) == (
        f"assessments.extension:{extension.pk}",
        5,
        sum(bool(gain) for gain in gains),
    )


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("invigilator", lambda hall: {"room": hall["rooms"][1]}),
        ("invigilator", lambda hall: {"seat": hall["sittings"][1][0].seat}),
        ("invigilator", lambda hall: {"attempt": hall["sittings"][1][0]}),
        ("invigilator", lambda hall: {"attempt": hall["elsewhere"]}),
        ("invigilator", lambda hall: {"session": hall["session"]}),
        ("invigilator", lambda hall: {"exam_key": "base"}),
        ("stranger", lambda hall: {"room": hall["rooms"][0]}),
        ("foreign administrator", lambda hall: {"session": hall["session"]}),
        ("foreign administrator", lambda hall: {"room": hall["rooms"][0]}),
        ("foreign administrator", lambda hall: {"attempt": hall["elsewhere"]}),
        ("foreign administrator", lambda hall: {"exam_key": "base"}),
    ],
)
def test_nobody_adds_time_where_they_neither_watch_nor_administer(
    who: str, where: Any, hall: Any, now: datetime
) -> None:
    others = {
        "stranger": make_person(roles=(Role.INVIGILATOR,)),
        "foreign administrator": make_person(
            organisation=make_organisation("ELSEWHERE"), roles=(Role.ADMINISTRATOR,)
        ),
    }
    by = hall.get(who) or others[who]
    with pytest.raises(NotAllowed):
        extend(minutes=5, by=by, now=now, key=new_key(), **where(hall))
    assert all_gains(hall) == [0] * 5
    assert not may_extend(by, at=now, **where(hall))


def test_nobody_gives_time_to_oneself(hall: Any, now: datetime) -> None:
    seat = make_seat(hall["rooms"][0], hall["administrator"])
    attempt = sit(seat, now=now)
    assert not may_extend(hall["administrator"], at=now, attempt=attempt)
    assert not may_extend(hall["administrator"], at=now, room=seat.room)


def test_double_click_adds_once(hall: Any, now: datetime) -> None:
    key = new_key()
    first, second = (
        extend(minutes=10, by=hall["invigilator"], now=now, key=key, room=hall["rooms"][0]) for _ in range(2)
    )
    assert (first.pk, Extension.objects.count()) == (second.pk, 1)
    assert all_gains(hall) == [10, 10, 0, 0, 0]
    assert AuditEntry.objects.filter(action="sitting.extended").count() == 1


def test_key_of_another_extension_is_refused(hall: Any, now: datetime) -> None:
    """Row 2."""
    key = new_key()
    extend(minutes=10, by=hall["invigilator"], now=now, key=key, room=hall["rooms"][0])
    with pytest.raises(KeyReused):
        extend(minutes=15, by=hall["invigilator"], now=now, key=key, room=hall["rooms"][0])
    assert all_gains(hall) == [10, 10, 0, 0, 0]


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_minutes_outside_the_range_are_refused(minutes: int, hall: Any, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        extend(minutes=minutes, by=hall["invigilator"], now=now, key=new_key(), room=hall["rooms"][0])
    assert refused.value.code == "minutes"


def test_sitting_handed_in_stays_so(hall: Any, now: datetime) -> None:
    attempt = hall["sittings"][0][0]
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=now)
    extend(minutes=5, by=hall["invigilator"], now=now, key=new_key(), room=hall["rooms"][0])
    assert all_gains(hall) == [0, 5, 0, 0, 0]


@pytest.mark.parametrize(("seconds", "gain"), [(0, 5), (60, 5), (61, 0)])
def test_time_that_ran_out_is_given_back_within_the_grace(
    seconds: int, gain: int, hall: Any, now: datetime
) -> None:
    later = hall["sittings"][0][0].deadline_at + timedelta(seconds=seconds)
    assert timedelta(seconds=60) == GRACE
    extend(minutes=5, by=hall["invigilator"], now=later, key=new_key(), room=hall["rooms"][0])
    assert all_gains(hall) == [gain, gain, 0, 0, 0]


def test_whoever_starts_later_gets_what_was_added_to_seat_room_session_and_exam(
    hall: Any, now: datetime
) -> None:
    admin, seat = hall["administrator"], make_seat(hall["rooms"][0])
    other = make_seat(hall["rooms"][1])
    for minutes, where in [
        (1, {"seat": seat}),
        (2, {"room": hall["rooms"][0]}),
        (4, {"session": hall["session"]}),
        (8, {"exam_key": "base"}),
        (16, {"attempt": hall["sittings"][0][0]}),
    ]:
        extend(minutes=minutes, by=admin, now=now, key=new_key(), **where)
    assert minutes_added(exam_key="base", seat=seat) == 15
    assert minutes_added(exam_key="base", seat=other) == 12
    assert minutes_added(exam_key="other", seat=None, opened_at=now) == 0


def test_what_a_whole_exam_got_counts_in_its_window_only(hall: Any, now: datetime) -> None:
    """An extension of last spring is no gift to this autumn's candidates."""
    extend(minutes=8, by=hall["administrator"], now=now, key=new_key(), exam_key="base")
    assert minutes_added(exam_key="base", seat=None, opened_at=now) == 8
    assert minutes_added(exam_key="base", seat=None, opened_at=now + timedelta(days=1)) == 0
    assert minutes_added(exam_key="base", seat=None) == 0
    later = make_seat(make_room(make_session(now + timedelta(days=30))))
    assert minutes_added(exam_key="base", seat=later) == 0


def test_added_minutes_are_one_query(hall: Any, django_assert_num_queries: Any, now: datetime) -> None:
    seat = make_seat(hall["rooms"][0])
    for _number in range(3):
        extend(minutes=1, by=hall["invigilator"], now=now, key=new_key(), seat=seat)
    with django_assert_num_queries(1):
        assert minutes_added(exam_key="base", seat=seat) == 3


def test_page_whose_clock_ran_out_does_not_hand_in_what_was_extended_meanwhile(login: Any) -> None:
    """Row 9: between the last question to the server and the hand-in a file may take its time."""
    make_exam()
    attempt = make_attempt(make_person(), now=timezone.now())
    client, address = login(attempt.person), f"/exams/attempt/{attempt.pk}/submit/"
    answer = client.post(address, {"over": "1"})
    attempt.refresh_from_db()
    assert (answer["Location"], attempt.status) == (f"/exams/attempt/{attempt.pk}/", "open")
    client.post(address)
    attempt.refresh_from_db()
    assert attempt.status == "complete"


def test_extension_names_exactly_one_place(hall: Any, now: datetime) -> None:
    with pytest.raises(TypeError):
        extend(minutes=5, by=hall["invigilator"], now=now, key=new_key())
    with pytest.raises(TypeError):
        extend(
            minutes=5, by=hall["invigilator"], now=now, key=new_key(), room=hall["rooms"][0], exam_key="base"
        )


def test_cost_of_an_extension_does_not_grow_with_the_room(
    hall: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    room = hall["rooms"][0]
    by = hall["invigilator"]
    with django_assert_num_queries(12):
        extend(minutes=5, by=by, now=now, key=new_key(), room=room)
    for _number in range(3):
        sit(make_seat(room), now=now)
    with django_assert_num_queries(12):
        extend(minutes=5, by=by, now=now, key=new_key(), room=room)
