"""Figures of parts of a test: its sections, or the competencies its items ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.statistics.intervals import LEVEL, Interval
from assessments.statistics.items import spread_of
from assessments.statistics.marks import Marks
from assessments.statistics.reliability import alpha_interval, alpha_of


@dataclass(frozen=True)
class PartStatistics:
    """What one part did. part: its name. items: columns. n: candidates who had any of them.

    maximum: points, in the mean over candidates. share: what candidates earned of it, in the mean, 0 to 1. sd: standard
    deviation of these shares, 0 to 1. alpha and alpha_interval: of these items alone.
    """

    part: str
    items: int
    n: int
    maximum: float | None
    share: float | None
    sd: float | None
    alpha: float | None
    alpha_interval: Interval | None


def each_part(
    marks: Marks, parts: Mapping[str, Mapping[int, float]], level: float = LEVEL
) -> tuple[PartStatistics, ...]:
    """The figures of each part: its name → columns from 0 → how much of the item's points belongs to it, 0 to 1."""
    return tuple(_one_part(name, marks.part(shares), level) for name, shares in parts.items())


def _one_part(name: str, marks: Marks, level: float) -> PartStatistics:
    if not marks.n or not marks.items:
        return PartStatistics(name, marks.items, 0, None, None, None, None, None)
    shares, alpha = marks.shares, alpha_of(marks)
    mean = float(shares.mean())
    return PartStatistics(
        part=name,
        items=marks.items,
        n=marks.n,
        maximum=float(marks.paper_maxima.mean()),
        share=mean,
        sd=spread_of(shares - mean, shares) ** 0.5 if marks.n > 1 else None,
        alpha=alpha,
        alpha_interval=alpha_interval(alpha, marks.n, float(marks.counts.sum()) / marks.n, level),
    )
