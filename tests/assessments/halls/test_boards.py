"""The invigilator's screen: what every seat is said to be doing, and what reading that costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.attempts import submit_attempt
from assessments.extensions import extend
from assessments.halls.boards import SILENT, STATE_CHIPS, STATE_WORDS, SeatState, read_board, read_boards
from assessments.models import Attempt, ExamRoom, HandedInBy, PaperCopy
from core.once import new_key
from people.models import Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam, save
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam()
    return make_room(make_session(now, late_entry_minutes=30))


def states(room: ExamRoom, now: datetime) -> list[str]:
    return [line.state.value for line in read_board(room, now=now).lines]


def test_every_state_has_its_words_and_its_chip() -> None:
    assert set(STATE_WORDS) == set(STATE_CHIPS) == set(SeatState)


def test_seat_is_absent_then_started_then_offline_then_submitted(room: ExamRoom, now: datetime) -> None:
    seat = make_seat(room)
    assert states(room, now) == ["absent"]
    attempt = sit(seat, now=now)
    assert states(room, now + SILENT) == ["started"]
    assert states(room, now + SILENT + timedelta(seconds=1)) == ["offline"]
    Attempt.objects.filter(pk=attempt.pk).update(seen_at=now + SILENT)
    assert states(room, now + SILENT + timedelta(seconds=1)) == ["started"]
    submit_attempt(attempt_id=attempt.pk, by=seat.person, now=now)
    assert states(room, now + timedelta(hours=1)) == ["submitted"]


def test_page_that_never_gave_a_sign_counts_from_the_start(room: ExamRoom, now: datetime) -> None:
    attempt = sit(make_seat(room), now=now)
    Attempt.objects.filter(pk=attempt.pk).update(seen_at=None)
    assert states(room, now + SILENT) == ["started"]
    assert states(room, now + SILENT + timedelta(seconds=1)) == ["offline"]


def test_whoever_comes_after_the_bar_is_late_until_let_in(room: ExamRoom, now: datetime) -> None:
    seat = make_seat(room)
    bar = room.session.opens_at + timedelta(minutes=30)
    assert states(room, bar) == ["absent"]
    assert states(room, bar + timedelta(seconds=1)) == ["late"]
    seat.admitted_at = bar
    seat.save()
    assert states(room, bar + timedelta(seconds=1)) == ["absent"]


def test_sitting_on_paper_is_told_apart_and_a_printed_copy_alone_is_not(
    room: ExamRoom, now: datetime
) -> None:
    first, second = make_seat(room), make_seat(room)
    attempt = sit(first, now=now)
    submit_attempt(attempt_id=attempt.pk, by=None, now=now, through=HandedInBy.PAPER)
    PaperCopy.objects.create(
        code="c",
        seat=second,
        exam_version=attempt.exam_version,
        seed="s",
        printed_by=first.person,
        printed_at=now,
    )
    lines = read_board(room, now=now).lines
    assert [(line.state.value, line.has_copy) for line in lines] == [("paper", False), ("absent", True)]


def test_line_says_how_much_is_answered_how_much_time_is_left_and_what_was_added(
    room: ExamRoom, now: datetime
) -> None:
    attempt, administrator = sit(make_seat(room), now=now), make_person(roles=(Role.ADMINISTRATOR,))
    save(attempt, 1, ["o1"], sequence=1, now=now)
    for minutes, where in [
        (5, {"room": room}),
        (10, {"session": room.session}),
        (15, {"attempt": attempt}),
        (20, {"seat": attempt.seat}),
        (25, {"exam_key": "base"}),
        (30, {"seat": make_seat(room)}),
    ]:
        extend(minutes=minutes, by=administrator, now=now, key=new_key(), **where)
    line, other = read_board(room, now=now + timedelta(seconds=90)).lines
    assert (line.answered, line.asked, line.extra, other.extra) == (1, 2, 75, 70)
    assert line.left == timedelta(minutes=20 + 75, seconds=-90)
    assert (line.minutes_left, line.minutes_silent) == (94, 1)


def test_time_that_ran_out_is_not_negative(room: ExamRoom, now: datetime) -> None:
    sit(make_seat(room), now=now)
    [line] = read_board(room, now=now + timedelta(hours=2)).lines
    assert (line.left, line.minutes_left) == (timedelta(0), 0)


def test_counts_stand_for_all_seats(room: ExamRoom, now: datetime) -> None:
    for _number in range(2):
        make_seat(room)
    sit(make_seat(room), now=now)
    board = read_board(room, now=now)
    assert [(each.state.value, each.count) for each in board.counts] == [
        ("offline", 0),
        ("absent", 2),
        ("started", 1),
        ("submitted", 0),
    ]
    assert board.running == 1


@pytest.mark.parametrize("seats", [1, 3, 60])
def test_cost_does_not_grow_with_the_room(
    seats: int, room: ExamRoom, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(seats):
        seat = make_seat(room)
        if number % 20 == 0:
            sit(seat, now=now)
    watcher = make_invigilator(room)
    extend(minutes=5, by=watcher, now=now, key=new_key(), room=room)
    with django_assert_num_queries(4):
        board = read_board(room, now=now)
        assert len([(line.name, line.words, line.minutes_left) for line in board.lines]) == seats


def test_several_rooms_cost_as_much_as_one(
    room: ExamRoom, now: datetime, django_assert_num_queries: Any
) -> None:
    rooms = [room, make_room(room.session, "第二考场"), make_room(room.session, "第三考场")]
    for each in rooms:
        make_seat(each)
    with django_assert_num_queries(4):
        boards = read_boards(rooms, now=now)
    assert [len(board.lines) for board in boards] == [1, 1, 1]
