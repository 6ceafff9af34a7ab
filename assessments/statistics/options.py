"""What each option of a question did: who chose it, and whether they are the strong or the weak."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from assessments.statistics.groups import GROUPS, score_groups, upper_weights
from assessments.statistics.intervals import LEVEL, Interval, correlation_interval
from assessments.statistics.items import spread_of
from assessments.statistics.marks import Floats, Marks, Whole

WIDEST_TABLE = (
    4096  # sets of options counted in a table; questions with more are counted by the sets that occur
)


@dataclass(frozen=True)
class Option:
    """One option. place: in stored order from 0. n: candidates who chose it. share: of those asked, 0 to 1.

    point_biserial: correlation of choosing it with the marks on all other items, −1 to 1; interval likewise. upper and
    lower: share that chose it among the upper and lower 27 percent, 0 to 1. curve: how many chose it in each score
    group, lowest first.
    """

    place: int
    is_key: bool
    n: int
    share: float | None
    point_biserial: float | None
    interval: Interval | None
    upper: float | None
    lower: float | None
    curve: tuple[int, ...]


@dataclass(frozen=True)
class Choices:
    """The options of one item. n: candidates asked; unanswered: who chose nothing; groups: asked per score group."""

    n: int
    unanswered: int
    groups: tuple[int, ...]
    options: tuple[Option, ...]


def each_choice(
    marks: Marks,
    chosen: npt.NDArray[Any],
    options: Sequence[int],
    keys: Sequence[Collection[int]],
    *,
    groups: int = GROUPS,
    level: float = LEVEL,
) -> tuple[Choices | None, ...]:
    """What was chosen, item by item; None for an item without options.

    `chosen` is of the shape of the matrix of marks, sets of options as bits, the first option the lowest; 0 is nothing
    chosen, negative is not asked. `options` says how many an item has, `keys` the places of those that are right.
    """
    extremes = np.stack((upper_weights(marks.shares), upper_weights(-marks.shares)))
    placed = score_groups(marks.shares, groups)
    return tuple(
        _choices(_Asked(marks, chosen, place, extremes, placed, groups), count, frozenset(keys[place]), level)
        if count
        else None
        for place, count in enumerate(options)
    )


class _Asked:
    """Who was asked one item, and what they chose."""

    def __init__(
        self, marks: Marks, chosen: npt.NDArray[Any], place: int, extremes: Floats, placed: Whole, groups: int
    ) -> None:
        _, rests, _ = marks.of_item(place)
        sets = np.ascontiguousarray(chosen[:, place] if marks.rows is None else chosen[marks.rows, place])
        if marks.on_paper is not None:
            had = marks.on_paper[place]
            sets, extremes, placed = sets[had], extremes[:, had], placed[had]
        if (asked := sets >= 0).all():
            self.sets, self.rests, self.extremes, self.placed = sets, rests, extremes, placed
        else:
            self.sets, self.rests = sets[asked], rests[asked]
            self.extremes, self.placed = extremes[:, asked], placed[asked]
        self.groups = groups

    def by_set(self, options: int) -> tuple[Whole, Whole]:
        """Which sets there may be, and for each candidate the place of theirs among them."""
        if 1 << options <= WIDEST_TABLE and int(self.sets.max(initial=0)) < 1 << options:
            return np.arange(1 << options), self.sets.astype(np.int64)
        sets, placed = np.unique(self.sets, return_inverse=True)
        return sets.astype(np.int64), placed.astype(np.int64)


def _choices(asked: _Asked, count: int, key: frozenset[int], level: float) -> Choices:
    sets, own = asked.by_set(count)
    n, size = len(own), len(sets)
    holds = (sets[:, np.newaxis] >> np.arange(count)) & 1  # sets × options
    around = asked.rests - (asked.rests.mean() if n else 0.0)
    varies = n > 1 and spread_of(around, asked.rests) > 0
    counts = np.bincount(own, minlength=size) @ holds
    sums = np.bincount(own, weights=around, minlength=size) @ holds
    upper, lower = (np.bincount(own, weights=each, minlength=size) @ holds for each in asked.extremes)
    curves = np.bincount(own * asked.groups + asked.placed, minlength=size * asked.groups)
    by_group = holds.T @ curves.reshape(size, asked.groups)
    squares = float(around @ around)
    found = []
    for place in range(count):
        chose = int(counts[place])
        correlation = (
            float(sums[place]) / sqrt(chose * (n - chose) / n * squares) if varies and 0 < chose < n else None
        )
        found.append(
            Option(
                place=place,
                is_key=place in key,
                n=chose,
                share=chose / n if n else None,
                point_biserial=None if correlation is None else max(-1.0, min(1.0, correlation)),
                interval=None if correlation is None else correlation_interval(correlation, n, level),
                upper=_share(upper[place], asked.extremes[0]),
                lower=_share(lower[place], asked.extremes[1]),
                curve=tuple(int(each) for each in by_group[place]),
            )
        )
    sizes = tuple(int(each) for each in np.bincount(asked.placed, minlength=asked.groups))
    return Choices(n, int(np.count_nonzero(asked.sets == 0)), sizes, tuple(found))


def _share(weight: float, weights: Floats) -> float | None:
    total = float(weights.sum())
    return float(weight) / total if total > 0 else None
