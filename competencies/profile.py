"""What the evidence says about a person, leaf by leaf, and through a view.

A leaf's score is the weighted mean of the standing evidence that touches it, where a subject counts once with its
newest row. A leaf nothing touches has no score: 证据不足, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from competencies.framework import View
from competencies.models import Evidence
from people.models import Person


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


@dataclass(frozen=True)
class AxisStanding:
    """One axis of a view: score 0..100 to one decimal, None where there is no evidence."""

    key: str
    title: str
    score: Decimal | None


Profile = dict[str, LeafStanding]


def profile_of(person: Person) -> Profile:
    """A person's profile by leaf key; leaves without evidence are absent. One query."""
    return profiles_of([person]).get(person.pk, {})


def profiles_of(people: Iterable[Person]) -> dict[object, Profile]:
    """Profiles of several people by person id, in one query."""
    rows = (
        Evidence.objects.standing()
        .filter(person__in=list(people))
        .exclude(weights={})
        .order_by("occurred_at", "id")
        .values_list("person_id", "subject_id", "score", "weights", "leaf_scores")
    )
    newest: dict[object, dict[int, tuple]] = {}
    for person_id, subject_id, *trace in rows:
        newest.setdefault(person_id, {})[subject_id] = tuple(trace)
    return {person_id: _fold(traces.values()) for person_id, traces in newest.items()}


def profile_from(evidence: Iterable[Evidence]) -> Profile:
    """The same of one person's standing evidence where it is at hand, oldest first. No query."""
    newest = {row.subject_id: (row.score, row.weights, row.leaf_scores) for row in evidence if row.weights}
    return _fold(newest.values())


def project(profile: Profile, view: View) -> tuple[AxisStanding, ...]:
    """A profile seen through a view: each axis is the weighted mean of its leaves that have evidence."""
    return tuple(
        AxisStanding(axis.key, axis.title, _mean([profile[leaf] for leaf in axis.leaves if leaf in profile]))
        for axis in view.axes
    )


def _fold(traces: Iterable[tuple]) -> Profile:
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


def _mean(leaves: list[LeafStanding]) -> Decimal | None:
    weight = sum((leaf.weight for leaf in leaves), Decimal(0))
    if not weight:
        return None
    total = sum((leaf.score * leaf.weight for leaf in leaves), Decimal(0))
    return (total / weight).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _percent(value: Decimal) -> Decimal:
    return (value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
