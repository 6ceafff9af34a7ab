"""Internal consistency: how far the items of a test measure one thing."""

from __future__ import annotations

import numpy as np

from assessments.statistics.intervals import LEVEL, Interval
from assessments.statistics.marks import SAME, Bools, Floats, Marks
from assessments.statistics.quantiles import f_quantile

FEWEST = 3  # candidates below which Moodle tells none of the figures that stand on k-statistics
CANDIDATES_AT_ONCE = 2048  # so that a bank of a thousand items needs little memory besides its marks


def alpha_of(marks: Marks) -> float | None:
    """Cronbach's alpha, at most 1 (Moodle's coefficient of internal consistency, there in percent).

    k/(k − 1) · (1 − Σ var(item) / var(total)). Where papers differ, k is the mean number of items on a paper, and
    variances and covariances are those of the candidates who had the item, or both items, in the mean over papers. None
    below three candidates, on papers of one item, and where totals do not vary.
    """
    if marks.n < FEWEST:
        return None
    k = float(marks.counts.sum()) / marks.n
    own, shared = _sums(marks) if marks.on_paper is None else _pairwise_sums(marks, marks.on_paper)
    if k <= 1 or own + shared <= SAME * own:
        return None
    return k / (k - 1) * shared / (own + shared)


def alpha_interval(alpha: float | None, n: int, k: float, level: float = LEVEL) -> Interval | None:
    """Feldt's interval for alpha from `n` candidates and `k` items.

    L. S. Feldt, The approximate sampling distribution of Kuder–Richardson reliability coefficient twenty,
    Psychometrika 30 (1965), 357–370: (1 − alpha) over its estimate follows F with n − 1 and (n − 1)(k − 1) degrees of
    freedom, exactly for normal marks of items with equal variances and covariances.
    """
    if alpha is None or n < FEWEST or k <= 1:
        return None
    freedom = (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * f_quantile((1 + level) / 2, *freedom)
    high = 1 - (1 - alpha) * f_quantile((1 - level) / 2, *freedom)
    return Interval(low, high)


def _sums(marks: Marks) -> tuple[float, float]:
    """Σ var(item), and Σ cov over pairs of items, both ways."""
    own = float(marks.points.var(axis=1, ddof=1).sum())
    return own, float(marks.totals.var(ddof=1)) - own


def _pairwise_sums(marks: Marks, on_paper: Bools) -> tuple[float, float]:
    """The same on the average paper: each variance and covariance counted for those papers that have it."""
    centres = marks.points.sum(axis=1) / np.maximum(marks.counts, 1)
    both, sums, products = (np.zeros((marks.items, marks.items)) for _ in range(3))
    for start in range(0, marks.n, CANDIDATES_AT_ONCE):
        some = slice(start, start + CANDIDATES_AT_ONCE)
        had = on_paper[:, some].astype(np.float64)
        around = (marks.points[:, some] - centres[:, np.newaxis]) * had
        both += had @ had.T
        sums += around @ had.T
        products += around @ around.T
    products -= np.divide(sums * sums.T, both, out=np.zeros_like(both), where=both > 0)
    covariances = np.divide(products, both - 1, out=np.zeros_like(both), where=both > 1)
    worth: Floats = both * covariances / marks.n
    own = float(np.trace(worth))
    return own, float(worth.sum()) - own
