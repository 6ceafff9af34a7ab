"""How far two markers agree who marked the same answers without seeing each other's marks.

Weighted kappa is the share of the disagreement expected from the two markers' habits alone that did not happen: 1 when
they always agree, 0 when no more than by chance. A disagreement weighs as its square, in points: J. Cohen, Weighted
kappa, Psychological Bulletin 70 (1968), 213–220. Standard error for large samples: J. L. Fleiss, J. Cohen, B. S.
Everitt, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72 (1969), 323–327.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from assessments.statistics.intervals import LEVEL, Interval, normal_quantile

FEWEST_PAIRS = 2
SAME = 1e-9  # points; two marks no further apart are the same

Marks = Sequence[float] | Sequence[Decimal] | npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kappa:
    """Quadratic-weighted kappa, at most 1, below 0 when worse than chance; standard error in the same unit.

    The interval is None where the standard error is 0: perfect agreement of a few pairs says nothing about the next.
    """

    value: float
    standard_error: float
    interval: Interval | None
    pairs: int


@dataclass(frozen=True)
class Agreement:
    """Of `pairs` answers marked twice: share marked the same, share at most `adjacent` points apart (0 to 1 each).

    `difference` is the mean of second minus first, in points. What cannot be told is None.
    """

    pairs: int
    adjacent_points: float
    exact: float | None
    adjacent: float | None
    difference: float | None
    kappa: Kappa | None


def weighted_kappa(first: Marks, second: Marks, *, level: float = LEVEL) -> Kappa | None:
    """Kappa of two markers' points on the same answers, in the same order; points may be decimals.

    None for fewer than two pairs, and where nobody's marks vary, so that chance alone would agree.
    Raises ValueError when the two are not of one length.
    """
    ours, theirs = _pairs(first, second)
    pairs = len(ours)
    if pairs < FEWEST_PAIRS:
        return None
    between = (ours.mean() - theirs.mean()) ** 2
    expected = float(between + ours.var() + theirs.var())
    if expected <= SAME**2:
        return None
    squares = (ours - theirs) ** 2
    missed = float(squares.mean()) / expected  # 1 − kappa
    against = (ours - theirs.mean()) ** 2 + theirs.var() + (theirs - ours.mean()) ** 2 + ours.var()
    error = float((squares - missed * against).std()) / expected / pairs**0.5
    value = 1 - missed
    if error <= SAME:
        return Kappa(value, 0.0, None, pairs)
    half = normal_quantile(level) * error
    return Kappa(value, error, Interval(max(-1.0, value - half), min(1.0, value + half)), pairs)


def agreement_of(first: Marks, second: Marks, *, adjacent: float = 1.0, level: float = LEVEL) -> Agreement:
    """Kappa, exact and adjacent agreement of two markers' points on the same answers, in the same order."""
    ours, theirs = _pairs(first, second)
    if not len(ours):
        return Agreement(0, adjacent, None, None, None, None)
    apart = np.abs(ours - theirs)
    return Agreement(
        pairs=len(ours),
        adjacent_points=adjacent,
        exact=float((apart <= SAME).mean()),
        adjacent=float((apart <= adjacent + SAME).mean()),
        difference=float((theirs - ours).mean()),
        kappa=weighted_kappa(ours, theirs, level=level),
    )


def _pairs(first: Marks, second: Marks) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    ours, theirs = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if ours.ndim != 1 or ours.shape != theirs.shape:
        raise ValueError("both markers' marks must be lists of one length")
    return ours, theirs
