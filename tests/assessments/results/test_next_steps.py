"""After a fail: the weakest abilities and lessons for them, as pure reads; the lessons come from registered finders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessments.results import next_steps as steps_of
from assessments.results.next_steps import (
    LessonToTake,
    lessons_for,
    register_lesson_finder,
    weakest_leaves,
)
from assessments.results.passing import Earned
from courses.training import lessons_training


def earned(points: int, **leaves: str) -> Earned:
    return Earned(1, leaves, Decimal(points), Decimal(2))


@pytest.fixture
def finders(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(steps_of, "_finders", found)
    return found


def test_weakest_come_first_and_are_three_at_most() -> None:
    paper = [
        earned(points, **{leaf: "1"})
        for leaf, points in (("LAW", 1), ("DIG", 0), ("EMP", 1), ("SWK", 2), ("POL", 0))
        for _each in range(2)
    ]
    assert [(weak.leaf, weak.percent) for weak in weakest_leaves(paper)] == [
        ("DIG", "0"),
        ("POL", "0"),
        ("LAW", "50"),
    ]


def test_leaf_of_one_question_and_leaf_that_earned_everything_are_no_weakness() -> None:
    paper = [earned(0, LAW="1"), earned(2, DIG="1"), earned(2, DIG="1")]
    assert weakest_leaves(paper) == ()


def test_question_counts_for_each_of_its_leaves_in_proportion() -> None:
    paper = [earned(0, LAW="0.75", DIG="0.25"), earned(2, LAW="0.25", DIG="0.75")]
    assert [(weak.leaf, weak.percent, weak.questions) for weak in weakest_leaves(paper)] == [
        ("LAW", "25", 2),
        ("DIG", "75", 2),
    ]


def lesson(name: str, *leaves: str) -> LessonToTake:
    return LessonToTake(name, f"/{name}/", frozenset(leaves))


def test_every_leaf_gets_a_lesson_before_one_gets_a_second(finders: list[Any]) -> None:
    lessons = [
        lesson("a", "LAW"),
        lesson("b", "LAW"),
        lesson("c", "DIG"),
        lesson("d", "LAW"),
        lesson("e", "LAW"),
    ]
    finders.append(lambda leaves: lessons)
    assert [each.title for each in lessons_for(["LAW", "DIG"])] == ["a", "c", "b", "d"]


def test_without_a_weakness_no_finder_is_asked(finders: list[Any]) -> None:
    finders.append(lambda leaves: pytest.fail("asked"))
    assert lessons_for([]) == ()


def test_finder_registered_twice_is_one(finders: list[Any]) -> None:
    for _time in range(2):
        register_lesson_finder(lessons_training)
    assert finders == [lessons_training]


def test_site_knows_the_lessons_of_courses() -> None:
    assert lessons_training in steps_of._finders
