"""A certificate worker killed again and again (faults.md row 38): nobody is left out, nobody is served twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from certificates.consistency import findings
from certificates.issuing import LEASE, issue_batch
from certificates.log import verify_log
from certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateDocument,
    CertificateEvent,
    LogLeaf,
    RowState,
)
from core.hashing import sha256_hex
from core.private_files import read
from people.models import Notice
from tests.certificates import making

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 10
KILLS = 10
LONGEST_LIFE = 1.0  # seconds from a worker's start to its kill
ROUNDS_TO_FINISH = 5


def work(batch: CertificateBatch, ahead: timedelta) -> None:
    """A worker's life: the leases of those killed before it have run out."""
    issue_batch(batch=batch, clock=lambda: timezone.now() + ahead)


def kill_a_worker(batch: CertificateBatch, ahead: timedelta, life: float) -> bool:
    """Fork a worker and kill it after `life` seconds; tells whether it was still working."""
    connections.close_all()  # an open SQLite file must not be carried into a fork
    worker = multiprocessing.get_context("fork").Process(target=work, args=(batch, ahead))
    worker.start()
    worker.join(timeout=life)
    was_working = worker.is_alive()
    worker.kill()
    worker.join()
    return was_working


@pytest.mark.parametrize("seed", range(2))
def test_batch_survives_its_workers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, people = approved_batch(monkeypatch)
    chance = random.Random(seed)
    begun = time.monotonic()
    lives = [chance.uniform(0, LONGEST_LIFE) for _ in range(KILLS)]
    killed = [kill_a_worker(batch, LEASE * turn, life) for turn, life in enumerate(lives)]
    for turn in range(KILLS, KILLS + ROUNDS_TO_FINISH):
        if issue_batch(batch=batch, clock=lambda turn=turn: timezone.now() + LEASE * turn):
            break
    print("KILLED", killed)
    assert sum(killed) > KILLS // 2
    assert time.monotonic() - begun < 60
    assert_issued_once(batch, people, now=timezone.now() + LEASE * (KILLS + ROUNDS_TO_FINISH))


def approved_batch(monkeypatch: pytest.MonkeyPatch) -> tuple[CertificateBatch, set[object]]:
    monkeypatch.setattr(making, "NOW", timezone.now())
    making.make_issuer()
    scheme = making.make_scheme()
    people = [making.make_eligible(scheme=scheme) for _ in range(PEOPLE)]
    batch = making.make_batch(people, scheme=scheme, pair=making.make_issuing_pair(), approve=True)
    return batch, {person.pk for person in people}


def assert_issued_once(batch: CertificateBatch, people: set[object], *, now: datetime) -> None:
    certificates = list(Certificate.objects.order_by("number"))
    assert {each.person_id for each in certificates} == people
    assert [each.number for each in certificates] == list(range(1, PEOPLE + 1))
    assert list(batch.rows.values_list("state", flat=True)) == [RowState.RELEASED] * PEOPLE
    assert CertificateEvent.objects.filter(kind="released").count() == PEOPLE
    assert Notice.objects.filter(source_key__startswith="certificate-released:").count() == PEOPLE
    assert LogLeaf.objects.count() == PEOPLE
    assert verify_log().ok
    for document in CertificateDocument.objects.all():
        assert sha256_hex(read(document.path)) == document.sha256
    assert findings(now=now) == []
