"""Agreement of two markers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics.agreement import agreement_of, weighted_kappa
from assessments.statistics.intervals import Interval

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30)


def slow_kappa(pairs: list[tuple[int, int]]) -> tuple[Fraction, Fraction] | None:
    """Kappa and its variance from the table of shares, as Fleiss, Cohen and Everitt write them."""
    n, top = len(pairs), 5
    table = {cell: Fraction(count, n) for cell, count in Counter(pairs).items()}
    rows = [sum((p for (a, _), p in table.items() if a == i), Fraction(0)) for i in range(top + 1)]
    columns = [sum((p for (_, b), p in table.items() if b == j), Fraction(0)) for j in range(top + 1)]
    weights = [[1 - Fraction((i - j) ** 2, top**2) for j in range(top + 1)] for i in range(top + 1)]
    seen = sum(weights[i][j] * p for (i, j), p in table.items())
    chance = sum(weights[i][j] * rows[i] * columns[j] for i in range(top + 1) for j in range(top + 1))
    if chance == 1:
        return None
    kappa = (seen - chance) / (1 - chance)
    row = [sum(columns[j] * weights[i][j] for j in range(top + 1)) for i in range(top + 1)]
    column = [sum(rows[i] * weights[i][j] for i in range(top + 1)) for j in range(top + 1)]
    spread = sum(p * (weights[i][j] - (row[i] + column[j]) * (1 - kappa)) ** 2 for (i, j), p in table.items())
    return kappa, (spread - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)


def test_kappa_by_hand() -> None:
    """Marks 0 0 1 1 against 0 1 1 1: a quarter disagrees, 3/8 + 1/8 = 1/2 would by chance."""
    kappa = weighted_kappa([0, 0, 1, 1], [0, 1, 1, 1])
    assert kappa is not None
    assert kappa.value == pytest.approx(0.5)
    assert kappa.pairs == 4


@given(PAIRS)
def test_kappa_is_that_of_the_table(pairs: list[tuple[int, int]]) -> None:
    found, slow = weighted_kappa([a for a, _ in pairs], [b for _, b in pairs]), slow_kappa(pairs)
    assert (found is None) == (slow is None)
    if found and slow:
        assert found.value == pytest.approx(float(slow[0]), abs=1e-9)
        assert found.standard_error == pytest.approx(sqrt(max(slow[1], Fraction(0))), abs=1e-6)


@given(PAIRS, st.integers(1, 7), st.integers(-3, 3))
def test_kappa_does_not_depend_on_unit_order_or_who_is_first(
    pairs: list[tuple[int, int]], scale: int, shift: int
) -> None:
    plain = weighted_kappa([a for a, _ in pairs], [b for _, b in pairs])
    moved = weighted_kappa(
        [b * scale / 2 + shift for _, b in pairs[::-1]], [a * scale / 2 + shift for a, _ in pairs[::-1]]
    )
    assert (plain is None) == (moved is None)
    if plain and moved:
        assert moved.value == pytest.approx(plain.value, abs=1e-9)
        assert moved.standard_error == pytest.approx(plain.standard_error, abs=1e-6)


@pytest.mark.parametrize(("first", "second"), [([], []), ([3], [3]), ([3, 3, 3], [3, 3, 3])])
def test_no_kappa_without_two_pairs_or_variation(first: list[int], second: list[int]) -> None:
    assert weighted_kappa(first, second) is None


def test_perfect_agreement_has_no_interval() -> None:
    kappa = weighted_kappa([1, 2, 3], [1, 2, 3])
    assert kappa is not None
    assert (kappa.value, kappa.standard_error, kappa.interval) == (1.0, 0.0, None)


def test_the_interval_stays_between_minus_one_and_one() -> None:
    kappa = weighted_kappa([0, 5, 0, 5, 1], [5, 0, 5, 0, 1])
    assert kappa is not None
    assert kappa.interval is not None
    assert kappa.interval.low == -1.0


def test_exact_and_adjacent_agreement_in_points() -> None:
    found = agreement_of([Decimal("7.5"), Decimal(4), Decimal(6), Decimal(0)], [7.5, 5, 4, 0])
    assert (found.pairs, found.exact, found.adjacent, found.difference) == (4, 0.5, 0.75, -0.25)


def test_agreement_of_nothing_says_nothing() -> None:
    assert agreement_of([], []).exact is None


def test_marks_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        weighted_kappa([1, 2], [1])


def test_an_interval_changes_its_unit() -> None:
    assert Interval(-0.5, 0.25).times(100) == Interval(-50.0, 25.0)
