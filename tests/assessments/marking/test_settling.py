"""Which marks count: rounds, agreement, adjudication, rechecks, imports, marks taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.marking.settling import Given, Round, Rules, Settlement, may_give, settle
from assessments.models import MarkRound

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in range(1, 5))
ONCE, TWICE = Rules(), Rules(double=True, tolerance=Decimal(2))
numbers = count(1)


def mark(marker: UUID, round: int = 1, points: str = "1", **said: Any) -> Given:
    values = {"marks": {"c1": points}, "penalty": "0", "given_at": datetime(2026, 11, 1, tzinfo=UTC), **said}
    return Given(id=next(numbers), marker=marker, round=round, points=Decimal(points), **values)


def taken_back(of: Given) -> Given:
    return mark(of.marker, of.round, str(of.points), undoes=of.id)


def points(*marks: Given, rules: Rules = TWICE) -> Decimal | None:
    standing = settle(marks, rules).standing
    return standing.points if standing else None


def test_rounds_are_those_of_the_database() -> None:
    assert {each.value for each in Round} == set(MarkRound.values)


def test_an_answer_without_marks_wants_the_first_round() -> None:
    assert [settle((), rules) for rules in (ONCE, TWICE)] == [Settlement(None, Round.FIRST)] * 2


def test_once_the_newest_first_mark_counts() -> None:
    assert points(mark(ONE, points="1"), mark(ONE, points="2"), rules=ONCE) == 2


def test_twice_one_mark_is_not_enough_and_says_which_round_is_wanted() -> None:
    assert settle([mark(ONE)], TWICE).wanted == Round.SECOND
    assert settle([mark(TWO, 2)], TWICE).wanted == Round.FIRST


@pytest.mark.parametrize(
    ("second", "expected", "wanted"),
    [("6", "6", None), ("8", "7", None), ("7.5", "6.75", None), ("8.5", None, Round.THIRD)],
)
def test_two_that_agree_come_to_their_mean_and_never_to_the_higher(
    second: str, expected: str | None, wanted: Round | None
) -> None:
    settled = settle([mark(ONE, 1, "6"), mark(TWO, 2, second)], TWICE)
    assert settled.wanted == wanted
    assert (settled.standing.points if settled.standing else None) == (
        Decimal(expected) if expected else None
    )


def test_mean_is_taken_of_each_criterion_and_of_the_penalty_and_adds_up() -> None:
    one = mark(ONE, 1, "3", marks={"c1": "2.5", "c2": "1"}, penalty="0.5", comment="依据具体")
    two = mark(TWO, 2, "2.5", marks={"c1": "2", "c2": "0.5"}, penalty="0", comment="")
    standing = settle([one, two], TWICE).standing
    assert standing is not None
    assert (standing.marks, standing.penalty) == ({"c1": "2.25", "c2": "0.75"}, "0.25")
    assert (standing.points, standing.comment, standing.counted) == (
        Decimal("2.75"),
        "依据具体",
        (one.id, two.id),
    )


def test_a_penalty_in_the_mean_never_goes_below_nothing() -> None:
    one, two = (mark(who, round, "0", marks={"c1": "1"}, penalty="3") for who, round in ((ONE, 1), (TWO, 2)))
    assert points(one, two) == 0


def test_adjudication_beats_two_that_are_apart() -> None:
    assert points(mark(ONE, 1, "1"), mark(TWO, 2, "9"), mark(THREE, 3, "4")) == 4


def test_import_beats_adjudication_and_a_recheck_beats_the_import() -> None:
    marks = [mark(ONE, 1, "1"), mark(TWO, 2, "9"), mark(THREE, 3, "4")]
    imported = mark(FOUR, 1, "7", imported=True)
    assert points(*marks, imported) == 7
    assert points(imported, *marks) == 7
    assert points(*marks, mark(FOUR, 4, "5"), imported) == 5


def test_newest_import_counts_and_is_no_first_marking() -> None:
    assert points(mark(FOUR, 1, "7", imported=True), mark(FOUR, 1, "3", imported=True)) == 3
    assert may_give(FOUR, Round.SECOND, [mark(FOUR, 1, "7", imported=True)]) is True


def test_a_mark_taken_back_leaves_the_one_before() -> None:
    old, new = mark(ONE, points="1"), mark(ONE, points="2")
    assert points(old, new, taken_back(new), rules=ONCE) == 1
    assert settle([new, taken_back(new)], ONCE).wanted == Round.FIRST


def test_two_that_agreed_are_apart_again_once_one_is_taken_back() -> None:
    one, far, near = mark(ONE, 1, "1"), mark(TWO, 2, "9"), mark(TWO, 2, "2")
    assert points(one, far, near) == Decimal("1.5")
    assert settle([one, far, near, taken_back(near)], TWICE).wanted == Round.THIRD


def test_nobody_marks_an_answer_in_two_rounds_not_even_after_taking_back() -> None:
    one = mark(ONE)
    assert [may_give(who, Round.SECOND, [one, taken_back(one)]) for who in (ONE, TWO)] == [False, True]
    assert may_give(ONE, Round.FIRST, [one]) is True


@given(st.lists(st.tuples(st.sampled_from((1, 2, 3)), st.integers(0, 20)), max_size=6), st.randoms())
def test_order_of_reading_has_no_say(rows: list[tuple[int, int]], shuffler: Any) -> None:
    marks = [mark(UUID(int=round), round, str(Decimal(half) / 2)) for round, half in rows]
    mixed = marks[:]
    shuffler.shuffle(mixed)
    assert settle(marks, TWICE) == settle(mixed, TWICE)


@given(st.integers(0, 20), st.integers(0, 20))
def test_agreed_mark_lies_between_both(one: int, two: int) -> None:
    low, high = sorted((Decimal(one) / 2, Decimal(two) / 2))
    agreed = points(mark(ONE, 1, str(low)), mark(TWO, 2, str(high)))
    assert agreed is None if high - low > 2 else agreed == (low + high) / 2
