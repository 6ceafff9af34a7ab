"""Quantiles of Student's t and Fisher's F, good to a relative 1e-8 for up to a million degrees of freedom.

Both come from the regularised incomplete beta function, summed as the continued fraction of DiDonato and Morris (NIST
Digital Library of Mathematical Functions, 8.17.22) and inverted by Newton's method within a shrinking bracket.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

MOST_TERMS = 100_000
MOST_STEPS = 200
ENOUGH = 1e-15
TINY = 1e-300


@lru_cache(maxsize=4096)
def t_quantile(level: float, freedom: float) -> float:
    """How many standard errors to each side hold `level` of Student's t; 2.228 for 0.95 and 10 degrees of freedom."""
    return sqrt(f_quantile(level, 1, freedom))


@lru_cache(maxsize=4096)
def f_quantile(probability: float, above: float, below: float) -> float:
    """The value that F with `above` and `below` degrees of freedom stays under with that probability."""
    x = _beta_quantile(probability, above / 2, below / 2)
    return below * x / (above * (1 - x))


def beta_probability(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the probability that a beta variable stays under x."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(_log_front(x, a, b))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _log_front(x: float, a: float, b: float) -> float:
    return lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, from the front, by Lentz's method."""
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > TINY else TINY)
    value = d
    for m in range(1, MOST_TERMS):
        before = value
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            c = 1 + term / c
            d = 1 / (d if abs(d) > TINY else TINY)
            c = c if abs(c) > TINY else TINY
            value *= c * d
        if abs(value - before) <= ENOUGH * abs(value):
            break
    return value


def _beta_quantile(probability: float, a: float, b: float) -> float:
    low, high, x = 0.0, 1.0, a / (a + b)
    for _step in range(MOST_STEPS):
        missed = beta_probability(x, a, b) - probability
        low, high = (low, x) if missed > 0 else (x, high)
        slope = exp(_log_front(x, a, b)) / (x * (1 - x))
        after = x - missed / slope if slope > 0 else low
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - x) <= ENOUGH * x:
            return after
        x = after
    return x
