"""The demo, built once in a whole run of tests; every later use copies its database and files, which takes a second."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cms.celery import app as celery
from cms.demo.build import build_demo
from core.appendonly import lifted
from tests.conftest import restore_wagtail_roots


@contextmanager
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo in this worker's database and folders; empty again afterwards. Not inside a transaction."""
    restore_demo(tmp_path_factory)
    yield
    with lifted():
        call_command("flush", verbosity=0, interactive=False)
    restore_wagtail_roots()


def restore_demo(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Build the demo, or copy what this run has built; workers that come together wait for the first."""
    if connection.vendor != "sqlite":
        _build()
        return
    with _alone_in(_shared(tmp_path_factory)) as shared:
        if (shared / "demo.sqlite3").exists():
            _copy_from(shared)
        else:
            _build()
            _copy_to(shared)


def _build() -> None:
    """As `make demo` does: no job runs where it is enqueued, and no worker is there yet."""
    before = celery.conf.task_always_eager
    celery.conf.task_always_eager = False
    try:
        build_demo(say=lambda text: None, now=timezone.now())
    finally:
        celery.conf.task_always_eager = before


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have, and no other run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo"
    shared.mkdir(exist_ok=True)
    return shared


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _copy_to(shared: Path) -> None:
    for name, root in _roots().items():
        shutil.copytree(root, shared / name)
    unfinished = shared / "unfinished.sqlite3"
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.connection.backup(copy)
    unfinished.rename(shared / "demo.sqlite3")


def _copy_from(shared: Path) -> None:
    for name, root in _roots().items():
        shutil.copytree(shared / name, root, dirs_exist_ok=True)
    connection.ensure_connection()
    with closing(sqlite3.connect(shared / "demo.sqlite3")) as built:
        built.backup(connection.connection)
    ContentType.objects.clear_cache()
    cache.clear()


def _roots() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}
