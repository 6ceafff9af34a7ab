"""Figures of each item, as Moodle's quiz statistics report defines them, with intervals of our own.

Definitions: docs.moodle.org/dev/Quiz_statistics_calculations, "Position statistics", and what Moodle does where that
page is silent: question/classes/statistics/questions/calculator.php of moodle/moodle. Scales are those of Moodle's
table `question_statistics`: shares are percent, except facility and random-guess score, which run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from assessments.statistics.intervals import LEVEL, Interval, correlation_interval, share_interval
from assessments.statistics.marks import SAME, Floats, Marks, number
from assessments.statistics.quantiles import t_quantile


@dataclass(frozen=True)
class ItemStatistics:
    """What one item did. A figure is None where it cannot be computed: no variation, one candidate, nothing to earn.

    item: its name. n: candidates who had it. facility: mean mark as share of the maximum, 0 to 1. sd: standard
    deviation of marks, points. discrimination_index: correlation of the mark with the marks on all others, percent.
    discriminative_efficiency: that covariance as percent of the greatest these marks allow. effective_weight: how much
    of the spread of totals it makes, percent; None when its covariance with the total is negative. intended_weight: its
    maximum as percent of the paper's. random_guess_score: what blind guessing earns, 0 to 1. negative_covariance: with
    the total. maximum and mean: points. facility_interval: 0 to 1. discrimination_interval: percent.
    """

    item: str
    n: int
    facility: float | None
    sd: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    effective_weight: float | None
    intended_weight: float | None
    random_guess_score: float | None
    negative_covariance: bool
    maximum: float
    mean: float | None
    facility_interval: Interval | None
    discrimination_interval: Interval | None


@dataclass(frozen=True)
class Moments:
    """Of those who had an item: mean mark, variances (n − 1) and covariances of its marks, the rest and the total.

    NaN for fewer than two candidates. `greatest` is the covariance of the same marks and rests, both put in order.
    """

    mean: float
    variance: float = nan
    rest_variance: float = nan
    covariance: float = nan
    greatest: float = nan
    with_total: float = nan


def each_item(
    marks: Marks,
    names: Sequence[str] | None = None,
    guesses: Sequence[float | None] | None = None,
    level: float = LEVEL,
) -> tuple[ItemStatistics, ...]:
    """The figures of every item in the order of the columns; `guesses` are shares 0 to 1. Level: of the intervals."""
    moments = [moments_of(*marks.of_item(place)) for place in range(marks.items)]
    effective, intended = _effective_weights(marks, moments), _intended_weights(marks)
    return tuple(
        _one_item(
            item=names[place] if names else str(place + 1),
            n=int(marks.counts[place]),
            maximum=float(marks.maxima[place]),
            found=found,
            weights=(number(effective[place]), number(intended[place])),
            guess=guesses[place] if guesses else None,
            level=level,
        )
        for place, found in enumerate(moments)
    )


def _one_item(
    *,
    item: str,
    n: int,
    maximum: float,
    found: Moments,
    weights: tuple[float | None, float | None],
    guess: float | None,
    level: float,
) -> ItemStatistics:
    spread = found.variance * found.rest_variance
    correlation = max(-1.0, min(1.0, found.covariance / sqrt(spread))) if spread > 0 else None
    interval = None if correlation is None else correlation_interval(correlation, n, level)
    return ItemStatistics(
        item=item,
        n=n,
        facility=number(found.mean / maximum) if maximum else None,
        sd=number(sqrt(found.variance)) if n > 1 else None,
        discrimination_index=None if correlation is None else 100 * correlation,
        discriminative_efficiency=100 * found.covariance / found.greatest if spread > 0 else None,
        effective_weight=weights[0],
        intended_weight=weights[1],
        random_guess_score=guess,
        negative_covariance=found.with_total < 0,
        maximum=maximum,
        mean=number(found.mean),
        facility_interval=facility_interval(n, maximum, found.mean, found.variance, level),
        discrimination_interval=interval.times(100) if interval else None,
    )


def moments_of(points: Floats, rests: Floats, totals: Floats) -> Moments:
    """Every sum over those who had an item that its figures need. What is nothing but rounding is 0."""
    n = len(points)
    if n < 2:
        return Moments(float(points[0]) if n else nan)
    mean = float(points.mean())
    here, there, whole = points - mean, rests - rests.mean(), totals - totals.mean()
    variance, rest_variance = spread_of(here, points), spread_of(there, rests)
    with_total = float(here @ whole) / (n - 1)
    noise = SAME * sqrt(variance * (variance + rest_variance))
    still = variance == 0 or rest_variance == 0
    return Moments(
        mean=mean,
        variance=variance,
        rest_variance=rest_variance,
        covariance=0.0 if still else float(here @ there) / (n - 1),
        greatest=0.0 if still else float(np.sort(here) @ np.sort(there)) / (n - 1),
        with_total=0.0 if abs(with_total) <= noise else with_total,
    )


def spread_of(around: Floats, values: Floats) -> float:
    """Variance (n − 1) of at least two values from their distances to the mean; 0 where only rounding differs."""
    variance = float(around @ around) / (len(around) - 1)
    size = max(1e-3, float(values.max()), -float(values.min()))
    return 0.0 if variance <= (SAME * size) ** 2 else variance


def _effective_weights(marks: Marks, moments: Sequence[Moments]) -> Floats:
    """100·√cov(mark, total) over the sum of these, each counted by the share of candidates who had the item.

    So the weights on the average paper add up to 100. NaN where the covariance is negative, or no item has any.
    """
    shared = np.array([found.with_total for found in moments], dtype=np.float64)
    roots = np.sqrt(np.where(shared >= 0, shared, np.nan))
    total = float(np.nansum(roots * marks.counts)) / max(1, marks.n)
    return 100 * roots / total if total else np.full(marks.items, np.nan)


def _intended_weights(marks: Marks) -> Floats:
    """100·maximum over the worth of the paper, in the mean of those who had the item; worthless papers apart."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if marks.on_paper is None:
            return np.where(marks.maxima.sum() > 0, 100 * marks.maxima / marks.maxima.sum(), np.nan)
        worthy = marks.paper_maxima > 0
        had = marks.on_paper.astype(np.float64)
        worth = had @ np.where(worthy, 1 / marks.paper_maxima, 0)
        return 100 * marks.maxima * worth / (had @ worthy.astype(np.float64))


def facility_interval(
    n: int, maximum: float, mean: float, variance: float, level: float = LEVEL
) -> Interval | None:
    """Of the mean mark as share of the maximum, 0 to 1, from `n` marks of that mean and variance (n − 1).

    Wilson's for marks of all or nothing and for marks without variation, else Student's t within 0 to 1.
    """
    if n == 0 or maximum == 0:
        return None
    facility = mean / maximum
    if n == 1 or variance == 0 or _is_all_or_nothing(n, maximum, mean, variance):
        return share_interval(min(1.0, max(0.0, facility)), n, level)
    half = t_quantile(level, n - 1) * sqrt(variance / n) / maximum
    return Interval(max(min(0.0, facility), facility - half), min(max(1.0, facility), facility + half))


def _is_all_or_nothing(n: int, maximum: float, mean: float, variance: float) -> bool:
    """Marks between 0 and the maximum are none but these two when the mean of x·(maximum − x) is 0."""
    squares = variance * (n - 1) / n + mean**2
    return abs(maximum * mean - squares) <= SAME * maximum**2
