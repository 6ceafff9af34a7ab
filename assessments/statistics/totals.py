"""Figures of a whole test, as Moodle's quiz statistics report defines them, with an interval of our own.

Definitions: docs.moodle.org/dev/Quiz_statistics_calculations, "Test statistics", and what Moodle does where that page
is silent: mod/quiz/report/statistics/classes/calculator.php of moodle/moodle. Scales are those of Moodle's table
`quiz_statistics` (points, and percent for the error ratio), but alpha, which is a share there in percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from assessments.statistics.intervals import LEVEL, Interval
from assessments.statistics.marks import SAME, Floats, Marks, number
from assessments.statistics.reliability import FEWEST, alpha_interval, alpha_of

FEWEST_FOR_KURTOSIS = 4


@dataclass(frozen=True)
class TestStatistics:
    """What the test did. A figure is None where it cannot be computed: too few candidates, no variation, one item.

    n: candidates. mean, median, sd, standard_error: points. skewness, kurtosis (0 for a normal distribution): numbers,
    from k-statistics. alpha: Cronbach's, at most 1. error_ratio: percent of sd that is error of measurement.
    items: columns. maximum: points of a paper, in the mean. alpha_interval: Feldt's.
    """

    __test__ = False  # for pytest: this is no test of ours

    n: int
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    error_ratio: float | None
    standard_error: float | None
    items: int
    maximum: float | None
    alpha_interval: Interval | None


def whole_test(marks: Marks, level: float = LEVEL) -> TestStatistics:
    """The figures of totals as candidates earned them, papers of different worth included."""
    n, totals = marks.n, marks.totals
    sd, skewness, kurtosis = _shape(totals)
    alpha = alpha_of(marks) if skewness is not None else None
    ratio = 100 * sqrt(max(0.0, 1 - alpha)) if alpha is not None and alpha <= 1 + SAME else None
    return TestStatistics(
        n=n,
        mean=float(totals.mean()) if n else None,
        median=float(np.median(totals)) if n else None,
        sd=sd,
        skewness=skewness,
        kurtosis=kurtosis,
        alpha=alpha,
        error_ratio=ratio,
        standard_error=None if ratio is None or sd is None else ratio * sd / 100,
        items=marks.items,
        maximum=float(marks.paper_maxima.mean()) if n else None,
        alpha_interval=alpha_interval(alpha, n, float(marks.counts.sum()) / n, level) if n else None,
    )


def _shape(totals: Floats) -> tuple[float | None, float | None, float | None]:
    """Standard deviation, skewness k3/k2^1.5 and kurtosis k4/k2², with the k-statistics of R. A. Fisher."""
    n = len(totals)
    if n < 2:
        return None, None, None
    around = totals - totals.mean()
    if float(np.abs(around).max()) <= SAME * max(1e-3, float(np.abs(totals).max())):
        return 0.0, None, None
    squares = around * around
    m2, m3, m4 = float(squares.mean()), float((squares * around).mean()), float((squares * squares).mean())
    k2 = n * m2 / (n - 1)
    if n < FEWEST:
        return sqrt(k2), None, None
    k3 = n**2 * m3 / ((n - 1) * (n - 2))
    if n < FEWEST_FOR_KURTOSIS:
        return sqrt(k2), number(k3 / k2**1.5), None
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return sqrt(k2), number(k3 / k2**1.5), number(k4 / k2**2)
