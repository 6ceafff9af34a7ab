"""A regrade killed at a hundred random points (faults.md rows 17 and 38): it ends like one that nobody killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from assessments import tasks
from assessments.models import Attempt, Regrade, RegradeStatus, Result
from assessments.regrading.advancing import advance_regrade
from assessments.results.scoring import result_of, score_answers
from competencies.models import Evidence
from core.models import AuditEntry
from people.models import Notice
from tests.assessments.making import make_exam
from tests.assessments.regrades import correct_key, key_change, make_approved, make_sat

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PAPERS = 60
KILLS = 100
LONGEST_LIFE = 45  # statements that a worker sends to the database before it is killed
ROUNDS_TO_FINISH = 5
SAID = ("items", "parts", "points", "max_points", "complete", "passed", "correction_id")


class Death:
    """Kills its own process around the statement with this number, before or after the database has it."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left, self.after = at, after

    def __call__(self, execute: Any, *statement: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            if self.after:
                execute(*statement)
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)


def work(regrade: Regrade, now: datetime, death: Death) -> None:
    """A worker's life."""
    with connection.execute_wrapper(death):
        advance_regrade(regrade=regrade, clock=lambda: now)


def killed_worker(regrade: Regrade, now: datetime, death: Death) -> bool:
    """Fork a worker and wait for its end; tells whether it was killed."""
    connections.close_all()  # an open database must not be carried into a fork
    worker = multiprocessing.get_context("fork").Process(target=work, args=(regrade, now, death))
    worker.start()
    worker.join()
    return worker.exitcode == -signal.SIGKILL


def test_regrade_survives_its_workers(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.advance_regrade, "delay", lambda regrade_id: None)
    version = make_exam(types=("single", "single"))
    chance, later = random.Random(17), now + timedelta(hours=2)
    picked = [(chance.choice(["o1", "o2", "o3"]), "o2") for _paper in range(PAPERS)]
    papers = [make_sat(*pair, now=now) for pair in picked]
    regrade = make_approved(version, key_change(correct_key()), now=now)
    killed = 0
    for _turn in range(KILLS):
        death = Death(chance.randint(1, LONGEST_LIFE), after=chance.random() < 0.5)
        killed += killed_worker(regrade, later, death)
    half_done = regrade.lines.filter(done_at__isnull=False).count()
    for _round in range(ROUNDS_TO_FINISH):
        if advance_regrade(regrade=regrade, clock=lambda: later).status == RegradeStatus.DONE:
            break
    print("KILLED", killed, "PAPERS DONE BY THE KILLED", half_done)
    assert (killed, 0 < half_done < PAPERS) == (KILLS, True)
    assert Regrade.objects.get(pk=regrade.pk).status == RegradeStatus.DONE
    assert_like_one_nobody_killed(regrade, papers, picked)


def assert_like_one_nobody_killed(
    regrade: Regrade, papers: list[Attempt], picked: list[tuple[str, str]]
) -> None:
    expected = {"o1": (2, False), "o2": (2, False), "o3": (4, True)}
    for attempt, (first, _second) in zip(papers, picked, strict=True):
        newest = attempt.results.order_by("-number")[0]
        assert (newest.number, newest.points, newest.passed) == (2, *expected[first])
        scratch = result_of(newest.attempt, score_answers(newest.attempt))
        assert [getattr(newest, name) for name in SAID] == [getattr(scratch, name) for name in SAID]
        line = regrade.lines.get(attempt=attempt)
        assert line.result == newest
        assert line.done_at is not None
    moved = sum(first != "o1" for first, _second in picked)
    assert Result.objects.count() == 2 * PAPERS
    assert count(Notice, source_key__startswith="result:") == moved
    assert count(AuditEntry, action="attempt.rescored") == PAPERS
    assert count(AuditEntry, action="regrade.done") == 1
    assert (Evidence.objects.count(), Evidence.objects.standing().count()) == (PAPERS + moved, PAPERS)


def count(model: Any, **which: Any) -> int:
    found: int = model.objects.filter(**which).count()
    return found
