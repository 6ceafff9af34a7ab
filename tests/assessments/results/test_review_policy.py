"""What a candidate may look at, and when: the decision by itself, then over real exams, windows and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.attempts import submit_attempt
from assessments.exams.settings import (
    ALL_SHOWN,
    PRACTICE_REVIEW,
    TELLING,
    USUAL_REVIEW,
    ExamSettings,
    Phase,
    Shown,
)
from assessments.models import (
    Accommodation,
    Attempt,
    ExamRoom,
    ExamSession,
    RequestStatus,
    Seat,
)
from assessments.results.grading import with_results
from assessments.results.review_policy import Look, Situation, look_at, read_situation, when
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_submitted
from tests.factories import make_organisation, make_person

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ANSWERS_AND_MARKS = {Shown.ANSWER, Shown.MARK}


def situation(**fields: Any) -> Situation:
    usual = {"complete": True, "passed": False, "sits_again": False, "way_in": True}
    return Situation(**{**usual, **fields})


def shown(review: Mapping[Phase, frozenset[Shown]] = USUAL_REVIEW, **fields: Any) -> set[Shown]:
    now = fields.pop("now", datetime.fromisoformat("2026-05-03T11:00:00+08:00"))
    return set(look_at(review, situation(**fields), now=now).shown)


NOON = datetime.fromisoformat("2026-05-03T12:00:00+08:00")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ANSWERS_AND_MARKS),
        ({"passed": True}, ALL_SHOWN),
        ({"way_in": False}, ALL_SHOWN),
        ({"passed": True, "sits_again": True}, ANSWERS_AND_MARKS),
        ({"complete": False, "way_in": False}, ANSWERS_AND_MARKS),
        ({"passed": True, "window_ends_at": NOON}, ANSWERS_AND_MARKS),
        ({"passed": True, "window_ends_at": NOON, "now": NOON}, ALL_SHOWN),
        ({"passed": True, "window_ends_at": NOON, "now": NOON, "others_sit": True}, ANSWERS_AND_MARKS),
        ({"window_ends_at": NOON, "now": NOON}, ANSWERS_AND_MARKS),
        ({"window_ends_at": NOON, "now": NOON, "way_in": False}, ALL_SHOWN),
    ],
)
def test_usual_policy(fields: dict[str, Any], expected: set[Shown]) -> None:
    assert shown(**fields) == set(expected)


def test_practice_shows_everything_with_its_result_and_nothing_telling_before() -> None:
    assert shown(PRACTICE_REVIEW) == set(ALL_SHOWN)
    assert shown(PRACTICE_REVIEW, complete=False) == ANSWERS_AND_MARKS
    assert shown(PRACTICE_REVIEW, sits_again=True) == ANSWERS_AND_MARKS


@given(
    st.fixed_dictionaries({phase: st.frozensets(st.sampled_from(Shown)) for phase in Phase}),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_nothing_shows_that_no_phase_names_and_no_key_while_it_is_sat_again(
    review: dict[Phase, frozenset[Shown]], passed: bool, way_in: bool, others: bool
) -> None:
    for sits_again, ends_at in product((True, False), (None, NOON)):
        found = shown(
            review,
            passed=passed,
            way_in=way_in,
            others_sit=others,
            sits_again=sits_again,
            window_ends_at=ends_at,
            now=NOON + MINUTE,
        )
        assert found <= review[Phase.SUBMITTED] | review[Phase.CLOSED]
        assert not (sits_again and found & TELLING)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sits_again": True}, "你正在重考这场考试，暂时看不到：正确答案、解析。"),
        ({"window_ends_at": NOON + MINUTE}, "2026年5月3日 12:01 考试结束后，可以在这里看：正确答案、解析。"),
        (
            {"window_ends_at": NOON, "others_sit": True},
            "最后一位考生交卷后，可以在这里看：正确答案、解析。",
        ),
        ({"complete": False}, "成绩出来后，可以在这里看：正确答案、解析。"),
        ({}, "考试通过后，或考试次数用完后，可以在这里看：正确答案、解析。"),
        ({"passed": True}, ""),
    ],
)
def test_what_is_held_back_says_when_it_will_show(fields: dict[str, Any], words: str) -> None:
    assert when(look_at(USUAL_REVIEW, situation(**fields), now=NOON), now=NOON) == words


def test_exam_that_never_shows_anything_says_so() -> None:
    nothing = {phase: frozenset[Shown]() for phase in Phase}
    assert when(look_at(nothing, situation(), now=NOON), now=NOON) == "这场考试只公布结果，不再公布别的内容。"


def test_phase_that_a_release_does_not_name_is_as_usual() -> None:
    document = {"minutes": 1, "pass_percent": "60", "review": {"submitted": ["mark"]}}
    review = ExamSettings.of(document).review
    assert review[Phase.SUBMITTED] == {Shown.MARK}
    assert (review[Phase.CLOSED], review[Phase.DURING]) == (ALL_SHOWN, frozenset())


def test_feedback_after_each_question_tells_mark_key_and_explanation_unless_a_release_says_otherwise() -> (
    None
):
    document = {"minutes": 1, "pass_percent": "60", "feedback": "each"}
    assert ExamSettings.of(document).review[Phase.DURING] == {Shown.MARK, Shown.KEY, Shown.EXPLANATION}
    told = ExamSettings.of({**document, "review": {"during": ["mark"]}}).review[Phase.DURING]
    assert told == {Shown.MARK}


def look(attempt: Attempt, now: datetime) -> Look:
    sittings = list(with_results(Attempt.objects.filter(person=attempt.person, exam_key=attempt.exam_key)))
    newest = attempt.results.latest("number")
    _candidacy, known = read_situation(attempt, newest, sittings, now=now)
    return look_at(ExamSettings.of(attempt.exam_version.document).review, known, now=now)


def blank(person: Person, now: datetime, key: str = "base") -> Attempt:
    """Handed in without an answer: failed."""
    return submit_attempt(attempt_id=make_attempt(person, key, now=now).pk, by=person, now=now)


@pytest.mark.django_db
def test_without_a_window_keys_wait_until_no_attempt_is_left_extra_ones_included(
    person: Person, now: datetime
) -> None:
    make_exam(max_attempts=1)
    attempt = blank(person, now)
    assert look(attempt, now).keys is True
    Accommodation.objects.create(
        person=person, status=RequestStatus.GRANTED, extra_attempts=1, requested_at=now, decided_at=now
    )
    assert look(attempt, now).keys is False
    blank(person, now)
    assert look(attempt, now).keys is True


@pytest.mark.django_db
def test_release_that_allows_more_or_fewer_attempts_buys_no_key(person: Person, now: datetime) -> None:
    make_exam(max_attempts=2)
    attempt = blank(person, now)
    make_exam(max_attempts=1)
    assert look(attempt, now).keys is False
    make_exam(max_attempts=3)
    blank(person, now)
    assert look(attempt, now).keys is False


@pytest.mark.django_db
def test_keys_are_hidden_while_the_same_person_sits_again(person: Person, now: datetime) -> None:
    make_exam()
    attempt = make_submitted(person, now=now)
    assert look(attempt, now).keys is True
    make_attempt(person, now=now)
    assert look(attempt, now).keys is False


@pytest.mark.django_db
@pytest.mark.parametrize("grading", ["last", "average"])
def test_sitting_that_passed_shows_no_key_while_the_grade_does_not_pass(
    grading: str, person: Person, now: datetime
) -> None:
    """What counts will be sat once more."""
    make_exam(grading=grading, types=("single",))
    for day in range(2):
        blank(person, now + day * DAY)
    attempt = make_submitted(person, now=now + 2 * DAY)
    assert look(attempt, now + 2 * DAY).keys is (grading == "last")
    blank(person, now + 3 * DAY)
    assert look(attempt, now + 3 * DAY).keys is False


@pytest.mark.django_db
def test_window_keeps_keys_from_everybody_until_it_is_over_and_the_last_has_handed_in(
    person: Person, now: datetime
) -> None:
    closes_at = now + 30 * MINUTE
    make_exam(opens_at=(now - MINUTE).isoformat(), closes_at=closes_at.isoformat())
    attempt = make_submitted(person, now=now)
    slow = make_attempt(make_person(), now=now)
    Attempt.objects.filter(pk=slow.pk).update(deadline_at=closes_at + 10 * MINUTE)
    assert look(attempt, closes_at - MINUTE).keys is False
    assert look(attempt, closes_at).keys is False
    submit_attempt(attempt_id=slow.pk, by=slow.person, now=closes_at + 5 * MINUTE)
    assert look(attempt, closes_at + 5 * MINUTE).keys is True


@pytest.mark.django_db
def test_whoever_failed_sees_keys_after_the_window_unless_it_opens_again(
    person: Person, now: datetime
) -> None:
    closes_at = now + 30 * MINUTE
    make_exam(closes_at=closes_at.isoformat())
    attempt = blank(person, now)
    assert look(attempt, closes_at).keys is True
    make_exam(closes_at=(closes_at + 90 * MINUTE).isoformat())
    assert look(attempt, closes_at).keys is False


def seat_in(person: Person, opens_at: datetime, closes_at: datetime, number: int = 1) -> Seat:
    session = ExamSession.objects.create(
        exam_key="base",
        title=f"场次{number}",
        organisation=make_organisation(),
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=opens_at,
    )
    room = ExamRoom.objects.create(session=session, name="一")
    return Seat.objects.create(
        session=session,
        room=room,
        person=person,
        number=number,
        ticket_number=f"T{session.pk.hex[:8]}{number}",
    )


@pytest.mark.django_db
def test_session_stands_in_place_of_the_window_and_waits_for_one_that_overlaps(
    person: Person, now: datetime
) -> None:
    make_exam(seats_only=True)
    seat_in(person, now - MINUTE, now + 30 * MINUTE)
    attempt = make_submitted(person, now=now)
    assert attempt.seat is not None
    assert look(attempt, now + 29 * MINUTE).keys is False
    assert look(attempt, now + 30 * MINUTE).keys is True
    seat_in(make_person(), now + 20 * MINUTE, now + 60 * MINUTE, 2)
    assert look(attempt, now + 30 * MINUTE).keys is False
    assert look(attempt, now + 60 * MINUTE).keys is True


@pytest.mark.django_db
def test_seat_in_a_later_session_keeps_the_keys_from_whoever_failed(person: Person, now: datetime) -> None:
    make_exam(seats_only=True)
    seat_in(person, now - MINUTE, now + 30 * MINUTE)
    attempt = blank(person, now)
    seat_in(person, now + 90 * MINUTE, now + 120 * MINUTE, 2)
    assert look(attempt, now + 31 * MINUTE).keys is False
    assert look(attempt, now + 121 * MINUTE).keys is True


@pytest.mark.django_db
def test_situation_is_read_in_as_many_queries_at_one_and_at_three_sittings(
    person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    make_exam(closes_at=(now + 90 * MINUTE).isoformat())
    for _number in range(2):
        attempt = make_submitted(person, now=now)
        sittings = list(with_results(Attempt.objects.filter(person=person)))
        newest = attempt.results.get()
        with django_assert_num_queries(2):
            read_situation(attempt, newest, sittings, now=now)
        make_submitted(person, now=now)
    assert newest.points == Decimal(4)
