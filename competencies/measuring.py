"""How traces become scores of leaves and of axes. Knows no database: profile, radar and scheme rules measure alike.

A leaf's score is the weighted mean of the traces that touch it; an axis is the weighted mean of its leaves that have
evidence. What nothing touches has no score: 证据不足, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

Number = Decimal | str
Trace = tuple[Decimal | None, Mapping[str, Number], Mapping[str, Number]]
"""A score 0..1 or None, weights by leaf, and scores 0..1 of leaves that have their own."""


@dataclass(frozen=True)
class LeafStanding:
    """One leaf: score 0..100 to one decimal, total weight behind it, number of subjects."""

    score: Decimal
    weight: Decimal
    subjects: int

    @property
    def figure(self) -> str:
        """The score as people write it: "86.5", "100"."""
        return f"{self.score:f}".removesuffix(".0")


Profile = dict[str, LeafStanding]


def fold(traces: Iterable[Trace]) -> Profile:
    """Leaf scores by leaf key; leaves that no trace touches are absent."""
    sums: dict[str, list[Decimal]] = {}
    for score, weights, leaf_scores in traces:
        for leaf, weight_text in weights.items():
            value = Decimal(leaf_scores[leaf]) if leaf in leaf_scores else score
            if value is None:
                continue
            weight = Decimal(weight_text)
            total = sums.setdefault(leaf, [Decimal(0), Decimal(0), Decimal(0)])
            total[0] += value * weight
            total[1] += weight
            total[2] += 1
    return {
        leaf: LeafStanding(_percent(weighted / weight), weight, int(count))
        for leaf, (weighted, weight, count) in sums.items()
        if weight
    }


def axis_score(profile: Profile, leaves: Iterable[str]) -> Decimal | None:
    """An axis 0..100 to one decimal; None where none of its leaves has evidence."""
    found = [profile[leaf] for leaf in leaves if leaf in profile]
    weight = sum((leaf.weight for leaf in found), Decimal(0))
    if not weight:
        return None
    total = sum((leaf.score * leaf.weight for leaf in found), Decimal(0))
    return (total / weight).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _percent(value: Decimal) -> Decimal:
    return (value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
