"""The nightly reconciliation names runs whose outcome, judgement and ledger say different things."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from cms.consistency import findings
from simulations import tasks
from simulations.models import Playthrough
from tests.simulations.regrades import SMALL, make_done, make_run, release, swapped

pytestmark = pytest.mark.django_db


def test_judged_run_that_says_otherwise_is_named(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)
    played = release(SMALL, now)
    run = make_run("aa", now)
    make_done(played, release(swapped(), now), now=now)
    assert [each for each in findings(now=now) if "playthrough" in each] == []
    Playthrough.objects.filter(pk=run.pk).update(total=Decimal("99.0"))
    assert [each for each in findings(now=now) if "playthrough" in each] == [
        f"playthrough {run.pk} stands at 99.0, but its newest judgement says 59.2"
    ]
