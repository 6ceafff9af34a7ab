"""Passing: overall, by section and by axis, compared exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.results.passing import Earned, has_passed, parts_of, percent_text, reaches

AXES = {"view": "A@1", "axes": {"professional": "60", "technical": "50"}}


def earned(points: str, most: str, *, section: int = 1, **leaves: str) -> Earned:
    return Earned(section, leaves or {"DIG": "1"}, Decimal(points), Decimal(most))


def told(document: dict[str, Any], *questions: Earned) -> list[tuple[str, ...]]:
    return [
        (part["key"], part["points"], part["max"], part["share"], part["met"])
        for part in (each.as_json() for each in parts_of(document, questions))
    ]


def test_overall_percent_is_compared_exactly() -> None:
    assert reaches(Fraction("59.996"), 100, Decimal(60)) is False
    assert reaches(Fraction(60), 100, Decimal(60)) is True
    assert percent_text(Fraction("0.59996")) == "59.99"


def test_every_section_with_a_percent_of_its_own_must_be_reached() -> None:
    document = {"sections": [{"title": "一", "pass_percent": "50"}, {"title": "二"}, {"pass_percent": 70}]}
    questions = (earned("1", "2"), earned("0", "9", section=2), earned("2", "3", section=3))
    assert told(document, *questions) == [("1", "1", "2", "1/2", True), ("3", "2", "3", "2/3", False)]
    parts = parts_of(document, questions)
    assert has_passed(Decimal(20), questions, parts) is False
    assert has_passed(Decimal(20), questions, parts[:1]) is True


def test_axis_takes_from_each_question_what_touches_its_leaves() -> None:
    questions = (
        earned("4", "4", LAW="0.25", DIG="0.75"),
        earned("0", "1", SWK="1"),
        earned("0", "6", EMP="1"),
    )
    assert told({"pass_axes": AXES}, *questions) == [
        ("professional", "1", "2", "1/2", False),
        ("technical", "3", "3", "1", True),
    ]


def test_thirds_add_up() -> None:
    three = [earned("1", "1", LAW="1", SWK="1", DIG="1") for _each in range(3)]
    assert told({"pass_axes": AXES}, *three) == [
        ("professional", "2", "2", "1", True),
        ("technical", "1", "1", "1", True),
    ]


def test_leaves_frozen_with_the_release_stand_in_place_of_the_views() -> None:
    frozen = {**AXES, "leaves": {"professional": ["DIG"], "technical": ["LAW"]}}
    assert told({"pass_axes": frozen}, earned("1", "2", LAW="1")) == [("technical", "1", "2", "1/2", True)]


def test_axis_of_which_nothing_was_asked_is_left_out() -> None:
    assert told({"pass_axes": AXES}, earned("1", "1", EMP="1")) == []


def test_release_without_sections_and_axes_has_no_parts() -> None:
    assert parts_of({}, [earned("1", "2")]) == ()
    assert has_passed(Decimal(50), [earned("1", "2")], ()) is True


@pytest.mark.parametrize(("points", "met"), [("59.99", False), ("60", True)])
def test_part_at_the_edge(points: str, met: bool) -> None:
    document = {"sections": [{"title": "一", "pass_percent": "60"}]}
    assert [part.met for part in parts_of(document, [earned(points, "100")])] == [met]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.dictionaries(st.sampled_from(["LAW", "SWK", "DIG"]), st.integers(1, 7), min_size=1),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_axes_that_cover_all_leaves_of_a_paper_add_up_to_its_points(questions: list[Any]) -> None:
    paper = [
        Earned(1, {leaf: str(weight) for leaf, weight in leaves.items()}, Decimal(points) / 2, Decimal(10))
        for points, leaves in questions
    ]
    parts = parts_of({"pass_axes": AXES}, paper)
    assert sum(part.points for part in parts) == sum(Fraction(each.points) for each in paper)
    assert sum(part.max for part in parts) == 10 * len(paper)
    assert all(0 <= part.points <= part.max for part in parts)
