"""Who gets a paper, and that it is the same whenever it is printed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from assessments.attempts import submit_attempt
from assessments.halls.copies import papers_of, register_copies
from assessments.models import ExamRoom, PaperCopy
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam, make_submitted
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def room(now: datetime) -> ExamRoom:
    make_exam("base", types=("single",) * 5, shuffle=True)
    room = make_room(make_session(now))
    for _number in range(3):
        make_seat(room)
    return room


def test_a_room_is_registered_seat_by_seat(room: ExamRoom, by: Person, now: datetime) -> None:
    copies = register_copies(room=room, by=by, now=now).copies
    assert [copy.seat.number for copy in copies] == [1, 2, 3]
    assert len({copy.code for copy in copies} | {copy.seed for copy in copies}) == 6
    assert [len(copy.code) for copy in copies] == [32, 32, 32]
    assert {(copy.printed_by, copy.printed_at) for copy in copies} == {(by, now)}


def test_printing_again_gives_the_same_paper(room: ExamRoom, by: Person, now: datetime) -> None:
    first = register_copies(room=room, by=by, now=now)
    make_exam(
        "base", types=("single",) * 2, title="改过的考试"
    )  # a later release does not touch what is printed
    again = register_copies(room=room, by=make_invigilator(room), now=now + timedelta(minutes=5))
    assert (again.copies, again.copies[0].printed_by) == (first.copies, by)
    assert _slots(again.copies) == _slots(first.copies)
    assert [len(places) for places in _slots(again.copies)] == [5, 5, 5]


def _slots(copies: tuple[PaperCopy, ...]) -> list[list[tuple[int, list[str]]]]:
    return [[(place.item.pk, place.order) for place in places] for places in papers_of(copies).values()]


def test_candidates_have_papers_of_their_own(room: ExamRoom, by: Person, now: datetime) -> None:
    papers = _slots(register_copies(room=room, by=by, now=now).copies)
    assert papers[0] != papers[1] != papers[2]


def test_papers_of_one_release_take_one_query(
    room: ExamRoom, by: Person, now: datetime, django_assert_num_queries: object
) -> None:
    copies = register_copies(room=room, by=by, now=now).copies
    for some in (copies[:1], copies):
        with django_assert_num_queries(1):  # type: ignore[operator]
            papers_of(some)


def test_whoever_sits_or_sat_on_a_screen_gets_none(room: ExamRoom, by: Person, now: datetime) -> None:
    first, second, third = room.seats.order_by("number")
    sit(first, now=now)
    done = sit(second, now=now)
    submit_attempt(attempt_id=done.pk, by=second.person, now=now)
    registered = register_copies(room=room, by=by, now=now)
    assert [copy.seat for copy in registered.copies] == [third]
    assert [seat for seat, _reason in registered.refused] == [first, second]


def test_a_sitting_of_another_day_stands_in_nobodys_way(by: Person, now: datetime) -> None:
    make_exam("base")
    seat = make_seat(make_room(make_session(now)))
    make_submitted(seat.person, now=now - timedelta(days=30))
    assert len(register_copies(room=seat.room, by=by, now=now).copies) == 1


def test_nobody_prints_their_own_paper(room: ExamRoom, now: datetime) -> None:
    own = make_seat(room, make_person(roles=(Role.ADMINISTRATOR,)))
    registered = register_copies(room=room, by=own.person, now=now)
    assert ([seat for seat, _reason in registered.refused], len(registered.copies)) == ([own], 3)


def test_one_seat_may_be_printed_alone(room: ExamRoom, by: Person, now: datetime) -> None:
    seat = room.seats.get(number=2)
    foreign = make_seat(make_room(room.session, "第二考场"))
    copies = register_copies(room=room, by=by, now=now, seats=[seat.pk, foreign.pk]).copies
    assert [copy.seat for copy in copies] == [seat]


def test_only_who_oversees_the_room_prints(room: ExamRoom, now: datetime) -> None:
    elsewhere = make_organisation("QH-99", make_organisation())
    for person in (
        make_person(roles=(Role.EXAMINER, Role.AUTHOR)),
        make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,)),
        make_invigilator(make_room(room.session, "第二考场")),
    ):
        with pytest.raises(NotAllowed):
            register_copies(room=room, by=person, now=now)
    assert PaperCopy.objects.count() == 0


def test_an_invigilator_prints_no_earlier_than_the_room_is_theirs(room: ExamRoom, now: datetime) -> None:
    person = make_invigilator(room)
    with pytest.raises(NotAllowed):
        register_copies(room=room, by=person, now=room.session.opens_at - timedelta(hours=2))
    assert len(register_copies(room=room, by=person, now=now).copies) == 3


def test_an_exam_without_a_release_has_no_paper(by: Person, now: datetime) -> None:
    seat = make_seat(make_room(make_session(now, exam_key="never")))
    with pytest.raises(Refusal) as refused:
        register_copies(room=seat.room, by=by, now=now)
    assert refused.value.code == "not_released"


def test_every_printing_is_audited_seat_by_seat(room: ExamRoom, by: Person, now: datetime) -> None:
    for _time in range(2):
        register_copies(room=room, by=by, now=now)
    entries = AuditEntry.objects.filter(action="paper.printed").order_by("pk")
    assert [entry.detail["again"] for entry in entries] == [False] * 3 + [True] * 3
    assert {entry.target for entry in entries} == {f"assessments.seat:{seat.pk}" for seat in room.seats.all()}
