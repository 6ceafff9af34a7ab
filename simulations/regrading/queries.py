"""Reads about regrades that more than one page shares."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from people.models import Person
from simulations.models import RunRegrade, RunRegradeStatus


def run_regrades_on_desk(person: Person) -> QuerySet[RunRegrade]:
    """Regrades that wait for a second person, with this one's own that were tried; the longest waiting first. One
    query, with both versions."""
    tried = Q(status=RunRegradeStatus.TRIED, proposed_by=person)
    found = RunRegrade.objects.filter(Q(status=RunRegradeStatus.PROPOSED) | tried)
    found = found.select_related("played", "corrected").defer("played__document", "corrected__document")
    return found.order_by("proposed_at", "pk")
