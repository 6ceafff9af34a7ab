"""Idempotency keys (faults.md rows 2 and 3): once is once, and a key stands for one thing. SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import DoneOnce
from core.once import KEPT, KeyInvalid, KeyReused, new_key, once
from core.tasks import forget_old_keys
from people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.postgres

BODY = {"room": 7, "minutes": 10, "reason": "停电"}


def ask(key: str, by: Person, now: datetime, **other: Any) -> bool:
    with transaction.atomic():
        return once(**{"key": key, "by": by, "action": "room.extended", "body": BODY, "now": now, **other})


def test_first_time_goes_on_and_every_other_is_done(person: Person, now: datetime) -> None:
    key = new_key()
    later = now + timedelta(minutes=3)
    answers = [ask(key, person, now), ask(key, person, later), ask(key.upper(), person, later)]
    assert answers == [True, False, False]
    assert DoneOnce.objects.get().done_at == now


def test_keys_are_random_uuids() -> None:
    first, second = UUID(new_key()), UUID(new_key())
    assert (first.version, first == second) == (4, False)


def test_order_of_the_fields_makes_no_other_body(person: Person, now: datetime) -> None:
    key = new_key()
    assert ask(key, person, now)
    assert not ask(key, person, now, body=dict(reversed(BODY.items())))


@pytest.mark.parametrize("other", [{"body": {**BODY, "minutes": 11}}, {"action": "room.closed"}])
def test_key_for_something_else_is_refused(other: dict[str, Any], person: Person, now: datetime) -> None:
    """Row 2: views answer 422."""
    key = new_key()
    ask(key, person, now)
    with pytest.raises(KeyReused) as refused:
        ask(key, person, now, **other)
    assert refused.value.code == "key_reused"
    assert not ask(key, person, now)


def test_key_of_another_person_is_refused(person: Person, now: datetime) -> None:
    key = new_key()
    ask(key, person, now)
    with pytest.raises(KeyReused):
        ask(key, make_person(), now)


@pytest.mark.parametrize("key", ["", "1", "None", "x" * 36, "0" * 33, "\x00" * 36])
def test_what_is_no_key_is_refused(key: str, person: Person, now: datetime) -> None:
    with pytest.raises(KeyInvalid):
        ask(key, person, now)
    assert DoneOnce.objects.count() == 0


def test_of_the_body_only_a_hash_is_kept(person: Person, now: datetime) -> None:
    key = new_key()
    ask(key, person, now)
    row = DoneOnce.objects.get()
    assert (row.key, row.actor, row.action, row.done_at) == (UUID(key), str(person.pk), "room.extended", now)
    assert (len(row.body), "停电" in row.body) == (64, False)


def test_asking_costs_three_statements_and_five_when_it_was_done(person: Person, now: datetime) -> None:
    """An insert within a savepoint; the savepoint rolled back and one read."""
    key = new_key()
    for expected in (3, 5):
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            once(key=key, by=person, action="room.extended", body=BODY, now=now)
        assert len(captured) == expected


@pytest.mark.django_db(transaction=True)
def test_key_outside_a_transaction_is_a_programming_error(person: Person, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        once(key=new_key(), by=person, action="room.extended", body=BODY, now=now)


@pytest.mark.django_db(transaction=True)
def test_key_goes_with_an_effect_that_failed(person: Person, now: datetime) -> None:
    """Row 3: no eternal refusal after a broken first try."""
    key = new_key()
    with transaction.atomic():
        once(key=key, by=person, action="room.extended", body=BODY, now=now)
        transaction.set_rollback(True)
    assert ask(key, person, now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_succeeds", [True, False])
def test_of_twenty_at_once_one_goes_on(first_succeeds: bool, person: Person, now: datetime) -> None:
    """Whoever comes while the first is at work waits for its end, and takes its place when it fails."""
    key, gate, went_on = new_key(), threading.Barrier(20), []

    def work(number: int) -> str:
        gate.wait(timeout=30)
        try:
            with transaction.atomic():
                if not once(key=key, by=person, action="room.extended", body=BODY, now=now):
                    return "done"
                went_on.append(number)
                time.sleep(0.1)
                if len(went_on) == 1 and not first_succeeds:
                    transaction.set_rollback(True)
                    return "failed"
                return "did"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        ends = sorted(pool.map(work, range(20)))
    assert ends == (["did", *["done"] * 19] if first_succeeds else ["did", *["done"] * 18, "failed"])


def test_keys_are_forgotten_after_a_month(
    person: Person, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    young, old = new_key(), new_key()
    ask(young, person, now - KEPT)
    ask(old, person, now - KEPT - timedelta(seconds=1))
    assert (forget_old_keys(), forget_old_keys()) == (1, 0)
    assert DoneOnce.objects.get().key == UUID(young)
