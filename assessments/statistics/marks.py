"""The marks of a test, in the shape every figure is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

SAME = 1e-9  # relative; what differs by less differs by rounding


@dataclass(frozen=True, eq=False)
class Marks:
    """Points of items × candidates. Every candidate has at least one item; where one has not an item, points are 0.

    `on_paper` tells which candidate had which item, None when all had all. `maxima` are points per item. `rows` are the
    candidates' rows in the matrix, None when they are all of them.
    """

    points: Floats
    on_paper: Bools | None
    maxima: Floats
    rows: Whole | None = None

    @property
    def items(self) -> int:
        return int(self.points.shape[0])

    @property
    def n(self) -> int:
        """Candidates."""
        return int(self.points.shape[1])

    @cached_property
    def counts(self) -> Whole:
        """Candidates per item."""
        if self.on_paper is None:
            return np.full(self.items, self.n, dtype=np.int64)
        counts: Whole = np.count_nonzero(self.on_paper, axis=1)
        return counts

    @cached_property
    def totals(self) -> Floats:
        """Points per candidate, as earned."""
        totals: Floats = self.points.sum(axis=0)
        return totals

    @cached_property
    def paper_maxima(self) -> Floats:
        """The most points each candidate could earn."""
        if self.on_paper is None:
            return np.full(self.n, self.maxima.sum())
        return self.maxima @ self.on_paper.astype(np.float64)

    @cached_property
    def is_even(self) -> bool:
        """Whether every paper is worth the same."""
        return self.on_paper is None or _is_constant(self.paper_maxima)

    @cached_property
    def shares(self) -> Floats:
        """What each candidate earned of what could be earned, 0 to 1, rounded so that equal shares are equal."""
        worth = np.where(self.paper_maxima > 0, self.paper_maxima, 1.0)
        return np.round(self.totals / worth, 12)

    @cached_property
    def scaled_totals(self) -> Floats:
        """Points per candidate, brought to a paper of mean worth where papers are not worth the same."""
        if self.is_even or not self.n:
            return self.totals
        worth = np.where(self.paper_maxima > 0, self.paper_maxima, 1.0)
        return self.totals * (float(self.paper_maxima.mean()) / worth)

    def of_item(self, place: int) -> tuple[Floats, Floats, Floats]:
        """Points on the item, on all the others, and in total, of those who had it.

        Where papers are not worth the same, the others and the total are brought to a paper of mean worth.
        """
        points = self.points[place]
        if self.on_paper is None:
            return points, self.totals - points, self.totals
        had = self.on_paper[place]
        points, totals = points[had], self.totals[had]
        if self.is_even:
            return points, totals - points, totals
        others = self.paper_maxima[had] - self.maxima[place]
        mean = float(self.paper_maxima.mean() - self.maxima[place])
        scale = np.divide(mean, others, out=np.zeros_like(others), where=others > SAME)
        return points, (totals - points) * scale, self.scaled_totals[had]

    def part(self, shares: Mapping[int, float]) -> Marks:
        """The marks of some items only, each counted with its share; candidates who had none of them are left out."""
        places = list(shares)
        weights = np.array([shares[each] for each in places], dtype=np.float64)
        on_paper = None if self.on_paper is None else self.on_paper[places]
        return _of_present(
            self.points[places] * weights[:, np.newaxis], on_paper, self.maxima[places] * weights
        )


def marks_of(matrix: npt.ArrayLike, maxima: Sequence[float] | npt.ArrayLike, per_point: int = 1) -> Marks:
    """Marks from candidates × items and the most points of each item.

    In a matrix of floats NaN says that the item was not on the candidate's paper, in one of integers any negative
    number does; integers count steps of 1/`per_point` point, floats are points. Unanswered is 0. Candidates without any
    item are left out. Raises ValueError for shapes that do not fit, infinite points, negative maxima.
    """
    array, most = np.asarray(matrix), np.asarray(maxima, dtype=np.float64)
    if array.ndim != 2 or most.shape != array.shape[1:]:
        raise ValueError("a matrix is candidates × items, with one maximum for each item")
    if not (np.isfinite(most).all() and (most >= 0).all()):
        raise ValueError("a maximum is a number of points, 0 or more")
    points = np.array(array.T, dtype=np.float64, order="C")
    whole = np.issubdtype(array.dtype, np.integer)
    absent = np.ascontiguousarray(array.T) < 0 if whole else np.isnan(points)
    if whole and per_point != 1:
        points /= per_point
    if not absent.any():
        _check_finite(points)
        return Marks(points, None, most)
    points[absent] = 0
    _check_finite(points)
    return _of_present(points, ~absent, most)


def _of_present(points: Floats, on_paper: Bools | None, maxima: Floats) -> Marks:
    if on_paper is None or bool(on_paper.all()):
        return Marks(points, None, maxima)
    here = on_paper.any(axis=0)
    if not here.all():
        points, on_paper = np.ascontiguousarray(points[:, here]), np.ascontiguousarray(on_paper[:, here])
    return Marks(
        points, None if on_paper.all() else on_paper, maxima, None if here.all() else np.flatnonzero(here)
    )


def _check_finite(points: Floats) -> None:
    if not np.isfinite(points).all():
        raise ValueError("points are finite numbers")


def _is_constant(numbers: Floats) -> bool:
    return not numbers.size or float(np.ptp(numbers)) <= SAME * max(1.0, float(np.abs(numbers).max()))


def number(value: Any) -> float | None:
    """A figure as Python has it; None for one that could not be computed."""
    plain = float(value)
    return plain if np.isfinite(plain) else None
