"""Confidence intervals in closed form. Level: the share of samples whose interval holds the true value, 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist

LEVEL = 0.95
FEWEST_FOR_CORRELATION = 4  # Fisher's standard error is 1/√(n − 3)
PERFECT = 1 - 1e-9


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, in the unit of the figure it belongs to."""

    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """The same interval in another unit; `factor` is positive."""
        return Interval(self.low * factor, self.high * factor)


def normal_quantile(level: float) -> float:
    """How many standard errors to each side hold `level` of a normal distribution; 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def share_interval(share: float, n: int, level: float = LEVEL) -> Interval | None:
    """Wilson's score interval for a share of `n` independent yes-or-no cases; None for n = 0.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209–212. For
    anything else that lies between 0 and 1 it is too wide, never too narrow: nothing there varies more than yes or no.
    """
    if n == 0:
        return None
    z2 = normal_quantile(level) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return Interval(max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)))


def correlation_interval(correlation: float, n: int, level: float = LEVEL) -> Interval | None:
    """Fisher's z interval for a correlation of `n` pairs; None for fewer than 4 pairs and for exactly ±1.

    R. A. Fisher, On the "probable error" of a coefficient of correlation, Metron 1 (1921), 3–32. Exact for two normal
    variables, an approximation for marks.
    """
    if n < FEWEST_FOR_CORRELATION or abs(correlation) >= PERFECT:
        return None
    middle, half = atanh(correlation), normal_quantile(level) / sqrt(n - 3)
    return Interval(tanh(middle - half), tanh(middle + half))
