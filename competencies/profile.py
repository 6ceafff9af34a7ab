"""What the evidence says about a person, leaf by leaf, and through a view.

A leaf's score is the weighted mean of the standing evidence that touches it, where a subject counts once with its
newest row. A leaf nothing touches has no score: 证据不足, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from competencies.framework import View
from competencies.measuring import LeafStanding, Profile, axis_score, fold
from competencies.models import Evidence
from people.models import Person

__all__ = ["AxisStanding", "LeafStanding", "Profile", "profile_from", "profile_of", "profiles_of", "project"]


@dataclass(frozen=True)
class AxisStanding:
    """One axis of a view: score 0..100 to one decimal, None where there is no evidence."""

    key: str
    title: str
    score: Decimal | None


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
    return {person_id: fold(traces.values()) for person_id, traces in newest.items()}


def profile_from(evidence: Iterable[Evidence]) -> Profile:
    """The same of one person's standing evidence where it is at hand, oldest first. No query."""
    newest = {row.subject_id: (row.score, row.weights, row.leaf_scores) for row in evidence if row.weights}
    return fold(newest.values())


def project(profile: Profile, view: View) -> tuple[AxisStanding, ...]:
    """A profile seen through a view: each axis is the weighted mean of its leaves that have evidence."""
    return tuple(AxisStanding(axis.key, axis.title, axis_score(profile, axis.leaves)) for axis in view.axes)
