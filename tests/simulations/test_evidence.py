"""A finished run leaves one line in the ledger; the first shapes the profile, hours are credited once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from competencies.models import Evidence
from competencies.profile import profile_of
from people.models import Person
from simulations.evidence import leaf_weights
from simulations.models import Playthrough, ScenarioVersion
from simulations.playing import start_playthrough
from simulations.scenarios import scenario_of
from tests.simulations.conftest import GOLDEN_PATH, WORST, play_path

pytestmark = pytest.mark.django_db
SHARES = {"LAW": "0.2727", "SWK": "0.3007", "DIG": "0.2238", "EMP": "0.2028"}


def _again(person: Person, path: str, now: datetime) -> Playthrough:
    return play_path(start_playthrough(person=person, scenario_key="S1", now=now), path, now)


def test_first_run_is_recorded_with_its_leaves(run: Playthrough, now: datetime) -> None:
    play_path(run, GOLDEN_PATH, now)
    row = Evidence.objects.get()
    assert (row.person_id, row.subject.kind, row.subject.key) == (run.person_id, "scenario", "S1")
    assert (row.kind, row.score, row.hours) == ("scenario", Decimal("0.9070"), Decimal("1.0"))
    assert row.leaf_scores == {"LAW": "0.867", "SWK": "0.941", "DIG": "0.889", "EMP": "0.913"}
    assert row.weights == SHARES
    assert row.source_key == f"playthrough:{run.pk}"
    assert (row.version_hash, row.occurred_at) == (run.version.content_hash, now)


def test_failed_run_is_recorded_too_but_without_hours(run: Playthrough, now: datetime) -> None:
    play_path(run, WORST, now)
    row = Evidence.objects.get()
    assert (row.score, row.hours, row.weights) == (Decimal("0.2340"), Decimal(0), SHARES)


def test_later_runs_are_practice(run: Playthrough, person: Person, now: datetime) -> None:
    play_path(run, WORST, now)
    before = profile_of(person)
    _again(person, GOLDEN_PATH, now + timedelta(days=1))
    _again(person, GOLDEN_PATH, now + timedelta(days=2))
    rows = Evidence.objects.order_by("id").values_list("score", "hours", "weights")
    assert list(rows[1:]) == [
        (Decimal("0.9070"), Decimal("1.0"), {}),
        (Decimal("0.9070"), Decimal("0.0"), {}),
    ]
    assert profile_of(person) == before


def test_leaf_that_was_never_asked_for_carries_no_weight(version: ScenarioVersion) -> None:
    judged = {"LAW": 80.0, "SWK": 70.0, "DIG": None, "EMP": 0.0}
    weights = leaf_weights(scenario_of(version), judged)
    assert {leaf: str(share) for leaf, share in weights.items()} == {
        leaf: share for leaf, share in SHARES.items() if leaf != "DIG"
    }
