"""Sessions, rooms and seats: who may set them, what is refused, that doing it twice is once."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.extensions import extend
from assessments.halls.announcing import announce_seats
from assessments.halls.arranging import alternate, arrange
from assessments.halls.rooms import (
    ALPHABET,
    RoomDetails,
    add_room,
    assign_invigilator,
    change_room,
    clean_addresses,
    dismiss_invigilator,
    new_access_code,
    remove_room,
)
from assessments.halls.seating import Placement, Seated, seat_people
from assessments.halls.sessions import SessionTimes, change_session, open_session, remove_session
from assessments.halls.watching import rooms_watched_by
from assessments.models import ExamRoom, ExamSession, Invigilator, Seat
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import new_key
from people.models import Notice, Person, Role, RoleAssignment
from tests.assessments.halls.making import make_room, make_seat, make_session, sit
from tests.assessments.making import make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def foreigner() -> Person:
    return make_person(organisation=make_organisation("ELSEWHERE"), roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def session(now: datetime) -> ExamSession:
    make_exam()
    return make_session(now)


def times(now: datetime, late: int | None = None) -> SessionTimes:
    return SessionTimes(now, now + timedelta(hours=2), late)


def entries(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


# Sessions


def test_session_is_opened_once_by_who_administers_the_organisation(
    administrator: Person, now: datetime
) -> None:
    make_exam()
    said: dict[str, Any] = {
        "exam_key": "base",
        "title": "上午场",
        "organisation": make_organisation("QH-01", make_organisation()),
        "times": times(now, 15),
        "by": administrator,
        "now": now,
    }
    first, second = open_session(**said), open_session(**said)
    assert (first.pk, first.late_entry_minutes, entries("hall.session_opened")) == (second.pk, 15, 1)


def test_session_needs_a_released_exam_and_possible_times(administrator: Person, now: datetime) -> None:
    def opened(key: str, when: SessionTimes) -> str:
        with pytest.raises(Refusal) as refused:
            open_session(
                exam_key=key,
                title="上午场",
                organisation=make_organisation(),
                times=when,
                by=administrator,
                now=now,
            )
        return refused.value.code

    make_exam()
    assert opened("nowhere", times(now)) == "not_released"
    assert opened("base", SessionTimes(now, now)) == "times"
    assert opened("base", times(now, 120)) == "times"


def test_foreign_administrator_changes_nothing(
    session: ExamSession, foreigner: Person, now: datetime
) -> None:
    room, before = make_room(session), AuditEntry.objects.count()
    calls = [
        lambda: open_session(
            exam_key="base",
            title="x",
            organisation=session.organisation,
            times=times(now),
            by=foreigner,
            now=now,
        ),
        lambda: change_session(session=session, title="x", times=times(now), by=foreigner, now=now),
        lambda: remove_session(session=session, by=foreigner, now=now),
        lambda: add_room(session=session, details=RoomDetails("x"), by=foreigner, now=now),
        lambda: change_room(room=room, details=RoomDetails("x"), by=foreigner, now=now),
        lambda: remove_room(room=room, by=foreigner, now=now),
        lambda: assign_invigilator(room=room, person=foreigner, by=foreigner, now=now),
        lambda: dismiss_invigilator(room=room, person=foreigner, by=foreigner, now=now),
        lambda: seat_people(session=session, placements=[], by=foreigner, now=now),
        lambda: announce_seats(session=session, by=foreigner, now=now),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert AuditEntry.objects.count() == before


def test_change_is_recorded_once_and_the_same_again_is_none(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    for _time in "12":
        change_session(session=session, title="下午场", times=times(now), by=administrator, now=now)
    session.refresh_from_db()
    assert (session.title, entries("hall.session_changed")) == ("下午场", 1)


def test_session_somebody_sat_stays(session: ExamSession, administrator: Person, now: datetime) -> None:
    room = make_room(session)
    sit(make_seat(room), now=now)
    for call in (
        lambda: remove_session(session=session, by=administrator, now=now),
        lambda: remove_room(room=room, by=administrator, now=now),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "begun"
    fresh = make_session(now, title="没人坐")
    make_seat(make_room(fresh))
    remove_session(session=fresh, by=administrator, now=now)
    assert list(ExamSession.objects.all()) == [session]


# Rooms


def test_access_codes_are_read_out_without_asking_back() -> None:
    codes = {new_access_code() for _number in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set("0O1IL") & set(ALPHABET)


def test_addresses_are_networks_or_refused_by_name() -> None:
    assert clean_addresses([" 10.20.3.7 ", "", "10.20.3.9/24", "10.20.3.0/24", "2001:db8::/32"]) == (
        "10.20.3.7/32",
        "10.20.3.0/24",
        "2001:db8::/32",
    )
    with pytest.raises(Refusal, match=r"10\.20\.3\.256"):
        clean_addresses(["10.20.3.256"])


@given(st.lists(st.ip_addresses().map(str), max_size=5))
def test_every_address_becomes_a_network_that_holds_it(lines: list[str]) -> None:
    assert all(ip_network(each) for each in clean_addresses(lines))


def test_room_names_are_unique_in_a_session(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    room = add_room(session=session, details=RoomDetails("甲"), by=administrator, now=now)
    other = add_room(session=session, details=RoomDetails("乙"), by=administrator, now=now)
    for call in (
        lambda: add_room(session=session, details=RoomDetails("甲"), by=administrator, now=now),
        lambda: change_room(room=other, details=RoomDetails("甲"), by=administrator, now=now),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "name"
    change_room(room=room, details=RoomDetails("甲", "301"), by=administrator, now=now)
    assert entries("hall.room_changed") == 1


# Invigilators


def test_invigilator_gets_the_role_and_the_room_once(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    room, person = make_room(session), make_person()
    for _time in "12":
        assign_invigilator(room=room, person=person, by=administrator, now=now)
    role = RoleAssignment.objects.get(person=person)
    assert (role.role, role.organisation, Invigilator.objects.count()) == (
        "invigilator",
        session.organisation,
        1,
    )
    assert (entries("hall.invigilator_assigned"), list(rooms_watched_by(person, at=now))) == (1, [room])
    dismiss_invigilator(room=room, person=person, by=administrator, now=now)
    assert list(rooms_watched_by(person, at=now)) == []


def test_candidate_does_not_watch_and_invigilator_does_not_sit(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    room = make_room(session)
    candidate = make_seat(room).person
    with pytest.raises(Refusal) as refused:
        assign_invigilator(room=room, person=candidate, by=administrator, now=now)
    assert refused.value.code == "candidate"
    watching = make_person()
    assign_invigilator(room=room, person=watching, by=administrator, now=now)
    with pytest.raises(Refusal) as refused:
        seat_people(
            session=session, placements=[Placement(room.pk, 1, watching.pk)], by=administrator, now=now
        )
    assert refused.value.code == "invigilator"


@pytest.mark.parametrize(
    ("minutes", "sees"), [(-61, False), (-60, True), (0, True), (24 * 60, True), (24 * 60 + 1, False)]
)
def test_screen_opens_an_hour_before_and_shuts_a_day_after(
    minutes: int, sees: bool, session: ExamSession, administrator: Person, now: datetime
) -> None:
    room, person = make_room(session), make_person()
    assign_invigilator(room=room, person=person, by=administrator, now=now - timedelta(days=1))
    start = session.opens_at if minutes <= 0 else session.closes_at
    assert rooms_watched_by(person, at=start + timedelta(minutes=minutes)).exists() is sees


def test_role_that_ended_shuts_the_screen(session: ExamSession, now: datetime) -> None:
    room, person = make_room(session), make_person()
    Invigilator.objects.create(room=room, person=person)
    assert not rooms_watched_by(person, at=now).exists()


# Seats


def placed(room: ExamRoom, *people: Person, first: int = 1) -> list[Placement]:
    return [Placement(room.pk, number, person.pk) for number, person in enumerate(people, start=first)]


def test_seats_are_set_moved_and_taken_and_tickets_stay_with_people(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    one, two = make_room(session, "甲"), make_room(session, "乙")
    first, second, third = (make_person() for _number in range(3))

    def set_seats(*placements: Placement) -> Seated:
        return seat_people(session=session, placements=placements, by=administrator, now=now)

    assert set_seats(*placed(one, first, second)) == Seated(2, 0, 0, 0)
    tickets = dict(Seat.objects.values_list("person", "ticket_number"))
    assert sorted(tickets.values()) == ["20261122010001", "20261122010002"]
    assert set_seats(*placed(one, first, second)) == Seated(0, 0, 0, 2)
    assert set_seats(*placed(one, second, first)) == Seated(0, 2, 0, 0)
    assert set_seats(*placed(two, first, first=9), *placed(one, third)) == Seated(1, 1, 1, 0)
    found = {seat.person_id: (seat.room_id, seat.number, seat.ticket_number) for seat in Seat.objects.all()}
    assert found == {
        first.pk: (two.pk, 9, tickets[first.pk]),
        third.pk: (one.pk, 1, "20261122010002"),
    }
    assert entries("hall.seats_set") == 3


def test_two_sessions_of_a_day_have_different_numbers(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    other = make_session(now, title="下午场")
    for each in (session, other):
        seat_people(
            session=each, placements=placed(make_room(each), make_person()), by=administrator, now=now
        )
    assert sorted(Seat.objects.values_list("ticket_number", flat=True)) == [
        "20261122010001",
        "20261122020001",
    ]


def test_seats_stay_once_somebody_started(session: ExamSession, administrator: Person, now: datetime) -> None:
    room = make_room(session)
    sit(make_seat(room), now=now)
    with pytest.raises(Refusal) as refused:
        seat_people(session=session, placements=[], by=administrator, now=now)
    assert (refused.value.code, Seat.objects.count()) == ("begun", 1)


def test_impossible_seats_are_refused_whole(
    session: ExamSession, administrator: Person, foreigner: Person, now: datetime
) -> None:
    room, person = make_room(session), make_person()
    elsewhere = make_room(make_session(now, title="另一场"))
    cases = {
        "twice": [*placed(room, person), *placed(room, person, first=2)],
        "unknown": placed(elsewhere, person),
        "number": placed(room, person, first=1000),
    }
    for code, placements in cases.items():
        with pytest.raises(Refusal) as refused:
            seat_people(
                session=session,
                placements=[*placed(room, make_person(), first=50), *placements],
                by=administrator,
                now=now,
            )
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        seat_people(session=session, placements=placed(room, foreigner), by=administrator, now=now)
    assert (refused.value.code, Seat.objects.count()) == ("unknown", 0)


def test_who_was_given_time_keeps_the_seat(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    seat = make_seat(make_room(session))
    extend(minutes=5, by=administrator, now=now, key=new_key(), seat=seat)
    with pytest.raises(Refusal) as refused:
        seat_people(session=session, placements=[], by=administrator, now=now)
    assert refused.value.code == "kept"


# Without a spreadsheet


@given(st.dictionaries(st.text(max_size=3), st.lists(st.integers(), max_size=8), max_size=6))
def test_neighbours_are_of_one_group_only_where_it_cannot_be_avoided(groups: dict[str, list[int]]) -> None:
    marked = {name: [(name, number) for number in range(len(items))] for name, items in groups.items()}
    order = alternate(marked)
    assert sorted(order) == sorted(each for items in marked.values() for each in items)
    for name, items in marked.items():
        assert [each for each in order if each[0] == name] == items
    most = max(map(len, marked.values()), default=0)
    unavoidable = max(0, most - (len(order) - most) - 1)
    assert sum(one[0] == other[0] for one, other in pairwise(order)) == unavoidable


def test_everybody_of_a_subtree_gets_a_seat_by_staff_number_colleagues_apart(
    administrator: Person, now: datetime
) -> None:
    make_exam()
    district = make_organisation()
    first, second = (make_organisation(code, district) for code in ("QH-01", "QH-02"))
    session = make_session(now, organisation=first)
    people = [make_person(organisation=place) for place in (first, first, second, second)]
    watching = make_person(organisation=first)
    rooms = [make_room(session, "甲"), make_room(session, "乙")]
    Invigilator.objects.create(room=rooms[0], person=watching)
    plan = arrange(
        session=session,
        organisations=[first, second],
        seats=dict(zip(rooms, (3, 2), strict=True)),
        by=administrator,
        now=now,
    )
    assert [each.person_id for each in plan] == [people[at].pk for at in (0, 2, 1, 3)]
    assert [(each.room_id, each.number) for each in plan] == [
        (rooms[0].pk, 1),
        (rooms[0].pk, 2),
        (rooms[0].pk, 3),
        (rooms[1].pk, 1),
    ]
    with pytest.raises(Refusal, match="2"):
        arrange(
            session=session, organisations=[first, second], seats={rooms[0]: 2}, by=administrator, now=now
        )


# Notices


def test_candidates_are_told_once_and_again_when_something_changed(
    session: ExamSession, administrator: Person, now: datetime
) -> None:
    room = make_room(session, place="301")
    seat, _other = make_seat(room), make_seat(room)

    def announce() -> int:
        return announce_seats(session=session, by=administrator, now=now)

    assert [announce(), announce()] == [2, 0]
    notice = Notice.objects.get(recipient=seat.person)
    assert notice.url == f"/exams/tickets/{seat.pk}/"
    assert "第一考场（301）" in notice.body
    seat.number = 20
    seat.save()
    assert announce() == 1
    assert Notice.objects.filter(recipient=seat.person, read_at=None).count() == 1
    assert entries("hall.seats_announced") == 2
