"""The ledger as other rooms read it: once for everything a page computes from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from competencies.models import Evidence
from core.prepared import prepared
from people.models import Person

StandingEvidence = Mapping[UUID, Sequence[Evidence]]
"""Person id → rows that count now, oldest first, each with its subject; everybody asked about is there."""


def standing_evidence(people: Iterable[Person]) -> StandingEvidence:
    """What stands in the ledger for these people. One query; profiles and decisions can both be computed from it."""
    found: dict[UUID, list[Evidence]] = {person.pk: [] for person in people}
    for row in _standing_rows(tuple(found)):
        found[row.person_id].append(row)
    return found


@prepared
def _standing_rows(people: Sequence[UUID]) -> QuerySet[Evidence]:
    rows = Evidence.objects.standing().filter(person__in=people).select_related("subject")
    return rows.order_by("occurred_at", "id")
