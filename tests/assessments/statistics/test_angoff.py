"""A pass mark from judges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics import Interval
from assessments.statistics.angoff import cut_score

nan = np.nan


def test_three_judges_by_hand() -> None:
    """Items of 1 and 3 points. Judges 60 40 / 80 60 / 70 50: own cuts 45, 65, 55."""
    found = cut_score([[60, 40], [80, 60], [70, 50]], [1, 3])
    assert (found.judges, found.percent, found.points) == (3, pytest.approx(55), pytest.approx(2.2))
    assert found.sd == pytest.approx(10)
    assert found.standard_error == pytest.approx(10 / 3**0.5)
    # t(2) = 4.302653
    assert found.interval == Interval(
        pytest.approx(55 - 4.302653 * 10 / 3**0.5), pytest.approx(55 + 4.302653 * 10 / 3**0.5)
    )
    assert [each.percent for each in found.by_judge] == [45, 65, 55]
    assert [(each.mean, each.sd) for each in found.by_item] == [(70, 10), (50, 10)]


def test_a_judge_far_from_the_others_is_named() -> None:
    found = cut_score([[60, 62], [61, 60], [58, 61], [62, 59], [20, 15]], [1, 1])
    assert [each.far_off for each in found.by_judge] == [False, False, False, False, True]


def test_judges_close_together_make_nobody_far() -> None:
    found = cut_score([[60], [60], [60], [63]], [1])
    assert [each.far_off for each in found.by_judge] == [False] * 4


def test_two_judges_cannot_be_far_from_one_another() -> None:
    assert [each.far_off for each in cut_score([[10], [90]], [1]).by_judge] == [False, False]


def test_items_and_judges_without_ratings_do_not_count() -> None:
    found = cut_score([[60, nan, nan], [80, 50, nan], [nan, nan, nan]], [1, 1, 5])
    assert (found.judges, found.percent) == (2, 60)
    assert [each.rated for each in found.by_item] == [2, 1, 0]
    assert found.by_judge[2].percent is None


@pytest.mark.parametrize("ratings", [np.zeros((0, 2)), [[nan, nan]]])
def test_no_ratings_make_no_cut(ratings: object) -> None:
    found = cut_score(ratings, [1, 1])
    assert (found.judges, found.percent, found.sd, found.interval) == (0, None, None, None)


def test_one_judge_has_no_spread() -> None:
    found = cut_score([[60, 80]], [1, 1])
    assert (found.percent, found.sd, found.standard_error, found.interval) == (70, None, None, None)


@pytest.mark.parametrize("ratings", [[[101]], [[-1]], [[1, 2]], [1]])
def test_what_are_no_ratings_is_refused(ratings: object) -> None:
    with pytest.raises(ValueError, match="rating"):
        cut_score(ratings, [1])


@given(st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=2, max_size=6))
def test_when_all_rate_all_the_cut_is_the_mean_of_the_judges(ratings: list[list[int]]) -> None:
    found = cut_score(ratings, [1, 2, 4])
    assert found.percent == pytest.approx(np.mean([each.percent for each in found.by_judge]))
    again = cut_score(ratings[::-1], [10, 20, 40])
    assert again.percent == pytest.approx(found.percent)
