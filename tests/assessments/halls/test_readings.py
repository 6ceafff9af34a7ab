"""When two readings of a paper say the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.halls.readings import Run, compared, differing, folded, says_the_same

TEXTS = st.text(alphabet="甲乙a1 ，,。.（(", max_size=30)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("先听，再记。", "先听,再记."),
        ("（1）走访", "(1)走访"),
        ("先 听", "先听"),
        ("a  b\nc", "a b c"),
        ("１２．５", "12.5"),
        (["o1", "o3"], ["o1", "o3"]),
        ({"b1": "12 户"}, {"b1": "12户"}),
        (None, None),
    ],
)
def test_keyboards_make_no_difference(first: Any, second: Any) -> None:
    assert says_the_same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("10²", "102"),
        ("a b", "ab"),
        ("1 2", "12"),
        ("甲", "乙"),
        (["o1", "o3"], ["o3", "o1"]),
        ("o1", None),
        ({"b1": "12"}, {"b1": "12", "b2": "3"}),
    ],
)
def test_another_answer_is_a_difference(first: Any, second: Any) -> None:
    assert not says_the_same(first, second)


def test_only_the_slots_that_differ_are_named() -> None:
    first = {"1": "o1", "2": None, "3": "先听，", "10": ["o1"]}
    second = {"1": "o1", "2": "o2", "3": "先听,", "10": ["o2"]}
    assert differing(first, second) == ("2", "10")


def test_a_comma_is_marked_where_it_is() -> None:
    assert compared("先听后记", "先听，后记") == (
        (Run("先听", False), Run("后记", False)),
        (Run("先听", False), Run("，", True), Run("后记", False)),
    )


def test_texts_that_have_nothing_in_common_are_shown_whole() -> None:
    assert compared("甲乙丙丁", "一二三四丁") == ((Run("甲乙丙丁", True),), (Run("一二三四丁", True),))


@given(TEXTS, TEXTS)
def test_pieces_make_up_both_texts_again(first: str, second: str) -> None:
    mine, theirs = compared(first, second)
    assert ("".join(run.text for run in mine), "".join(run.text for run in theirs)) == (first, second)


@given(TEXTS, TEXTS)
def test_saying_the_same_does_not_depend_on_the_order(first: str, second: str) -> None:
    assert says_the_same(first, second) == says_the_same(second, first)
    assert folded(folded(first)) == folded(first)
    assert says_the_same(first, first)
