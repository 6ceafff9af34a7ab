"""Parts of a test, reliability with its interval, and histograms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics import Interval, each_part, marks_of, score_histogram, whole_test
from assessments.statistics.reliability import alpha_interval

MATRIX = [[1, 1, 2, 0], [1, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 2, 1]]


def test_the_whole_as_a_part_has_the_figures_of_the_whole() -> None:
    marks = marks_of(MATRIX, [1, 1, 2, 1])
    (part,), test = each_part(marks, {"all": dict.fromkeys(range(4), 1)}), whole_test(marks)
    assert (part.items, part.n, part.maximum) == (4, 5, 5)
    assert part.share == pytest.approx((test.mean or 0) / 5)
    assert part.sd == pytest.approx((test.sd or 0) / 5)
    assert part.alpha == test.alpha
    assert part.alpha_interval == test.alpha_interval


def test_an_item_counts_with_the_share_that_belongs_to_the_part() -> None:
    """All of the first item (points 1 1 0 0 1) and half of the third (1 0.5 0 0 1 of 1): 2, 1.5, 0, 0, 2 of 2."""
    (part,) = each_part(marks_of(MATRIX, [1, 1, 2, 1]), {"LAW": {0: 1.0, 2: 0.5}})
    assert (part.maximum, part.share) == (2, pytest.approx(5.5 / 10))


def test_those_without_an_item_of_the_part_do_not_count() -> None:
    nan = np.nan
    marks = marks_of([[1, nan, 1], [nan, 2, 0], [nan, 1, 1]], [1, 2, 1])
    (part, empty) = each_part(marks, {"one": {1: 1.0}, "none": {}})
    assert (part.n, part.share, part.alpha) == (2, 0.75, None)
    assert (empty.n, empty.share) == (0, None)


def test_feldts_interval() -> None:
    """0.80 from 41 candidates and 26 items: 1 − 0.2·F(40, 1000); tables have 1.49 and 0.61 for its quantiles."""
    found = alpha_interval(0.8, 41, 26)
    assert found is not None
    assert found == Interval(pytest.approx(0.7015, abs=5e-3), pytest.approx(0.8784, abs=5e-3))


@pytest.mark.parametrize(("alpha", "n", "k"), [(None, 40, 20), (0.8, 2, 20), (0.8, 40, 1)])
def test_no_interval_without_alpha(alpha: float | None, n: int, k: int) -> None:
    assert alpha_interval(alpha, n, k) is None


@given(st.floats(-1, 0.99), st.integers(3, 200), st.integers(2, 60))
def test_the_interval_of_alpha_narrows_with_candidates(alpha: float, n: int, k: int) -> None:
    few, many = alpha_interval(alpha, n, k), alpha_interval(alpha, 4 * n, k)
    assert few is not None
    assert many is not None
    assert few.low < alpha < few.high <= 1
    assert many.high - many.low < few.high - few.low


def test_a_histogram_counts_everyone_once_and_the_line_on_its_upper_side() -> None:
    histogram = score_histogram(marks_of([[0], [5], [6], [6], [10]], [10]), 60, bins=10)
    assert [each.n for each in histogram.bins] == [1, 0, 0, 0, 0, 1, 2, 0, 0, 1]
    assert [each.passed for each in histogram.bins] == [0, 0, 0, 0, 0, 0, 2, 0, 0, 1]
    assert (histogram.n, histogram.passed) == (5, 3)
    assert (histogram.bins[6].low, histogram.bins[6].high) == (60, 70)


def test_a_line_within_a_bin_divides_it() -> None:
    histogram = score_histogram(marks_of([[61], [64]], [100]), 62)
    assert [(each.n, each.passed) for each in histogram.bins if each.n] == [(2, 1)]


def test_a_histogram_without_a_line_passes_nobody() -> None:
    histogram = score_histogram(marks_of([[1.0], [-1.0]], [1]))
    assert (histogram.passed, histogram.bins[0].n, histogram.bins[-1].n) == (None, 1, 1)


def test_sums_that_round_fall_on_the_line() -> None:
    """Three times 0.2 of 1 is 0.6000000000000001 or 0.6 by the order of adding: it is 60 percent."""
    marks = marks_of([[0.2, 0.2, 0.2], [0.1, 0.2, 0.3], [0.3, 0.2, 0.1]], [0.4, 0.3, 0.3])
    assert score_histogram(marks, 60).passed == 3
