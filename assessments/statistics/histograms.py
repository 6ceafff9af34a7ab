"""How many candidates reached which score, for pictures and the tables beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessments.statistics.marks import Marks

BINS = 20
ROUNDING = 1e-9  # percent; a score that close to a line is on it


@dataclass(frozen=True)
class Bin:
    """Candidates with at least `low` and less than `high` percent, the last bin 100 included; `passed` of them pass."""

    low: float
    high: float
    n: int
    passed: int


@dataclass(frozen=True)
class Histogram:
    """Scores in percent of the paper's points. The bins count every candidate once; `passed` is None without a line."""

    n: int
    pass_percent: float | None
    passed: int | None
    bins: tuple[Bin, ...]


def score_histogram(marks: Marks, pass_percent: float | None = None, bins: int = BINS) -> Histogram:
    """Totals in bins of equal width from 0 to 100 percent; scores below 0 count in the first."""
    percents = np.clip(100 * marks.shares, 0, 100) + ROUNDING
    placed = np.minimum(bins - 1, (percents * bins / 100).astype(np.int64))
    line = float("inf") if pass_percent is None else pass_percent
    counts = np.bincount(placed, minlength=bins)
    passing = np.bincount(placed[percents >= line], minlength=bins)
    return Histogram(
        n=marks.n,
        pass_percent=pass_percent,
        passed=None if pass_percent is None else int(passing.sum()),
        bins=tuple(
            Bin(100 * place / bins, 100 * (place + 1) / bins, int(counts[place]), int(passing[place]))
            for place in range(bins)
        ),
    )
