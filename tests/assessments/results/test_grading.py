"""The grade over several sittings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.exams.settings import Grading
from assessments.results.grading import Outcome, grade_of, read_grade
from people.models import Person
from tests.assessments.making import make_attempt, make_exam, make_question, make_submitted
from tests.factories import make_person

START = datetime(2026, 5, 1, tzinfo=UTC)


def outcome(number: int, points: str | None, grading: Grading = Grading.BEST, **fields: Any) -> Outcome:
    values: dict[str, Any] = {
        "attempt_id": UUID(int=number),
        "started_at": START + timedelta(days=number),
        "awaits_marks": points is None,
        "points": None if points is None else Decimal(points),
        "max_points": None if points is None else Decimal(100),
        "passed": None if points is None else Decimal(points) >= 60,
        "parts": (),
        "grading": grading,
        "pass_percent": Decimal(60),
        **fields,
    }
    return Outcome(**values)


def told(outcomes: list[Outcome]) -> tuple[Any, ...] | None:
    grade = grade_of(outcomes)
    return grade and (grade.percent, grade.passed, [each.int for each in grade.counted])


@pytest.mark.parametrize(
    ("grading", "expected"),
    [
        (Grading.BEST, ("80", True, [2])),
        (Grading.LAST, ("59", False, [3])),
        (Grading.FIRST, ("40", False, [1])),
        (Grading.AVERAGE, ("59.66", False, [1, 2, 3])),
    ],
)
def test_each_way_of_grading(grading: Grading, expected: Any) -> None:
    sittings = [outcome(3, "59", grading), outcome(1, "40", grading), outcome(2, "80", grading)]
    assert told(sittings) == expected


def test_best_is_one_that_passed_even_where_another_has_more_points() -> None:
    assert told([outcome(1, "90", passed=False), outcome(2, "70"), outcome(3, "70")]) == ("70", True, [2])


def test_no_grade_before_a_result() -> None:
    assert grade_of([]) is None
    assert grade_of([outcome(1, None)]) is None


def test_sitting_that_awaits_marks_is_said_and_does_not_count() -> None:
    for grading in Grading:
        grade = grade_of([outcome(1, "70", grading), outcome(2, None, grading)])
        assert grade
        assert (grade.percent, grade.sittings, grade.awaiting) == ("70", 1, 1)


def test_terms_are_those_of_the_release_last_sat() -> None:
    assert told([outcome(1, "90", Grading.BEST), outcome(2, "10", Grading.LAST)]) == ("10", False, [2])


def test_average_passes_exactly_at_the_mark_and_not_below_it() -> None:
    average = Grading.AVERAGE
    assert told([outcome(1, "50", average), outcome(2, "70", average)]) == ("60", True, [1, 2])
    assert told([outcome(1, "50", average), outcome(2, "69.99", average)]) == ("59.99", False, [1, 2])


def test_average_must_reach_every_part_on_average() -> None:
    def with_share(number: int, share: str) -> Outcome:
        part = {"kind": "section", "key": "1", "title": "法规", "share": share, "need": "60"}
        return outcome(number, "80", Grading.AVERAGE, parts=(part,))

    assert told([with_share(1, "1/3"), with_share(2, "13/15")]) == ("80", True, [1, 2])
    assert told([with_share(1, "1/3"), with_share(2, "4/5")]) == ("80", False, [1, 2])
    grade = grade_of([with_share(1, "1/3"), with_share(2, "4/5")])
    assert grade
    assert grade.short == ("法规",)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.sampled_from(Grading))
def test_grade_lies_between_the_worst_and_the_best_whatever_the_order(
    points: list[int], how: Grading
) -> None:
    sittings = [outcome(number, str(each), how) for number, each in enumerate(points, start=1)]
    grade = grade_of(sittings)
    assert grade == grade_of(sittings[::-1])
    assert grade is not None
    assert min(points) <= Decimal(grade.percent) <= max(points)


@pytest.mark.django_db
def test_grade_is_read_in_one_query_at_one_and_at_three_sittings(
    person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    make_exam(types=("single", "single"), grading="average")
    make_submitted(make_person(), now=now)
    for _number in range(2):
        make_submitted(person, now=now)
        with django_assert_num_queries(1):
            grade = read_grade(person, "base")
        assert grade
        assert (grade.percent, grade.passed) == ("100", True)
        make_submitted(person, now=now)
    make_attempt(person, now=now)
    assert read_grade(person, "none") is None


@pytest.mark.django_db
def test_paper_that_waits_for_marks_is_in_the_grade_as_waiting(person: Person, now: datetime) -> None:
    make_question("W", "short_answer")
    make_exam()
    make_submitted(person, now=now)
    make_exam(types=(), questions=[{"key": "W", "points": 2}])
    make_submitted(person, now=now)
    grade = read_grade(person, "base")
    assert grade
    assert (grade.percent, grade.sittings, grade.awaiting) == ("100", 1, 1)
