"""The definitions once more, candidate by candidate and in fractions: slow, and with nothing to vectorise wrongly.

A matrix is a list of candidates, each a list of marks, None where the item was not on the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

Matrix = Sequence[Sequence[int | None]]
Figures = dict[str, float | None]


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def covariance(ours: Sequence[Fraction], theirs: Sequence[Fraction]) -> Fraction:
    here, there = mean(ours), mean(theirs)
    return sum(((a - here) * (b - there) for a, b in zip(ours, theirs, strict=True)), Fraction(0)) / (
        len(ours) - 1
    )


def slow_item(matrix: Matrix, maxima: Sequence[int], item: int) -> Figures:
    """Figures of one item over those who had it."""
    papers = [_paper(row, maxima) for row in matrix]
    worth = mean([paper for paper, _ in papers])
    own = Fraction(maxima[item])
    had = [
        (Fraction(row[item]), total, paper)
        for row, (paper, total) in zip(matrix, papers, strict=True)
        if row[item] is not None
    ]
    found: Figures = dict.fromkeys(
        ("facility", "sd", "discrimination_index", "discriminative_efficiency", "with_total")
    )
    if not had:
        return found
    marks = [mark for mark, _, _ in had]
    if own:
        found["facility"] = float(mean(marks) / own)
    if len(had) < 2:
        return found
    rests = [
        (total - mark) * (worth - own) / (paper - own) if paper > own else Fraction(0)
        for mark, total, paper in had
    ]
    totals = [total * worth / paper if paper else total for _, total, paper in had]
    found["sd"] = sqrt(covariance(marks, marks))
    found["with_total"] = float(covariance(marks, totals))
    spread = covariance(marks, marks) * covariance(rests, rests)
    if spread:
        found["discrimination_index"] = 100 * float(covariance(marks, rests)) / sqrt(spread)
        greatest = covariance(sorted(marks), sorted(rests))
        found["discriminative_efficiency"] = float(100 * covariance(marks, rests) / greatest)
    return found


def slow_weights(matrix: Matrix, maxima: Sequence[int]) -> list[tuple[float | None, float | None]]:
    """Effective and intended weight of each item, percent."""
    shared = [slow_item(matrix, maxima, item)["with_total"] for item in range(len(maxima))]
    had = [sum(row[item] is not None for row in matrix) for item in range(len(maxima))]
    whole = sum(
        sqrt(each) * count / len(matrix)
        for each, count in zip(shared, had, strict=True)
        if each is not None and each > 0
    )
    weights: list[tuple[float | None, float | None]] = []
    for item, each in enumerate(shared):
        effective = 100 * sqrt(each) / whole if whole and each is not None and each >= 0 else None
        parts = [
            Fraction(100 * maxima[item]) / _paper(row, maxima)[0] if _paper(row, maxima)[0] else None
            for row in matrix
            if row[item] is not None
        ]
        known = [part for part in parts if part is not None]
        weights.append((effective, float(mean(known)) if known else None))
    return weights


def slow_test(matrix: Matrix, maxima: Sequence[int]) -> Figures:
    """Figures of the whole test."""
    totals = sorted(_paper(row, maxima)[1] for row in matrix)
    n, centre = len(totals), mean(totals)
    found: Figures = dict.fromkeys(
        ("sd", "skewness", "kurtosis", "alpha", "error_ratio", "standard_error"), None
    )
    found |= {"mean": float(centre), "median": float((totals[(n - 1) // 2] + totals[n // 2]) / 2)}
    if n < 2:
        return found
    powers = [sum(((each - centre) ** power for each in totals), Fraction(0)) for power in range(5)]
    k2 = powers[2] / (n - 1)
    found["sd"] = sqrt(k2)
    if n < 3 or not k2:
        return found
    k3 = n * powers[3] / ((n - 1) * (n - 2))
    found["skewness"] = float(k3) / float(k2) ** 1.5
    if n > 3:
        k4 = n * (n + 1) * powers[4] - 3 * (n - 1) * powers[2] ** 2
        found["kurtosis"] = float(k4 / ((n - 1) * (n - 2) * (n - 3)) / k2**2)
    alpha = slow_alpha(matrix, len(maxima))
    if alpha is not None:
        found["alpha"] = float(alpha)
        if alpha <= 1:
            found["error_ratio"] = 100 * sqrt(1 - alpha)
            found["standard_error"] = sqrt(1 - alpha) * sqrt(k2)
    return found


def slow_alpha(matrix: Matrix, items: int) -> Fraction | None:
    """Alpha of the average paper: covariances of those who had both items, counted for as many papers as had both."""
    k = Fraction(sum(mark is not None for row in matrix for mark in row), len(matrix))
    own = shared = Fraction(0)
    for one in range(items):
        for other in range(items):
            pairs = [
                (Fraction(row[one]), Fraction(row[other]))
                for row in matrix
                if row[one] is not None and row[other] is not None
            ]
            if len(pairs) < 2:
                continue
            worth = (
                covariance([a for a, _ in pairs], [b for _, b in pairs]) * len(pairs) / Fraction(len(matrix))
            )
            own, shared = (own + worth, shared) if one == other else (own, shared + worth)
    if k <= 1 or own + shared <= 0:
        return None
    return k / (k - 1) * shared / (own + shared)


def _paper(row: Sequence[int | None], maxima: Sequence[int]) -> tuple[Fraction, Fraction]:
    """What the paper was worth and what it earned."""
    worth = sum(most for mark, most in zip(row, maxima, strict=True) if mark is not None)
    return Fraction(worth), Fraction(sum(mark for mark in row if mark is not None))
