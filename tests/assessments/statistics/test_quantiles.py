"""Quantiles, against printed tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics.intervals import correlation_interval, normal_quantile, share_interval
from assessments.statistics.quantiles import beta_probability, f_quantile, t_quantile


@pytest.mark.parametrize(
    ("level", "freedom", "expected"),
    [(0.95, 1, 12.7062047), (0.95, 10, 2.2281389), (0.99, 5, 4.0321430), (0.95, 30, 2.0422725)],
)
def test_students_t(level: float, freedom: int, expected: float) -> None:
    assert t_quantile(level, freedom) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("probability", "above", "below", "expected"),
    [(0.95, 5, 10, 3.3258345), (0.975, 10, 20, 2.7736714), (0.95, 1, 1, 161.4476388)],
)
def test_fishers_f(probability: float, above: int, below: int, expected: float) -> None:
    assert f_quantile(probability, above, below) == pytest.approx(expected, rel=1e-7)


def test_t_of_many_is_normal() -> None:
    assert t_quantile(0.95, 1_000_000) == pytest.approx(normal_quantile(0.95), abs=1e-5)


@given(st.floats(0.005, 0.995), st.floats(1, 20_000), st.floats(1, 1_000_000))
def test_a_quantile_is_stayed_under_with_its_probability(
    probability: float, above: float, below: float
) -> None:
    value = f_quantile(probability, above, below)
    share = above * value / (above * value + below)
    assert beta_probability(share, above / 2, below / 2) == pytest.approx(probability, abs=1e-7)


@given(st.floats(0.01, 0.99), st.floats(1, 1000), st.floats(1, 1000))
def test_f_turned_round_is_its_inverse(probability: float, above: float, below: float) -> None:
    assert f_quantile(probability, above, below) == pytest.approx(
        1 / f_quantile(1 - probability, below, above), rel=1e-6
    )


@pytest.mark.parametrize(("share", "n"), [(0.0, 5), (1.0, 5), (0.4, 1000), (0.5, 1)])
def test_wilsons_interval_holds_the_share_and_stays_inside(share: float, n: int) -> None:
    found = share_interval(share, n)
    assert found is not None
    assert 0 <= found.low <= share <= found.high <= 1


def test_no_interval_from_nobody() -> None:
    assert share_interval(0.0, 0) is None


def test_fishers_interval() -> None:
    """r = 0.5 from 28 pairs: atanh 0.549306 ± 1.959964/5."""
    found = correlation_interval(0.5, 28)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.156028, 0.735818), abs=1e-5)


@pytest.mark.parametrize(("correlation", "n"), [(0.5, 3), (1.0, 50), (-1.0, 50)])
def test_no_interval_for_three_pairs_or_a_perfect_line(correlation: float, n: int) -> None:
    assert correlation_interval(correlation, n) is None
