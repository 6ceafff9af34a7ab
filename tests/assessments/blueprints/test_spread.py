"""The spread of difficulty between papers."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.blueprints import Tolerance
from assessments.blueprints.spread import MOST_BARS, spread_of, usual_distance

DIFFICULTIES = st.lists(st.decimals(1, 5, places=4), min_size=1, max_size=40)


def test_the_spread_of_four_papers() -> None:
    spread = spread_of([Decimal(each) for each in (2, 3, 3, 4)], Tolerance(Decimal(3), Decimal("0.5")))
    assert (spread.lowest, spread.mean, spread.highest) == (2, 3, 4)
    assert (spread.deviation, spread.outside) == (Decimal("0.71"), 2)


def test_one_paper_has_no_spread() -> None:
    spread = spread_of([Decimal("2.505")])
    assert (spread.lowest, spread.highest, spread.deviation, spread.outside) == (
        Decimal("2.50"),
        Decimal("2.50"),
        0,
        0,
    )
    assert [(bar.low, bar.high, bar.papers) for bar in spread.bars] == [(Decimal("2.50"), Decimal("2.51"), 1)]


@pytest.mark.parametrize("parts", [2, 3, 7, 15, 40])
def test_bars_of_values_a_step_apart_have_no_holes(parts: int) -> None:
    difficulties = [Decimal(2) + Decimal(number) / parts for number in range(parts + 1)]
    bars = spread_of(difficulties).bars
    assert min(bar.papers for bar in bars) >= 1
    assert len({bar.papers for bar in bars[:-1]}) == 1


@given(DIFFICULTIES)
def test_every_paper_stands_in_one_bar(difficulties: list[Decimal]) -> None:
    bars = spread_of(difficulties).bars
    assert 1 <= len(bars) <= MOST_BARS
    for bar, after in pairwise(bars):
        assert bar.high == after.low
    for bar in bars:
        assert bar.papers == sum(bar.low <= each < bar.high for each in difficulties)


@given(DIFFICULTIES)
def test_half_of_the_papers_lie_within_the_usual_distance(difficulties: list[Decimal]) -> None:
    usual = usual_distance(difficulties, Decimal(3))
    assert sum(abs(each - 3) <= usual for each in difficulties) * 2 >= len(difficulties)
