"""Candidates by score: the upper and lower 27 percent, and groups of about equal size for pictures.

Candidates with equal scores are treated alike, so that nothing depends on the order they come in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessments.statistics.marks import Floats, Marks, Whole

EXTREME = 0.27
"""T. L. Kelley, The selection of upper and lower groups for the validation of test items, J. Educ. Psych. 30 (1939)."""
GROUPS = 5


@dataclass(frozen=True)
class Contrast:
    """Mean mark as share of the maximum (0 to 1) of the upper and the lower 27 percent, and upper minus lower.

    None where none of the group had the item, or there is nothing to earn.
    """

    upper: float | None
    lower: float | None
    difference: float | None


def each_contrast(marks: Marks) -> tuple[Contrast, ...]:
    """The table of upper and lower 27 percent of candidates by total, item by item."""
    upper, lower = upper_weights(marks.shares), upper_weights(-marks.shares)
    return tuple(_contrast(marks, place, upper, lower) for place in range(marks.items))


def upper_weights(scores: Floats, extreme: float = EXTREME) -> Floats:
    """How far each candidate belongs to the upper part, 0 to 1; all together they are exactly that part.

    Of those with the score where the line falls each counts with the same fraction.
    """
    weights = np.zeros(len(scores))
    wanted = extreme * len(scores)
    if not len(scores):
        return weights
    line = np.sort(scores)[::-1][min(len(scores) - 1, int(wanted))]
    above, at = scores > line, scores == line
    weights[above] = 1
    weights[at] = (wanted - np.count_nonzero(above)) / np.count_nonzero(at)
    return weights


def score_groups(scores: Floats, groups: int = GROUPS) -> Whole:
    """The group of each candidate, 0 for the lowest scores; as equal in size as equal scores allow."""
    n = len(scores)
    ordered = np.sort(scores)
    middle = (np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")) / 2
    placed: Whole = np.minimum(groups - 1, (groups * middle / max(1, n)).astype(np.int64))
    return placed


def weighted_mean(values: Floats, weights: Floats) -> float | None:
    """Mean by weights, None where they are all 0."""
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else None


def _contrast(marks: Marks, place: int, upper: Floats, lower: Floats) -> Contrast:
    maximum = float(marks.maxima[place])
    if not maximum:
        return Contrast(None, None, None)
    points = marks.points[place] / maximum
    if marks.on_paper is not None:
        had = marks.on_paper[place]
        points, upper, lower = points[had], upper[had], lower[had]
    best, worst = weighted_mean(points, upper), weighted_mean(points, lower)
    return Contrast(best, worst, None if best is None or worst is None else best - worst)
