"""Approving, carrying out and finishing at the same moment, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from competencies.models import Evidence
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Notice
from simulations import tasks
from simulations.models import RunJudgement, RunRegrade, RunRegradeStatus
from simulations.regrading.advancing import advance_regrade
from simulations.regrading.deciding import approve_regrade
from tests.assessments.test_races import at_once
from tests.simulations.regrades import (
    SMALL,
    make_approved,
    make_author,
    make_proposed,
    make_run,
    release,
    swapped,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves when a worker comes."""
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


def test_of_two_who_approve_at_once_one_does(now: datetime, postgres_only: None) -> None:
    regrade = make_proposed(release(SMALL, now), release(swapped(), now), now=now)
    approvers = [make_author(), make_author()]
    waiting = iter(approvers)

    def approve() -> str:
        try:
            approve_regrade(regrade=regrade, by=next(waiting), now=now)
        except Refusal as refused:
            return refused.code
        return "approved"

    assert sorted(at_once(approve, calls=2, connections=2)) == ["approved", "late"]
    assert RunRegrade.objects.get().status == RunRegradeStatus.RUNNING
    assert AuditEntry.objects.filter(action="run_regrade.approved").count() == 1


def test_two_workers_at_once_judge_every_run_once(now: datetime, postgres_only: None) -> None:
    played = release(SMALL, now)
    for path in ("aa", "ba", "ab", "bb"):
        make_run(path, now)
    regrade = make_approved(played, release(swapped(), now), now=now)
    later = now + timedelta(hours=1)
    at_once(lambda: advance_regrade(regrade=regrade, clock=lambda: later), calls=2, connections=2)
    assert advance_regrade(regrade=regrade).status == RunRegradeStatus.DONE
    assert (RunJudgement.objects.count(), Evidence.objects.count()) == (4, 8)
    assert Notice.objects.count() == 4
