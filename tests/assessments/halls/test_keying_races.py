"""Many type one paper in at once: one reading a round, one sitting. SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from assessments.halls import keying
from assessments.halls.copies import register_copies
from assessments.halls.keying import key_in
from assessments.inquiries import findings
from assessments.inquiries.findings import object_to, record_finding
from assessments.models import AnswerEntry, Attempt, Inquiry, Keying, PaperCopy, Result, Verdict
from core.errors import Refusal
from core.models import AuditEntry
from core.once import new_key
from people.models import Notice, Person, Role
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.inquiries.making import make_sitting
from tests.assessments.making import make_exam
from tests.assessments.test_races import at_once, slowed
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RIGHT = {1: ["o2"], 2: ["o1", "o3"]}


def administrators(many: int) -> list[Person]:
    return [make_person(roles=(Role.ADMINISTRATOR,)) for _person in range(many)]


def printed(by: Person, now: datetime) -> PaperCopy:
    make_exam()
    seat = make_seat(make_room(make_session(now)))
    return register_copies(room=seat.room, by=by, now=now).copies[0]


def said(call: Any) -> str:
    """What became of a call: the code of a refusal, or “stored”."""
    try:
        call()
    except Refusal as refusal:
        return refusal.code
    return "stored"


def test_of_many_second_readers_one_is_taken_and_one_sitting_is_made(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = administrators(6)
    copy = printed(first, now)
    key_in(copy=copy, round=1, answers=RIGHT, by=first, now=now)
    slowed(monkeypatch, keying, "progress_of")
    number = count()
    outcomes = at_once(
        lambda: said(lambda: key_in(copy=copy, round=2, answers=RIGHT, by=others[next(number)], now=now)),
        calls=5,
        connections=5,
    )
    assert outcomes == ["stored"] * 5  # the slower ones find the paper typed in
    counts = (Keying, Attempt, Result)
    assert [model.objects.count() for model in counts] == [2, 1, 1]
    assert AnswerEntry.objects.count() == 2
    assert Notice.objects.filter(source_key__startswith="paper:").count() == 1


def test_of_many_first_readers_one_is_taken_and_the_others_are_told(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = administrators(5)
    copy = printed(people[0], now)
    slowed(monkeypatch, keying, "progress_of")
    number = count()
    outcomes = at_once(
        lambda: said(lambda: key_in(copy=copy, round=1, answers=RIGHT, by=people[next(number)], now=now)),
        calls=5,
        connections=5,
    )
    assert sorted(outcomes) == ["round"] * 4 + ["stored"]
    assert Keying.objects.count() == AuditEntry.objects.filter(action="paper.keyed").count() == 1


def test_a_double_click_is_one_reading(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    (by,) = administrators(1)
    copy = printed(by, now)
    slowed(monkeypatch, keying, "progress_of")
    at_once(
        lambda: key_in(copy=copy, round=1, answers=RIGHT, by=by, now=now),
        calls=5,
        connections=5,
    )
    assert Keying.objects.count() == 1


def test_a_room_printed_twice_at_once_has_one_paper_a_seat(now: datetime) -> None:
    (by,) = administrators(1)
    make_exam()
    room = make_room(make_session(now))
    for _seat in range(3):
        make_seat(room)
    made = at_once(lambda: register_copies(room=room, by=by, now=now).copies, calls=4, connections=4)
    assert PaperCopy.objects.count() == 3
    assert {tuple(copy.code for copy in copies) for copies in made} == {
        tuple(PaperCopy.objects.order_by("seat__number").values_list("code", flat=True))
    }


def test_findings_and_objections_are_stored_once_however_often_they_are_sent(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (by,) = administrators(1)
    make_exam()
    attempt, key = make_sitting(now), new_key()
    verdict, text = Verdict.NOTED, "三次切到别的窗口。"
    slowed(monkeypatch, findings, "may_look")
    at_once(
        lambda: record_finding(attempt=attempt, verdict=verdict, text=text, by=by, now=now, key=key),
        calls=5,
        connections=5,
    )
    inquiry = Inquiry.objects.get()
    at_once(
        lambda: object_to(inquiry=inquiry, text="我在接电话。", by=attempt.person, now=now),
        calls=5,
        connections=5,
    )
    actions = AuditEntry.objects.filter(action__startswith="inquiry.").values_list("action", flat=True)
    assert sorted(actions) == ["inquiry.found", "inquiry.objected"]
