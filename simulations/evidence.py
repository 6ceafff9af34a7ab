"""What a finished run adds to the ledger (docs/adr/0002: the first run shapes the profile, the best one counts)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from competencies.ledger import record_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome
from simulations.models import Playthrough

FINEST = Decimal("0.0001")


def record_run(*, run: Playthrough, scenario: Scenario, outcome: Outcome, now: datetime) -> Evidence:
    """Record a finished run, passed or not, once. Only the first run of a scenario weighs on the profile."""
    return record_evidence(
        person=run.person,
        subject=Subject.objects.get(kind=SubjectKind.SCENARIO, key=run.scenario_key),
        kind=EvidenceKind.SCENARIO,
        version_hash=run.version.content_hash,
        source_key=f"playthrough:{run.pk}",
        occurred_at=now,
        now=now,
        score=_share(outcome.total),
        hours=_hours(run, outcome),
        weights=leaf_weights(scenario, outcome.leaf) if run.is_first else {},
        leaf_scores={leaf: _share(score) for leaf, score in outcome.leaf.items() if score is not None},
    )


def leaf_weights(scenario: Scenario, judged: Mapping[str, float | None]) -> dict[str, Decimal]:
    """Each leaf's share (0..1) of all the points the scenario has to give.

    The same for every run of a version, except that a leaf the run was never asked for (None) is left out.
    """
    most = [sum(points) for points in zip(*(n.most_points for n in scenario.nodes.values()), strict=True)]
    total = sum(most)
    return {
        leaf: (Decimal(points) / total).quantize(FINEST, ROUND_HALF_UP)
        for leaf, points in zip(scenario.leaves, most, strict=True)
        if points and judged[leaf] is not None
    }


def _share(percent: float) -> Decimal:
    """0..100 with one decimal as 0..1; through text, so that 90.7 is 0.907 and nothing beside it."""
    return Decimal(str(percent)) / 100


def _hours(run: Playthrough, outcome: Outcome) -> Decimal:
    """Hours are credited for passing, and once: not for time spent, not again for practice."""
    earlier = Playthrough.objects.filter(person=run.person, scenario_key=run.scenario_key, passed=True)
    if not outcome.passed or earlier.exclude(pk=run.pk).exists():
        return Decimal(0)
    return run.version.hours
