"""Figures of a test and its items: against numbers worked out by hand, and against the definitions in fractions."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import statistics
from tests.assessments.statistics.slow_reference import slow_item, slow_test, slow_weights

MAXIMA = (1, 1, 2, 3, 0)


@st.composite
def papers(draw: st.DrawFn, alike: bool = False) -> list[list[int | None]]:
    """Up to nine candidates, up to five items; every candidate has at least one."""
    items = draw(st.integers(1, len(MAXIMA)))
    rows = []
    for _ in range(draw(st.integers(1, 9))):
        had = [True] * items if alike else draw(st.lists(st.booleans(), min_size=items, max_size=items))
        if not any(had):
            had[0] = True
        rows.append([draw(st.integers(0, MAXIMA[place])) if had[place] else None for place in range(items)])
    return rows


def floats(matrix: list[list[int | None]]) -> np.ndarray:
    return np.array([[np.nan if mark is None else mark for mark in row] for row in matrix], dtype=float)


def test_four_candidates_by_hand() -> None:
    """Marks 1 1 2 / 1 0 1 / 0 1 0 / 0 0 0 out of 1, 1, 2: totals 4, 2, 1, 0."""
    test, items = statistics.analyse([[1, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 0]], [1, 1, 2])
    # deviations of totals 2.25, 0.25, −0.75, −1.75: squares sum to 8.75, cubes to 5.625, fourth powers to 35.328125
    assert (test.n, test.mean, test.median) == (4, 1.75, 1.5)
    assert test.sd == pytest.approx(sqrt(8.75 / 3))
    assert test.skewness == pytest.approx(4 * 5.625 / 6 / (8.75 / 3) ** 1.5)
    assert test.kurtosis == pytest.approx((4 * 5 * 35.328125 - 9 * 8.75**2) / 6 / (8.75 / 3) ** 2)
    # item variances 1/3, 1/3, 11/12
    assert test.alpha == pytest.approx(1.5 * (1 - (1 / 3 + 1 / 3 + 11 / 12) / (8.75 / 3)))
    assert test.error_ratio == pytest.approx(100 * sqrt(1 - test.alpha))
    assert test.standard_error == pytest.approx(test.sd * sqrt(1 - test.alpha))
    first = items[0]
    assert (first.n, first.facility, first.intended_weight) == (4, 0.5, 25)
    assert first.sd == pytest.approx(sqrt(1 / 3))
    # the other two items: 3, 1, 1, 0, mean 1.25; covariance (1.75 − 0.25 + 0.25 + 1.25)/2/3 = 0.5; variance 4.75/3
    assert first.discrimination_index == pytest.approx(100 * 0.5 / sqrt(1 / 3 * 4.75 / 3))
    assert first.discriminative_efficiency == pytest.approx(100)
    # covariances with the total: 2.5/3, 1.5/3, 4.75/3
    roots = [sqrt(2.5), sqrt(1.5), sqrt(4.75)]
    assert [item.effective_weight for item in items] == pytest.approx(
        [100 * root / sum(roots) for root in roots]
    )


def test_items_that_move_against_the_total_have_no_effective_weight() -> None:
    _, items = statistics.analyse([[0, 1, 1], [0, 1, 1], [1, 0, 0], [1, 0, 0]], [1, 1, 1])
    assert [item.negative_covariance for item in items] == [True, False, False]
    assert [item.effective_weight for item in items] == [None, 50, 50]
    assert items[0].discrimination_index == pytest.approx(-100)


@given(st.one_of(papers(), papers(alike=True)))
def test_figures_are_those_of_the_definitions(matrix: list[list[int | None]]) -> None:
    maxima = MAXIMA[: len(matrix[0])]
    test, items = statistics.analyse(floats(matrix), maxima)
    for name, slow in slow_test(matrix, maxima).items():
        assert getattr(test, name) == pytest.approx(slow, abs=1e-7), name
    weights = slow_weights(matrix, maxima)
    for place, item in enumerate(items):
        slow = slow_item(matrix, maxima, place)
        assert item.n == sum(row[place] is not None for row in matrix)
        assert (item.effective_weight, item.intended_weight) == pytest.approx(weights[place], abs=1e-7)
        assert item.negative_covariance == ((slow["with_total"] or 0) < -1e-12)
        for name in ("facility", "sd", "discrimination_index", "discriminative_efficiency"):
            assert getattr(item, name) == pytest.approx(slow[name], abs=1e-7), name


@given(papers())
def test_nothing_is_nan(matrix: list[list[int | None]]) -> None:
    found = statistics.analyse(floats(matrix), MAXIMA[: len(matrix[0])])
    json.dumps([asdict(found[0]), *map(asdict, found[1])], allow_nan=False)


@given(papers(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(matrix: list[list[int | None]], chance: object) -> None:
    shuffled = matrix[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    maxima = MAXIMA[: len(matrix[0])]
    assert_same(statistics.analyse(floats(matrix), maxima), statistics.analyse(floats(shuffled), maxima))


@given(papers(), st.sampled_from([2, 10, 0.5]))
def test_another_unit_of_points_changes_only_figures_in_points(
    matrix: list[list[int | None]], unit: float
) -> None:
    maxima = MAXIMA[: len(matrix[0])]
    (test, items), (scaled, scaled_items) = (
        statistics.analyse(floats(matrix), maxima),
        statistics.analyse(floats(matrix) * unit, [most * unit for most in maxima]),
    )
    assert scaled.alpha == pytest.approx(test.alpha)
    assert scaled.skewness == pytest.approx(test.skewness, abs=1e-9)
    assert scaled.sd == (None if test.sd is None else pytest.approx(test.sd * unit))
    for one, other in zip(items, scaled_items, strict=True):
        assert other.facility == pytest.approx(one.facility)
        assert other.discrimination_index == pytest.approx(one.discrimination_index, abs=1e-7)
        assert other.effective_weight == pytest.approx(one.effective_weight)


@given(papers(alike=True))
def test_an_item_that_all_answer_alike_changes_no_other(matrix: list[list[int | None]]) -> None:
    maxima = MAXIMA[: len(matrix[0])]
    _, items = statistics.analyse(floats(matrix), maxima)
    _, more = statistics.analyse([[*row, 1] for row in matrix], [*maxima, 1])
    for one, other in zip(items, more, strict=False):
        assert other.discrimination_index == pytest.approx(one.discrimination_index, abs=1e-7)
        assert other.discriminative_efficiency == pytest.approx(one.discriminative_efficiency, abs=1e-7)
        assert other.effective_weight == pytest.approx(one.effective_weight, abs=1e-7)
    assert more[-1].discrimination_index is None


def test_whole_numbers_count_steps_and_negative_ones_are_absent() -> None:
    steps = np.array([[4, -1, 2], [2, 4, 1], [0, 3, -1]], dtype=np.int8)
    points = np.where(steps < 0, np.nan, steps / 2)
    assert_same(statistics.analyse(steps, [2, 2, 1], per_point=2), statistics.analyse(points, [2, 2, 1]))


def test_weights_of_the_average_paper_add_up_to_100() -> None:
    """Two candidates have A and B, two A and C, all three worth the same."""
    nan = np.nan
    _, items = statistics.analyse([[2, 1, nan], [1, 0, nan], [2, nan, 2], [0, nan, 1]], [2, 2, 2])
    shares = [1, 0.5, 0.5]
    assert [item.intended_weight for item in items] == [50, 50, 50]
    assert sum(
        share * (item.effective_weight or 0) for share, item in zip(shares, items, strict=True)
    ) == pytest.approx(100)


def test_a_shorter_paper_does_not_look_like_a_weaker_candidate() -> None:
    """All earn half of what is left to earn: the first item has nothing to go with, however long the papers are."""
    nan = np.nan
    _, items = statistics.analyse([[1, 1, 1], [0, 1, 1], [1, 1, nan], [0, 1, nan]], [1, 2, 2])
    assert items[0].discrimination_index is None


def test_candidates_without_a_paper_are_left_out() -> None:
    nan = np.nan
    with_them = statistics.analyse([[1, 0], [nan, nan], [0, 1], [1, nan]], [1, 1])
    assert with_them[0].n == 3
    assert_same(with_them, statistics.analyse([[1, 0], [0, 1], [1, nan]], [1, 1]))


@pytest.mark.parametrize("matrix", [np.zeros((0, 3)), np.full((2, 3), np.nan)])
def test_nobody_gives_no_figures(matrix: np.ndarray) -> None:
    test, items = statistics.analyse(matrix, [1, 1, 1])
    assert (test.n, test.mean, test.sd, test.alpha) == (0, None, None, None)
    assert [(item.n, item.facility, item.effective_weight) for item in items] == [(0, None, None)] * 3


def test_one_candidate_has_marks_and_no_spread() -> None:
    test, items = statistics.analyse([[1, 0]], [1, 2])
    assert (test.mean, test.sd, test.skewness, test.alpha) == (1, None, None, None)
    assert [(item.facility, item.sd) for item in items] == [(1, None), (0, None)]


def test_equal_totals_have_no_shape_even_when_they_differ_by_rounding() -> None:
    test, _ = statistics.analyse([[0.1, 0.2], [0.2, 0.1], [0.15, 0.15], [0.3, 0.0]], [1, 1])
    assert (test.sd, test.skewness, test.kurtosis, test.alpha) == (0, None, None, None)


def test_one_item_has_no_consistency() -> None:
    test, items = statistics.analyse([[0], [1], [2], [2]], [2])
    assert (test.alpha, test.error_ratio, test.standard_error) == (None, None, None)
    assert (items[0].discrimination_index, items[0].effective_weight) == (None, 100)


@pytest.mark.parametrize(
    ("matrix", "maxima"),
    [
        ([1, 2], [1, 1]),
        ([[1, 2]], [1]),
        ([[1.0, np.inf]], [1, 1]),
        ([[1, 2]], [1, -1]),
        ([[1, 2]], [1, np.nan]),
    ],
)
def test_what_is_no_matrix_is_refused(matrix: list[object], maxima: list[float]) -> None:
    with pytest.raises(ValueError, match=r"matrix|maximum|finite"):
        statistics.analyse(matrix, maxima)


def test_facility_of_all_or_nothing_has_wilsons_interval() -> None:
    _, items = statistics.analyse([[2], [2], [0], [2]], [2])
    assert items[0].facility_interval == statistics.Interval(
        pytest.approx(0.300642, abs=1e-6), pytest.approx(0.954413, abs=1e-6)
    )


def test_facility_of_partial_marks_has_students_interval() -> None:
    """0, 1, 2 of 4: mean 1, deviation 1; t(2) = 4.302653; 0.25 ± 4.302653/√3/4, cut at 0."""
    _, items = statistics.analyse([[0], [1], [2]], [4])
    assert items[0].facility_interval == statistics.Interval(
        0.0, pytest.approx(0.25 + 4.302653 / sqrt(3) / 4)
    )


def assert_same(one: object, other: object) -> None:
    """Equal but for rounding."""
    for ours, theirs in zip(flat(one), flat(other), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-7)


def flat(found: object) -> list[object]:
    test, items = found  # type: ignore[misc]
    return [
        value
        for each in (test, *items)
        for entry in asdict(each).values()
        for value in (entry.values() if isinstance(entry, dict) else [entry])
    ]
