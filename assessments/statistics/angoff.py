"""A pass mark from judges: the modified Angoff method.

Each judge says of each item how many of a hundred just competent candidates would earn its points; the cut score is
what such a candidate would earn. W. H. Angoff, Scales, norms and equivalent scores, in: R. L. Thorndike (ed.),
Educational Measurement (1971), 514–515; spread between judges and its standard error: P. R. Brandon, Conclusions about
frequently studied modified Angoff standard-setting topics, Applied Measurement in Education 17 (2004), 59–88.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from assessments.statistics.intervals import LEVEL, Interval
from assessments.statistics.marks import Bools, Floats
from assessments.statistics.quantiles import t_quantile

FEWEST_TO_STAND_OUT = 3
STANDS_OUT = 3.5
"""Modified z-score: B. Iglewicz, D. C. Hoaglin, How to detect and handle outliers (1993)."""
NORMAL_MEDIAN_DEVIATION = 0.6745
FAR = 5.0  # percent of the points; closer to the median nobody is far off, however close the others are together


@dataclass(frozen=True)
class JudgeCut:
    """What one judge's ratings make the cut score, percent of the points of the items they rated; None for no item.

    distance: from the median judge, percent of points. far_off: one to talk to before the cut score is used.
    """

    rated: int
    percent: float | None
    distance: float | None
    far_off: bool


@dataclass(frozen=True)
class ItemExpectation:
    """What judges expect of one item: how many rated it, mean and standard deviation of their ratings, percent."""

    rated: int
    mean: float | None
    sd: float | None


@dataclass(frozen=True)
class CutScore:
    """The cut score in percent of the points of rated items, and in points of them.

    sd: between judges; standard_error: sd/√judges; interval: Student's t from the judges, for what a great many judges
    like these would say; all percent.
    """

    judges: int
    percent: float | None
    points: float | None
    sd: float | None
    standard_error: float | None
    interval: Interval | None
    by_judge: tuple[JudgeCut, ...]
    by_item: tuple[ItemExpectation, ...]


def cut_score(
    ratings: npt.ArrayLike, maxima: Sequence[float] | npt.ArrayLike, level: float = LEVEL
) -> CutScore:
    """The cut score from judges × items of percent 0 to 100, NaN where a judge did not rate; `maxima` in points.

    Items count with their points, each with the mean of those who rated it. Raises ValueError for shapes that do not
    fit and ratings outside 0 to 100.
    """
    rated, most = np.asarray(ratings, dtype=np.float64), np.asarray(maxima, dtype=np.float64)
    if rated.ndim != 2 or most.shape != rated.shape[1:]:
        raise ValueError("ratings are judges × items, with one maximum for each item")
    known = ~np.isnan(rated)
    if ((rated[known] < 0) | (rated[known] > 100)).any():
        raise ValueError("a rating is a percentage from 0 to 100")
    items = tuple(_expectation(rated[known[:, place], place]) for place in range(len(most)))
    percent, points = _cut(items, most)
    own = [_own_cut(row, has, most) for row, has in zip(rated, known, strict=True)]
    cuts = np.array([each for each in own if each is not None])
    sd = float(cuts.std(ddof=1)) if len(cuts) > 1 else None
    error = None if sd is None else sd / sqrt(len(cuts))
    return CutScore(
        judges=len(cuts),
        percent=percent,
        points=points,
        sd=sd,
        standard_error=error,
        interval=_interval(percent, error, len(cuts), level),
        by_judge=tuple(_judge(int(has.sum()), each, cuts) for each, has in zip(own, known, strict=True)),
        by_item=items,
    )


def _expectation(ratings: Floats) -> ItemExpectation:
    n = len(ratings)
    if not n:
        return ItemExpectation(0, None, None)
    return ItemExpectation(n, float(ratings.mean()), float(ratings.std(ddof=1)) if n > 1 else None)


def _cut(items: Sequence[ItemExpectation], maxima: Floats) -> tuple[float | None, float | None]:
    pairs = [
        (each.mean, float(most)) for each, most in zip(items, maxima, strict=True) if each.mean is not None
    ]
    worth = sum(most for _, most in pairs)
    if worth <= 0:
        return None, None
    points = sum(mean * most for mean, most in pairs) / 100
    return 100 * points / worth, points


def _own_cut(row: Floats, has: Bools, maxima: Floats) -> float | None:
    worth = float(maxima[has].sum())
    return float(row[has] @ maxima[has]) / worth if worth > 0 else None


def _judge(rated: int, percent: float | None, cuts: Floats) -> JudgeCut:
    if percent is None:
        return JudgeCut(rated, None, None, False)
    distance = percent - float(np.median(cuts))
    usual = float(np.median(np.abs(cuts - np.median(cuts))))
    far = abs(distance) > FAR and NORMAL_MEDIAN_DEVIATION * abs(distance) > STANDS_OUT * usual
    return JudgeCut(rated, percent, distance, far and len(cuts) >= FEWEST_TO_STAND_OUT)


def _interval(percent: float | None, error: float | None, judges: int, level: float) -> Interval | None:
    if percent is None or error is None:
        return None
    half = t_quantile(level, judges - 1) * error
    return Interval(max(0.0, percent - half), min(100.0, percent + half))
