"""The audit trail: in the writer's transaction, chained afterwards, and telling when somebody touched it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from core import audit
from core.appendonly import lifted
from core.audit import GENESIS, ChainReport
from core.models import AuditEntry, AuditSeal
from core.tasks import seal_audit_entries
from tests.factories import PersonFactory


def record(count: int, now: datetime) -> list[AuditEntry]:
    with transaction.atomic():
        return [
            audit.record(action="test.done", target=f"x:{n}", by=None, now=now, place=n, 名="中文")
            for n in range(count)
        ]


def test_entry_says_who_did_what(db: Any, now: datetime) -> None:
    person = PersonFactory()
    with transaction.atomic():
        entry = audit.record(action="pairing.ended", target="x:1", by=person, now=now, result="passed")
    entry.refresh_from_db()
    assert (entry.actor, entry.action, entry.target) == (str(person.pk), "pairing.ended", "x:1")
    assert (entry.at, entry.detail) == (now, {"result": "passed"})


def test_entry_without_an_actor_is_the_systems(db: Any, now: datetime) -> None:
    (entry,) = record(1, now)
    assert entry.actor == "system"


@pytest.mark.django_db(transaction=True)
def test_entry_outside_a_transaction_is_a_programming_error(now: datetime) -> None:
    with pytest.raises(RuntimeError):
        audit.record(action="test.done", target="x:1", by=None, now=now)


@pytest.mark.django_db(transaction=True)
def test_entry_vanishes_with_the_write_it_describes(now: datetime) -> None:
    with transaction.atomic():
        audit.record(action="test.done", target="x:1", by=None, now=now)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 0


def test_sealing_chains_every_entry_once(db: Any, now: datetime) -> None:
    entries = record(3, now)
    assert audit.verify_chain() == ChainReport(entries=0, ok=True, first_bad=None, unsealed=3)
    assert (seal_audit_entries(), seal_audit_entries()) == (3, 0)
    seals = AuditSeal.objects.order_by("position")
    assert [(seal.position, seal.entry_id) for seal in seals] == [
        (n + 1, entry.pk) for n, entry in enumerate(entries)
    ]
    assert [seal.previous for seal in seals] == [GENESIS, seals[0].digest, seals[1].digest]
    assert audit.verify_chain() == ChainReport(entries=3, ok=True, first_bad=None, unsealed=0)


def test_sealing_goes_on_where_it_stopped(db: Any, now: datetime) -> None:
    record(5, now)
    assert [audit.seal_pending(limit=2) for _time in range(4)] == [2, 2, 1, 0]
    assert audit.verify_chain().ok


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain(now: datetime) -> None:
    record(40, now)
    gate = threading.Barrier(4)

    def seal() -> None:
        gate.wait()
        try:
            audit.seal_pending()
        except IntegrityError:
            pass  # the slower sealer leaves the work to the faster
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify_chain() == ChainReport(entries=40, ok=True, first_bad=None, unsealed=0)


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["core_auditentry", "core_auditseal"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_administrator_with_sql_is_refused(db: Any, now: datetime, table: str, verb: str) -> None:
    """faults.md row 26, first half: the database itself says no."""
    record(2, now)
    audit.seal_pending()
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))
    assert audit.verify_chain() == ChainReport(entries=2, ok=True, first_bad=None, unsealed=0)


TAMPERINGS = {
    "actor": "UPDATE core_auditentry SET actor = 'nobody' WHERE id = {id}",
    "action": "UPDATE core_auditentry SET action = 'test.donf' WHERE id = {id}",
    "target": "UPDATE core_auditentry SET target = 'x:9' WHERE id = {id}",
    "digest": "UPDATE core_auditseal SET digest = '{zero}' WHERE entry_id = {id}",
    "previous": "UPDATE core_auditseal SET previous = '{zero}' WHERE entry_id = {id}",
    "gap": "DELETE FROM core_auditseal WHERE entry_id = {id}",
}


@pytest.mark.postgres
@pytest.mark.parametrize("what", TAMPERINGS)
def test_flipped_byte_is_detected(db: Any, now: datetime, what: str) -> None:
    """faults.md row 26, second half: with the triggers out of the way, the chain still tells."""
    entries = record(4, now)
    audit.seal_pending()
    with lifted(), connection.cursor() as cursor:
        cursor.execute(TAMPERINGS[what].format(id=entries[1].pk, zero="f" * 64))
    report = audit.verify_chain()
    assert report.ok is False
    assert report.first_bad == (3 if what == "gap" else 2)


def test_shifted_time_is_detected(db: Any, now: datetime) -> None:
    entries = record(2, now)
    audit.seal_pending()
    earlier = connection.ops.adapt_datetimefield_value(now - timedelta(microseconds=1))
    with lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditentry SET at = %s WHERE id = %s", [earlier, entries[0].pk])
    assert audit.verify_chain().first_bad == 1


def test_digest_does_not_depend_on_the_zone_the_time_was_read_in(
    db: Any, now: datetime, settings: Any
) -> None:
    record(1, now)
    audit.seal_pending()
    settings.TIME_ZONE = "America/New_York"
    assert audit.verify_chain().ok
