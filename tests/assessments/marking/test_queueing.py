"""Whose answers one may mark, in which order they come, and what waits by question."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.marking.leasing import take_scripts
from assessments.marking.plans import PlanTerms, set_plan
from assessments.marking.queueing import (
    attempts_to_mark,
    attempts_within_reach,
    free_scripts,
    questions_to_mark,
)
from assessments.models import Answer
from people.models import Organisation, Person, Role
from people.roles import grant_role
from tests.assessments.making import make_exam, make_submitted
from tests.assessments.marking.scripts import (
    TWICE,
    answer_of,
    item_of,
    make_marker,
    make_papers,
    make_written,
    mark,
)
from tests.factories import LONG_AGO, LONG_AGO_AT, make_organisation, make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def community(code: str) -> Organisation:
    return make_organisation(code, make_organisation("QH-01", make_organisation()))


def examiner_over_district(works_in: Organisation) -> Person:
    marker = make_person(organisation=works_in)
    grant_role(
        person=marker,
        role=Role.EXAMINER,
        organisation=make_organisation(),
        since_on=LONG_AGO,
        by=None,
        now=LONG_AGO_AT,
    )
    return marker


def scripts(marker: Person, at: datetime) -> list[Answer]:
    return list(free_scripts(marker, at=at))


def test_own_community_is_out_though_the_role_covers_it(now: datetime) -> None:
    make_exam(types=("short_answer",))
    home, next_door = community("QH-0101"), community("QH-0102")
    marker = examiner_over_district(home)
    make_submitted(make_person(organisation=home), now=now)
    other = make_submitted(make_person(organisation=next_door), now=now)
    assert list(attempts_to_mark(marker, at=now)) == [other]


def test_colleagues_of_the_district_office_are_no_community(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    assert list(attempts_to_mark(make_marker(), at=now)) == [attempt]


def test_papers_stay_within_reach_when_their_result_is_out(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    marker = make_marker()
    mark(attempt, marker, now)
    assert list(attempts_to_mark(marker, at=now)) == []
    assert list(attempts_within_reach(marker, at=now)) == [attempt]


def test_second_round_is_for_another_marker(now: datetime) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    one, two = make_marker(), make_marker()
    mark(attempt, one, now)
    assert (scripts(one, now), scripts(two, now)) == ([], [answer_of(attempt)])
    assert [each.wanted for each in free_scripts(two, at=now)] == [2]


def test_script_in_another_hand_is_not_free_until_its_time_is_over(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    one, two = make_marker(), make_marker()
    take_scripts(marker=one, item=item_of(attempt), now=now)
    assert (scripts(one, now), scripts(two, now)) == ([answer_of(attempt)], [])
    assert scripts(two, now + timedelta(hours=4)) == [answer_of(attempt)]


def test_order_is_the_same_for_all_and_differs_between_questions(now: datetime) -> None:
    """By chance both questions have the same order once in 40 320 runs."""
    make_exam(types=("short_answer", "short_answer"))
    make_papers(8, now)
    one, two = make_marker(), make_marker()

    def order(marker: Person, slot: int) -> list[Any]:
        return list(free_scripts(marker, at=now).filter(slot=slot).values_list("attempt", flat=True))

    assert (order(one, 1), order(one, 2)) == (order(two, 1), order(two, 2))
    assert set(order(one, 1)) == set(order(one, 2))
    assert order(one, 1) != order(one, 2)


def test_questions_say_what_waits_what_is_in_hand_and_what_the_quota_leaves(now: datetime) -> None:
    make_exam(types=("single", "short_answer", "short_answer"))
    first, second = make_papers(1, now - timedelta(hours=2)) + make_papers(1, now - timedelta(hours=1))
    marker, admin = make_marker(), make_person(roles=(Role.ADMINISTRATOR,))
    due_at = now + timedelta(days=3)
    set_plan(exam_key="base", terms=PlanTerms(quota=3, due_at=due_at), by=admin, now=now)
    mark(first, marker, now, slot=2)
    take_scripts(marker=marker, item=item_of(first, 3), now=now, count=1)
    loads = questions_to_mark(marker, at=now)
    assert [(each.item, each.waiting, each.in_hand, each.oldest_at) for each in loads] == [
        (item_of(first, 3), 2, 1, first.submitted_at),
        (item_of(first, 2), 1, 0, second.submitted_at),
    ]
    assert [(each.left, each.due_at) for each in loads] == [(2, due_at)] * 2


def test_questions_take_the_same_queries_at_one_and_at_three(
    now: datetime, django_assert_num_queries: Any
) -> None:
    make_written(now=now)
    marker = make_marker()
    with django_assert_num_queries(5):
        assert len(questions_to_mark(marker, at=now)) == 1
    for key in ("one", "two"):
        make_written(3, now=now, key=key)
    with django_assert_num_queries(5):
        assert len(questions_to_mark(marker, at=now)) == 3
