"""The log of a room tells what invigilators did beside what they wrote, for as many queries however much it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.extensions import extend
from assessments.halls.attending import admit_latecomer, hand_in_for, record_incident
from assessments.halls.boards import read_board
from assessments.halls.logs import read_log
from assessments.models import ExamRoom, IncidentKind
from core.once import new_key
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam()
    return make_room(make_session(now))


def do_everything(room: ExamRoom, by: Person, now: datetime) -> Any:
    """One of each on a new seat, a second apart; returns the seat."""
    seat = make_seat(room)
    later = [now + timedelta(seconds=second) for second in range(6)]
    admit_latecomer(seat=seat, by=by, now=later[0])
    attempt = sit(seat, now=later[0])
    extend(minutes=5, seat=seat, by=by, now=later[1], key=new_key())
    extend(minutes=6, attempt=attempt, by=by, now=later[2], key=new_key())
    extend(minutes=10, room=room, by=by, now=later[3], key=new_key())
    record_incident(
        room=room, kind=IncidentKind.HEALTH, text="头晕", by=by, now=later[4], key=new_key(), seat=seat
    )
    hand_in_for(seat=seat, by=by, now=later[5])
    return seat


def test_deeds_stand_beside_words_newest_first(room: ExamRoom, now: datetime) -> None:
    watcher, head = make_invigilator(room), make_person("场次管理员", roles=(Role.ADMINISTRATOR,))
    seat = do_everything(room, watcher, now)
    after = now + timedelta(minutes=1)
    extend(minutes=15, session=room.session, by=head, now=after, key=new_key())
    name = watcher.account.name  # type: ignore[attr-defined]
    board = read_board(room, now=after)
    told = [(line.title, line.about, line.who, line.text) for line in read_log(board)]
    assert told == [
        ("加时 15 分钟", "整个场次", "场次管理员", ""),
        ("监考代为交卷", "1 号座位", name, ""),
        ("身体不适", "1 号座位", name, "头晕"),
        ("加时 10 分钟", "整个考场", name, ""),
        ("加时 6 分钟", "1 号座位", name, ""),
        ("加时 5 分钟", "1 号座位", name, ""),
        ("迟到放行", "1 号座位", name, ""),
    ]
    assert len(read_log(board, seat_id=seat.pk)) == 5


def test_what_was_done_in_another_room_stands_in_its_own_log(room: ExamRoom, now: datetime) -> None:
    other = make_room(room.session, "第二考场")
    do_everything(other, make_person(roles=(Role.ADMINISTRATOR,)), now)
    assert read_log(read_board(room, now=now)) == ()


@pytest.mark.parametrize("seats", [1, 3])
def test_the_log_costs_four_queries(
    seats: int, room: ExamRoom, now: datetime, django_assert_num_queries: Any
) -> None:
    watcher = make_invigilator(room)
    for _seat in range(seats):
        do_everything(room, watcher, now)
    board = read_board(room, now=now)
    with django_assert_num_queries(4):
        assert len(read_log(board)) == 6 * seats


def test_the_pages_show_it(room: ExamRoom, login: Any) -> None:
    watcher = make_invigilator(room)
    seat = do_everything(room, watcher, timezone.now())
    client = login(watcher)
    for address in (f"/exams/rooms/{room.pk}/", f"/exams/rooms/{room.pk}/seats/{seat.pk}/"):
        page = client.get(address).content.decode()
        assert [word in page for word in ("监考代为交卷", "迟到放行", "加时 5 分钟")] == [True] * 3
