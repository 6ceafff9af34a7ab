"""What a sitting must reach: overall, in each section that says so, and on each axis of a view (并重培养). Pure.

Everything is compared exactly: 59.996 % is not 60 %, and a third of a point three times over is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.items.checking import as_text
from competencies.framework import view

SECTION, AXIS = "section", "axis"
PLACES = 10_000


@dataclass(frozen=True)
class Earned:
    """One question of a paper: the section it stands in, the weights of its leaves, points earned and attainable."""

    section: int
    leaves: Mapping[str, str]
    points: Decimal
    max: Decimal

    def shares(self) -> dict[str, Fraction]:
        """Leaf → the part of the question that counts for it, in proportion to the weights; together 1."""
        weights = {leaf: Fraction(Decimal(str(weight))) for leaf, weight in self.leaves.items()}
        total = sum(weights.values(), Fraction(0))
        return {leaf: weight / total for leaf, weight in weights.items()}


@dataclass(frozen=True)
class Part:
    """A section or an axis: what was earned there of what was attainable, and the percent that is needed."""

    kind: str
    key: str
    title: str
    points: Fraction
    max: Fraction
    need: Decimal

    @property
    def met(self) -> bool:
        return reaches(self.points, self.max, self.need)

    def as_json(self) -> dict[str, Any]:
        """As a result keeps it. `share` is exact ("2/3"); points are for reading, and rounded down."""
        return {
            "kind": self.kind,
            "key": self.key,
            "title": self.title,
            "points": rounded_down(self.points),
            "max": rounded_down(self.max),
            "share": str(self.points / self.max),
            "need": as_text(self.need),
            "met": self.met,
        }


def reaches(points: Fraction, attainable: Fraction | int, percent: Decimal) -> bool:
    """Whether so many points of the attainable ones are that percent or more."""
    return points * 100 >= Fraction(percent) * attainable


def parts_of(document: Mapping[str, Any], earned: Iterable[Earned]) -> tuple[Part, ...]:
    """The sections and axes of a release that ask for a percent of their own, in its order.

    An axis of which this paper asked nothing is left out: what was not asked can be neither reached nor missed.
    Releases prove that every paper asks something of each.
    """
    earned = tuple(earned)
    return (*_sections(document, earned), *_axes(document, earned))


def has_passed(percent: Decimal, earned: Iterable[Earned], parts: Iterable[Part]) -> bool:
    """Whether enough was earned overall and in every part."""
    points, attainable = _sums((Fraction(1), each) for each in earned)
    return reaches(points, attainable, percent) and all(part.met for part in parts)


def percent_text(share: Fraction) -> str:
    """A share of 0..1 as percent with at most two decimals, rounded down."""
    return rounded_down(share * 100, places=100)


def rounded_down(number: Fraction, *, places: int = PLACES) -> str:
    """Decimal text, rounded down to a `places`th (not below 0)."""
    return as_text(Decimal(number * places // 1) / places)


def _sections(document: Mapping[str, Any], earned: tuple[Earned, ...]) -> Iterable[Part]:
    for number, section in enumerate(document.get("sections") or (), start=1):
        if section.get("pass_percent") is None:
            continue
        points, attainable = _sums((Fraction(1), each) for each in earned if each.section == number)
        need = Decimal(str(section["pass_percent"]))
        if attainable:
            yield Part(SECTION, str(number), section.get("title", ""), points, attainable, need)


def _axes(document: Mapping[str, Any], earned: tuple[Earned, ...]) -> Iterable[Part]:
    rule = document.get("pass_axes") or {}
    axes = {axis.key: axis for axis in view(rule["view"]).axes} if rule else {}
    for key, percent in rule.get("axes", {}).items():
        leaves = frozenset(rule.get("leaves", {}).get(key, axes[key].leaves))
        points, attainable = _sums((_touch(each, leaves), each) for each in earned)
        if attainable:
            yield Part(AXIS, key, axes[key].title, points, attainable, Decimal(str(percent)))


def _touch(question: Earned, leaves: frozenset[str]) -> Fraction:
    """The part of the question that counts for any of the leaves."""
    return sum((share for leaf, share in question.shares().items() if leaf in leaves), Fraction(0))


def _sums(weighed: Iterable[tuple[Fraction, Earned]]) -> tuple[Fraction, Fraction]:
    """Earned and attainable points, each question's taken with its share."""
    points = attainable = Fraction(0)
    for share, each in weighed:
        points += share * Fraction(each.points)
        attainable += share * Fraction(each.max)
    return points, attainable
