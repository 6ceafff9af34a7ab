"""What a finished run adds to the ledger (docs/adr/0002: the first run shapes the profile, the best one counts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from competencies.ledger import record_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from people.models import Person
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome
from simulations.models import Playthrough, ScenarioVersion

FINEST = Decimal("0.0001")


@dataclass(frozen=True)
class Claim:
    """What a finished run says in the ledger beside its hours, in the ledger's terms."""

    version_hash: str
    score: Decimal
    weights: Mapping[str, Decimal]
    leaf_scores: Mapping[str, Decimal]

    def fields(self) -> dict[str, Any]:
        """As `record_evidence` takes them."""
        return {name: getattr(self, name) for name in ("version_hash", "score", "weights", "leaf_scores")}


def claim_of(*, run: Playthrough, version: ScenarioVersion, scenario: Scenario, outcome: Outcome) -> Claim:
    """What the run says under this version. Only the first run of a scenario weighs on the profile."""
    return Claim(
        version_hash=version.content_hash,
        score=_share(outcome.total),
        weights=leaf_weights(scenario, outcome.leaf) if run.is_first else {},
        leaf_scores={leaf: _share(score) for leaf, score in outcome.leaf.items() if score is not None},
    )


def record_run(*, run: Playthrough, scenario: Scenario, outcome: Outcome, now: datetime) -> Evidence | None:
    """Record a finished run, passed or not, once. Only the first run of a scenario weighs on the profile.

    Practice from a point of another run leaves nothing (docs/adr/0010): who plays the last step until it passes has not
    passed the scenario. None then.

    Under the person's lock: a regrade of an earlier run of theirs may be moving the hours at this moment.
    """
    if run.replay_of_id is not None:
        return None
    Person.objects.select_for_update(no_key=True).get(pk=run.person_id)
    claim = claim_of(run=run, version=run.version, scenario=scenario, outcome=outcome)
    return record_evidence(
        person=run.person,
        subject=Subject.objects.get(kind=SubjectKind.SCENARIO, key=run.scenario_key),
        kind=EvidenceKind.SCENARIO,
        source_key=source_key_of(run),
        occurred_at=now,
        now=now,
        hours=_hours(run, outcome),
        **claim.fields(),
    )


def source_key_of(run: Playthrough) -> str:
    """What names the run's rows in the ledger: the first is called so, corrections go on after a colon."""
    return f"playthrough:{run.pk}"


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
    earlier = Playthrough.objects.filter(
        person=run.person, scenario_key=run.scenario_key, passed=True, replay_of=None
    )
    if not outcome.passed or earlier.exclude(pk=run.pk).exists():
        return Decimal(0)
    return run.version.hours
