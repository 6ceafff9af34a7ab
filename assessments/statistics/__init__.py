"""Classical statistics of exams, over arrays of marks and nothing else.

    test, items = analyse(matrix, maxima)

or, where more is asked than the figures of Moodle's report:

    marks = marks_of(matrix, maxima)
    whole_test(marks), each_item(marks), each_contrast(marks), score_histogram(marks, 60)
    each_choice(marks, chosen, options, keys), each_part(marks, parts), suspicions_of(item, choices)

Pure: numpy and dataclasses. Scales, sources and what happens to papers that differ: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from assessments.statistics.agreement import Agreement, Kappa, agreement_of, weighted_kappa
from assessments.statistics.angoff import CutScore, cut_score
from assessments.statistics.groups import Contrast, each_contrast
from assessments.statistics.histograms import Histogram, score_histogram
from assessments.statistics.intervals import LEVEL, Interval
from assessments.statistics.items import ItemStatistics, each_item
from assessments.statistics.marks import Marks, marks_of
from assessments.statistics.options import Choices, Option, each_choice
from assessments.statistics.parts import PartStatistics, each_part
from assessments.statistics.suspicions import Limits, Reason, Suspicion, suspicions_of
from assessments.statistics.totals import TestStatistics, whole_test

__all__ = [
    "LEVEL",
    "Agreement",
    "Choices",
    "Contrast",
    "CutScore",
    "Histogram",
    "Interval",
    "ItemStatistics",
    "Kappa",
    "Limits",
    "Marks",
    "Option",
    "PartStatistics",
    "Reason",
    "Suspicion",
    "TestStatistics",
    "agreement_of",
    "analyse",
    "cut_score",
    "each_choice",
    "each_contrast",
    "each_item",
    "each_part",
    "marks_of",
    "score_histogram",
    "suspicions_of",
    "weighted_kappa",
    "whole_test",
]


def analyse(
    matrix: npt.ArrayLike,
    maxima: Sequence[float] | npt.ArrayLike,
    *,
    per_point: int = 1,
    names: Sequence[str] | None = None,
    guesses: Sequence[float | None] | None = None,
    level: float = LEVEL,
) -> tuple[TestStatistics, tuple[ItemStatistics, ...]]:
    """The figures of a test and of its items, from candidates × items. Arguments as in `marks_of` and `each_item`."""
    marks = marks_of(matrix, maxima, per_point)
    return whole_test(marks, level), each_item(marks, names, guesses, level)
