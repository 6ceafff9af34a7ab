"""The gate of a release: what is proved wrong does not come before learners; what nobody checked is checked there."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest

from core.errors import Refusal
from core.models import AuditEntry
from simulations.checks.gates import ErrorsFound
from simulations.checks.reports import store_report
from simulations.drafts import store_draft
from simulations.models import CheckStatus, ScenarioCheck, ScenarioVersion
from simulations.releasing import release_scenario
from tests.simulations.proofs import report_of
from tests.simulations.regrades import SMALL

pytestmark = pytest.mark.django_db

DEAD_END = {"kind": "dead-end", "severity": "error", "where": "N2", "witness": "N1a", "states": 3}
WARNING = {"kind": "never-enabled", "severity": "warning", "where": "N1c", "witness": ""}


def with_dead_end() -> Any:
    """Who begins with b can choose nothing any more."""
    document = deepcopy(SMALL)
    for choice in document["nodes"][1]["choices"]:
        choice["cond"] = "done"
    return document


def test_scenario_with_a_dead_end_is_not_released(now: datetime) -> None:
    draft = store_draft(document=with_dead_end(), by=None, now=now)
    with pytest.raises(ErrorsFound) as refused:
        release_scenario(draft=draft, by=None, now=now)
    assert isinstance(refused.value, Refusal)
    assert (refused.value.code, len(refused.value.findings)) == ("errors", 1)
    assert "N2 终点" in refused.value.findings[0]
    assert ScenarioVersion.objects.count() == 0


def test_quick_check_is_kept_and_made_once(now: datetime) -> None:
    draft = store_draft(document=with_dead_end(), by=None, now=now)
    for _time in range(2):
        with pytest.raises(ErrorsFound):
            release_scenario(draft=draft, by=None, now=now)
    check = ScenarioCheck.objects.get()
    assert (check.status, check.errors, check.content_hash) == (CheckStatus.DONE, 1, draft.content_hash)


def test_newest_check_decides(now: datetime) -> None:
    store_report(document=SMALL, report=report_of(SMALL, (DEAD_END, WARNING)), by=None, now=now)
    draft = store_draft(document=SMALL, by=None, now=now)
    with pytest.raises(ErrorsFound):
        release_scenario(draft=draft, by=None, now=now)


def test_warnings_do_not_stand_in_the_way(now: datetime) -> None:
    check = store_report(document=SMALL, report=report_of(SMALL, (WARNING,)), by=None, now=now)
    release_scenario(draft=store_draft(document=SMALL, by=None, now=now), by=None, now=now)
    entry = AuditEntry.objects.get(action="scenario.released")
    assert entry.detail["check"] == str(check.pk)
    assert ScenarioCheck.objects.count() == 1
