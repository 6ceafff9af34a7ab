"""A regrade of runs killed at random points (faults.md rows 17 and 38): it ends like one that nobody killed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice
from simulations import tasks
from simulations.models import Playthrough, RunJudgement, RunRegrade, RunRegradeStatus
from simulations.regrading.advancing import advance_regrade
from tests.chaos import test_killed_regrade as killing
from tests.simulations.regrades import SMALL, make_approved, make_run, release, swapped

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RUNS = 30
KILLS = 60
LONGEST_LIFE = 45  # statements that a worker sends to the database before it is killed
ROUNDS_TO_FINISH = 5


def work(regrade: RunRegrade, now: datetime, death: Any) -> None:
    """A worker's life."""
    with connection.execute_wrapper(death):
        advance_regrade(regrade=regrade, clock=lambda: now)


def killed_worker(regrade: RunRegrade, now: datetime, death: Any) -> bool:
    """Fork a worker and wait for its end; tells whether it was killed."""
    connections.close_all()  # an open database must not be carried into a fork
    worker = killing.multiprocessing.get_context("fork").Process(target=work, args=(regrade, now, death))
    worker.start()
    worker.join()
    return bool(worker.exitcode == -killing.signal.SIGKILL)


def test_regrade_of_runs_survives_its_workers(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)
    chance, later = random.Random(21), now + timedelta(hours=2)
    played = release(SMALL, now)
    paths = [chance.choice(["aa", "ab", "ba", "bb"]) for _run in range(RUNS)]
    runs = [make_run(path, now) for path in paths]
    regrade = make_approved(played, release(swapped(), now), now=now)
    killed = sum(
        killed_worker(
            regrade, later, killing.Death(chance.randint(1, LONGEST_LIFE), after=chance.random() < 0.5)
        )
        for _turn in range(KILLS)
    )
    half_done = regrade.lines.filter(done_at__isnull=False).count()
    for _round in range(ROUNDS_TO_FINISH):
        if advance_regrade(regrade=regrade, clock=lambda: later).status == RunRegradeStatus.DONE:
            break
    print("KILLED", killed, "RUNS DONE BY THE KILLED", half_done)
    assert killed > 0
    assert half_done > 0
    assert RunRegrade.objects.get(pk=regrade.pk).status == RunRegradeStatus.DONE
    assert_like_one_nobody_killed(runs, paths)


def assert_like_one_nobody_killed(runs: list[Playthrough], paths: list[str]) -> None:
    swap = {"a": "GOOD", "b": "BAD"}  # as it was: what was right at the first step is wrong now
    for run, path in zip(runs, paths, strict=True):
        before = run.ending
        run.refresh_from_db()
        assert (before, run.ending) == (swap[path[0]], swap["b" if path[0] == "a" else "a"])
        row = Evidence.objects.standing().get(person=run.person)
        assert row.version_hash == run.standing_version.content_hash
        assert (row.hours > 0) == run.passed
    assert (RunJudgement.objects.count(), Evidence.objects.count()) == (RUNS, 2 * RUNS)
    assert Notice.objects.filter(source_key__contains=":regrade:").count() == RUNS
    assert AuditEntry.objects.filter(action="playthrough.judged").count() == RUNS
    assert AuditEntry.objects.filter(action="run_regrade.done").count() == 1
