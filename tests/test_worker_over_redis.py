"""Certificates through a real Celery worker: messages over Redis, rows in PostgreSQL, settings of production."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from certificates import tasks
from certificates.batches import approve_batch
from certificates.models import (
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateDocument,
    CertificateEvent,
)
from cms.celery import app
from core.hashing import sha256_hex
from core.private_files import read
from people.models import Notice
from tests.certificates import making
from tests.processes import database_url, running

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

BROKER = "redis://127.0.0.1:6379/15"
WAIT_SECONDS = 45


@pytest.fixture
def broker(postgres_only: None) -> Iterator[redis.Redis]:
    """Redis' last database, empty before and after."""
    client = redis.Redis.from_url(BROKER, socket_connect_timeout=2)
    try:
        client.flushdb()
    except redis.ConnectionError as error:
        pytest.skip(f"Redis does not answer at its standard port: {error}")
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def sending(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tasks of this process leave as messages instead of being run in place."""
    task = tasks.issue_batch
    app.conf.task_always_eager = False
    with app.connection_for_write(BROKER) as connection, connection.Producer() as producer:
        monkeypatch.setattr(task, "delay", lambda *args: task.apply_async(args, producer=producer))
        yield
    app.conf.task_always_eager = settings.CELERY_TASK_ALWAYS_EAGER


@pytest.fixture
def worker(broker: redis.Redis) -> Iterator[None]:
    """Two worker processes beside the test, on the test's database and private storage."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": BROKER,
        "CACHE_URL": "redis://127.0.0.1:6379/15",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "QINGLAN_BASE_URL": settings.BASE_URL,
        "QINGLAN_FIELD_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "QINGLAN_VAR": str(settings.VAR_DIR),
    }
    command = ["celery", "-A", "cms", "worker", "--concurrency", "2", "--loglevel", "ERROR"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with running(command, environment):
        yield


def ready_batch(monkeypatch: pytest.MonkeyPatch, *names: str) -> tuple[CertificateBatch, Any]:
    """A batch that waits for its approver, proposed now: the worker reads the host's clock."""
    monkeypatch.setattr(making, "NOW", timezone.now())
    making.make_issuer()
    scheme = making.make_scheme()
    people = [making.make_eligible(name, scheme=scheme) for name in names]
    pair = making.make_issuing_pair()
    return making.make_batch(people, scheme=scheme, pair=pair), pair[1]


def wait_for(condition: Any) -> bool:
    """Whether the condition came true in time."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.2)
    return False


def is_completed(batch: CertificateBatch) -> bool:
    return CertificateBatch.objects.filter(pk=batch.pk, status=BatchStatus.COMPLETED).exists()


def is_idle(broker: redis.Redis) -> bool:
    """No message waits and none is being worked on."""
    return not broker.llen("celery") and not broker.hlen("unacked")


def test_approved_batch_is_issued_by_the_worker(
    sending: None, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, approver = ready_batch(monkeypatch, "许知秋", "欧阳𬭎", "阿依古丽·买买提")
    approve_batch(batch=batch, count=3, by=approver, now=timezone.now())
    assert wait_for(lambda: is_completed(batch))
    assert sorted(batch.rows.values_list("state", flat=True)) == ["released"] * 3
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3]
    documents = list(CertificateDocument.objects.all())
    assert len(documents) == 3
    assert all(sha256_hex(read(each.path)) == each.sha256 for each in documents)
    assert all(read(each.path).startswith(b"%PDF-") for each in documents)


def test_message_delivered_five_times_gives_one_certificate_and_one_notice(
    sending: None, worker: None, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 37."""
    batch, approver = ready_batch(monkeypatch, "许知秋")
    approve_batch(batch=batch, count=1, by=approver, now=timezone.now(), enqueue=False)
    for _ in range(5):
        tasks.issue_batch.delay(batch.pk)
    assert wait_for(lambda: is_completed(batch) and is_idle(broker))
    assert Certificate.objects.count() == CertificateDocument.objects.count() == 1
    assert CertificateEvent.objects.filter(kind="released").count() == 1
    assert Notice.objects.filter(source_key__startswith="certificate-released:").count() == 1
