"""A certificate worker killed again and again, at trials and at issuing (faults.md row 38): nobody is left out, nobody
is served twice, no number is missing and no printing child outlives its worker."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.db import connection, connections
from django.utils import timezone

from certificates.batches import approve_batch, propose_batch
from certificates.consistency import findings
from certificates.issuing import issue_batch
from certificates.leasing import LEASE
from certificates.log import verify_log
from certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateDocument,
    CertificateEvent,
    LogLeaf,
    RowState,
)
from certificates.press import minding
from certificates.press.printing import print_here
from certificates.trials import try_batch
from core.hashing import sha256_hex
from core.models import AuditEntry
from core.private_files import read
from people.models import Notice, Person
from tests.certificates import making
from tests.factories import make_organisation

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE = 60
KILLS = 50  # of a worker at trials, and as many of one that issues
TRYING, ISSUING = 70, 160  # statements that a worker sends to the database at most before it is killed
ROUNDS_TO_FINISH = 5
WITH_A_CHILD = 4

Work = Callable[[CertificateBatch, Callable[[], datetime]], object]


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


def tries(batch: CertificateBatch, clock: Callable[[], datetime]) -> object:
    return try_batch(batch=batch, clock=clock)


def issues(batch: CertificateBatch, clock: Callable[[], datetime]) -> object:
    return issue_batch(batch=batch, clock=clock)


def lived(work: Work, batch: CertificateBatch, ahead: timedelta, death: Death) -> None:
    """A worker's life: the leases of those killed before it have run out."""
    with connection.execute_wrapper(death):
        work(batch, lambda: timezone.now() + ahead)


def killed_worker(work: Work, batch: CertificateBatch, ahead: timedelta, death: Death) -> bool:
    """Fork a worker and wait for its end; tells whether it was killed."""
    connections.close_all()  # an open database must not be carried into a fork
    worker = multiprocessing.get_context("fork").Process(target=lived, args=(work, batch, ahead, death))
    worker.start()
    worker.join()
    return worker.exitcode == -signal.SIGKILL


class Ahead:
    """How far the clock of the next worker is ahead: past every lease of those before it."""

    def __init__(self) -> None:
        self.turn = 0

    def next(self) -> timedelta:
        self.turn += 1
        return LEASE * self.turn


def kill_many(work: Work, batch: CertificateBatch, ahead: Ahead, chance: random.Random, longest: int) -> int:
    """Workers killed at random points; how many of them were still at work."""
    return sum(
        killed_worker(
            work, batch, ahead.next(), Death(chance.randint(1, longest), after=chance.random() < 0.5)
        )
        for _turn in range(KILLS)
    )


def finish(work: Work, batch: CertificateBatch, ahead: Ahead) -> None:
    for _round in range(ROUNDS_TO_FINISH):
        later = ahead.next()
        if work(batch, lambda later=later: timezone.now() + later):  # type: ignore[misc]
            return
    pytest.fail("the batch was not finished")


@pytest.fixture
def printing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers print in their own process: a child for each of a hundred would take minutes to start."""
    monkeypatch.setattr(minding.minder, "ask", print_here)
    monkeypatch.setattr(minding.minder, "start", lambda: None)


def test_batch_survives_a_hundred_kills(printing_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, approver, people = proposed_batch(monkeypatch, PEOPLE)
    chance, ahead = random.Random(38), Ahead()
    killed = kill_many(tries, batch, ahead, chance, TRYING)
    tried = batch.rows.exclude(state=RowState.PENDING).count()
    finish(tries, batch, ahead)
    assert list(batch.rows.values_list("state", flat=True).distinct()) == [RowState.READY]
    assert AuditEntry.objects.filter(action="batch.tried").count() == 1
    approve_batch(batch=batch, count=PEOPLE, by=approver, now=timezone.now(), enqueue=False)
    killed += kill_many(issues, batch, ahead, chance, ISSUING)
    issued = batch.rows.filter(state=RowState.RELEASED).count()
    finish(issues, batch, ahead)
    print("KILLED", killed, "TRIED BY THE KILLED", tried, "ISSUED BY THE KILLED", issued)
    assert killed == 2 * KILLS
    assert 0 < tried < PEOPLE
    assert_issued_once(batch, people, now=timezone.now() + ahead.next())


def test_no_printing_child_outlives_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, approver, people = proposed_batch(monkeypatch, 6)
    ahead, children = Ahead(), set()
    for _kill in range(WITH_A_CHILD // 2):
        children |= killed_with_a_child(tries, batch, ahead.next())
    finish(tries, batch, ahead)
    approve_batch(batch=batch, count=6, by=approver, now=timezone.now(), enqueue=False)
    for _kill in range(WITH_A_CHILD // 2):
        children |= killed_with_a_child(issues, batch, ahead.next())
    finish(issues, batch, ahead)
    assert len(children) >= 1
    assert still_alive(children, seconds=10) == set()
    assert_issued_once(batch, people, now=timezone.now() + ahead.next())


def killed_with_a_child(work: Work, batch: CertificateBatch, ahead: timedelta) -> set[int]:
    """Kill a worker once it has a printing child; the child, or none when the work was done before."""
    connections.close_all()
    never = Death(1_000_000, after=False)
    worker = multiprocessing.get_context("fork").Process(target=lived, args=(work, batch, ahead, never))
    worker.start()
    children: set[int] = set()
    while worker.is_alive() and not children:
        children = children_of(worker.pid)
        time.sleep(0.01)
    time.sleep(0.2)
    worker.kill()
    worker.join()
    return children


def children_of(pid: int | None) -> set[int]:
    try:
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return set()


def still_alive(pids: set[int], *, seconds: float) -> set[int]:
    until = time.monotonic() + seconds
    left = pids
    while left and time.monotonic() < until:
        left = {pid for pid in left if is_printing_child(pid)}
        time.sleep(0.1)
    return left


def is_printing_child(pid: int) -> bool:
    try:
        return b"certificates.press.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def proposed_batch(
    monkeypatch: pytest.MonkeyPatch, people: int
) -> tuple[CertificateBatch, Person, set[object]]:
    monkeypatch.setattr(making, "NOW", timezone.now())
    making.make_issuer()
    scheme, pair = making.make_scheme(), making.make_issuing_pair()
    eligible = {making.make_eligible(scheme=scheme).pk for _ in range(people)}
    batch = propose_batch(
        scheme=scheme,
        organisation=make_organisation(),
        people=eligible,
        title="2026-11",
        by=pair[0],
        now=making.NOW,
        enqueue=False,
    )
    return batch, pair[1], set(eligible)


def assert_issued_once(batch: CertificateBatch, people: set[object], *, now: datetime) -> None:
    certificates = list(Certificate.objects.order_by("number"))
    assert {each.person_id for each in certificates} == people
    assert [each.number for each in certificates] == list(range(1, len(people) + 1))
    in_order = batch.rows.order_by("pk").values_list("certificate__number", flat=True)
    assert list(in_order) == sorted(in_order)
    assert list(batch.rows.values_list("state", flat=True)) == [RowState.RELEASED] * len(people)
    assert CertificateEvent.objects.filter(kind="released").count() == len(people)
    assert Notice.objects.filter(source_key__startswith="certificate-released:").count() == len(people)
    assert LogLeaf.objects.count() == len(people)
    assert verify_log().ok
    for document in CertificateDocument.objects.all():
        content = read(document.path)
        assert sha256_hex(content) == document.sha256
        assert len(pdfium.PdfDocument(content)) == 1
    assert CertificateDocument.objects.count() == len(people)
    assert findings(now=now) == []
