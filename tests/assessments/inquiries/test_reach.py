"""Whose sittings one may look at, and how much of them; what is worth a look comes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.inquiries.boards import inquiry_lines, sittings_to_look_at, span
from assessments.inquiries.reach import Lens, lens_for, sittings_within_reach
from assessments.inquiries.timelines import timeline_of
from assessments.models import REHEARSAL, Attempt, EventKind, Incident, IncidentKind, Inquiry, Verdict
from people.grants import open_grant
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session
from tests.assessments.inquiries.making import hold, make_sitting, note
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def lenses(attempt: Attempt, people: dict[str, Person], now: datetime) -> dict[str, Lens]:
    found = {
        who: sittings_within_reach(person, at=now).filter(pk=attempt.pk) for who, person in people.items()
    }
    return {who: lens_for(sittings.get()) for who, sittings in found.items() if sittings.exists()}


def everybody(attempt: Attempt, now: datetime) -> dict[str, Person]:
    elsewhere = make_organisation("QH-99", make_organisation())
    mentor = make_person(roles=(Role.EXAMINER,))
    open_grant(viewer=mentor, subject=attempt.person, kind="mentor", reason="x", now=now)
    assert attempt.seat is not None
    both = make_person(roles=(Role.EXAMINER, Role.INVIGILATOR))
    return {
        "administrator": make_person(roles=(Role.ADMINISTRATOR,)),
        "examiner": make_person(roles=(Role.EXAMINER,)),
        "invigilator": make_invigilator(attempt.seat.room),
        "invigilator who examines": make_invigilator(attempt.seat.room, both),
        "invigilator next door": make_invigilator(make_room(attempt.seat.session, "第二考场")),
        "mentor": mentor,
        "administrator elsewhere": make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR,)),
        "author": make_person(roles=(Role.AUTHOR,)),
        "candidate": attempt.person,
    }


def seated(now: datetime, **exam: Any) -> Attempt:
    make_exam("base", **exam)
    seat = make_seat(make_room(make_session(now)))
    return make_sitting(now, seat.person, seat=seat)


def test_everybody_sees_what_their_part_in_it_needs(now: datetime) -> None:
    attempt = seated(now)
    assert lenses(attempt, everybody(attempt, now), now) == {
        "administrator": Lens(names=True, answers=True),
        "examiner": Lens(names=False, answers=True),
        "invigilator": Lens(names=True, answers=False),
        "invigilator who examines": Lens(names=False, answers=True),
    }


def test_examiners_see_names_where_the_exam_is_marked_with_open_names(now: datetime) -> None:
    attempt = seated(now, anonymous_marking=False)
    found = lenses(attempt, {"examiner": make_person(roles=(Role.EXAMINER,))}, now)
    assert found == {"examiner": Lens(names=True, answers=True)}


def test_invigilators_look_for_a_day(now: datetime) -> None:
    attempt = seated(now)
    assert attempt.seat is not None
    person, closes = make_invigilator(attempt.seat.room), attempt.seat.session.closes_at
    seen = [
        sittings_within_reach(person, at=at).exists()
        for at in (closes + timedelta(hours=23), closes + timedelta(hours=25))
    ]
    assert seen == [True, False]


def test_practice_and_rehearsals_are_nobodys_business(now: datetime) -> None:
    make_exam("practised", practice=True)
    make_sitting(now, exam_key="practised")
    make_exam("base")
    rehearsed = make_sitting(now)
    Attempt.objects.filter(pk=rehearsed.pk).update(exam_key=REHEARSAL)
    viewer = make_person(roles=(Role.ADMINISTRATOR,))
    assert list(sittings_within_reach(viewer, at=now)) == []


@pytest.mark.parametrize(
    ("kind", "times", "detail", "listed"),
    [
        (EventKind.HIDDEN, 2, {}, False),
        (EventKind.HIDDEN, 3, {}, True),
        (EventKind.SHOWN, 1, {"seconds": 59}, False),
        (EventKind.SHOWN, 1, {"seconds": 60}, True),
        (EventKind.OFFLINE, 9, {}, False),
        (EventKind.PASTED, 1, {"characters": 5}, True),
        (EventKind.MOVED, 1, {}, True),
        (EventKind.FENCED, 1, {}, True),
        (EventKind.EXTENDED, 1, {"minutes": 9}, False),
    ],
)
def test_what_is_worth_a_look(
    now: datetime, kind: EventKind, times: int, detail: dict[str, int], listed: bool
) -> None:
    make_exam()
    attempt = make_sitting(now)
    note(attempt, kind, now, times=times, **detail)
    viewer = make_person(roles=(Role.ADMINISTRATOR,))
    assert sittings_to_look_at(viewer, at=now).exists() is listed


def test_what_is_old_is_left_alone_unless_somebody_waits(now: datetime) -> None:
    make_exam()
    long_ago = now - timedelta(days=120)
    pasted, waiting = make_sitting(long_ago), make_sitting(long_ago)
    for attempt in (pasted, waiting):
        note(attempt, EventKind.PASTED, long_ago, characters=9)
    hold(waiting, now)
    viewer = make_person(roles=(Role.ADMINISTRATOR,))
    assert list(sittings_to_look_at(viewer, at=now)) == [waiting]


def test_an_open_sitting_is_not_looked_at_yet(now: datetime) -> None:
    make_exam()
    attempt = make_attempt(make_person(), now=now)
    note(attempt, EventKind.PASTED, now, characters=9)
    hold(attempt, now)
    assert list(sittings_to_look_at(make_person(roles=(Role.ADMINISTRATOR,)), at=now)) == []


def test_those_who_wait_come_first_and_what_was_looked_at_last(now: datetime) -> None:
    make_exam()
    looked, new, waits, objected = (make_sitting(now) for _each in range(4))
    for attempt in (looked, new, waits, objected):
        note(attempt, EventKind.PASTED, now, characters=9)
    finder = make_person()
    for attempt, fields in ((looked, {}), (objected, {"objection": "不对。", "objected_at": now})):
        Inquiry.objects.create(
            attempt=attempt, verdict=Verdict.CLEAR, found_by=finder, found_at=now, **fields
        )
    hold(waits, now)
    viewer = make_person(roles=(Role.ADMINISTRATOR,))
    assert list(sittings_to_look_at(viewer, at=now)) == [objected, waits, new, looked]


def test_lines_are_counts_and_times_in_words_whatever_a_page_sent(now: datetime) -> None:
    make_exam()
    attempt = make_sitting(now)
    note(attempt, EventKind.HIDDEN, now, times=3)
    for seconds in (70, 5, "abc", -7, True, None):
        note(attempt, EventKind.SHOWN, now, seconds=seconds)
    note(attempt, EventKind.PASTED, now, times=2)
    note(attempt, EventKind.MOVED, now)
    (line,) = inquiry_lines(list(sittings_to_look_at(make_person(roles=(Role.EXAMINER,)), at=now)))
    assert line.who == f"考生 {attempt.candidate_number}"
    assert line.facts == ("3 次切到别处，共 1 分 15 秒", "粘贴 2 次", "换登录或设备 1 次")


def test_a_list_takes_as_many_queries_for_three_as_for_one(
    now: datetime, django_assert_num_queries: Any
) -> None:
    make_exam()
    viewer = make_person(roles=(Role.ADMINISTRATOR,))
    for _each in range(3):
        note(make_sitting(now), EventKind.PASTED, now, characters=9)
    for some in (slice(1), slice(3)):
        with django_assert_num_queries(3):
            assert inquiry_lines(list(sittings_to_look_at(viewer, at=now)[some]))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 秒"), (59, "59 秒"), (60, "1 分钟"), (185, "3 分 5 秒"), (-1, "0 秒")]
)
def test_spans_are_told_in_minutes_and_seconds(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_a_timeline_has_journal_deadline_and_incidents_in_order(now: datetime) -> None:
    attempt = seated(now)
    assert attempt.seat is not None
    Incident.objects.create(
        room=attempt.seat.room,
        seat=attempt.seat,
        kind=IncidentKind.EQUIPMENT,
        text="许知秋换了键盘",
        recorded_by=make_person(),
        recorded_at=now - timedelta(seconds=30),
    )
    note(attempt, EventKind.SHOWN, now - timedelta(seconds=20), slot=2, seconds=75, other="<b>x</b>")
    note(attempt, EventKind.EXTENDED, now - timedelta(seconds=10), minutes=5)
    moments = timeline_of(attempt, texts=True)
    assert [(moment.title, moment.note) for moment in moments] == [
        ("开始作答", ""),
        ("监考：设备或网络", "许知秋换了键盘"),
        ("回到试卷", "离开 1 分 15 秒，第 2 题"),
        ("延长时间", "5 分钟"),
        ("已交卷", "考生"),
    ]
    assert [moment.note for moment in timeline_of(attempt, texts=False)][1] == ""


def test_the_end_of_the_time_is_told_as_planned_until_it_has_come(now: datetime) -> None:
    make_exam()
    attempt = make_sitting(now)
    for submitted_at, told in (
        (None, ["原定截止"]),
        (attempt.deadline_at - timedelta(seconds=1), []),
        (attempt.deadline_at, ["时间到"]),
    ):
        attempt.submitted_at = submitted_at
        titles = [moment.title for moment in timeline_of(attempt, texts=False)]
        assert [title for title in titles if title in ("原定截止", "时间到")] == told


def test_a_page_whose_clock_is_far_off_is_quoted(now: datetime) -> None:
    make_exam()
    attempt = make_sitting(now)
    for apart in (10, 300):
        attempt.events.create(
            kind=EventKind.HIDDEN, happened_at=now, said_at=now - timedelta(seconds=apart), detail={}
        )
    said = [moment.said_at for moment in timeline_of(attempt, texts=False)]
    assert [each for each in said if each] == [now - timedelta(seconds=300)]


def test_a_timeline_takes_two_queries_however_long_it_is(
    now: datetime, django_assert_num_queries: Any
) -> None:
    attempt = seated(now)
    for _time in range(2):
        note(attempt, EventKind.HIDDEN, now, times=3)
        with django_assert_num_queries(2):
            timeline_of(attempt, texts=True)
