"""Deploys and migrations in the middle of an exam (faults.md row 54): every sitting survives and nothing is lost.

While candidates save, workers are killed, ended and reloaded a hundred times in all, the whole server is stopped and
started again, and a migration changes the tables that the saves write to: forwards, back, and forwards again.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from core.appendonly import missing_triggers
from tests.assessments.making import make_exam
from tests.chaos.saving import (
    Browser,
    all_saving,
    assert_nothing_acknowledged_is_lost,
    sit_down,
    site_environment,
)
from tests.processes import ROOT, WebServer, web_server

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

BLOWS = (34, 33, 33)  # against each of the servers that follow each other on one port
LONGEST_LIFE = 0.2  # seconds between two blows, on top of what the site needs to acknowledge something
MIGRATIONS = ("0001", "zero", "0001")
UPGRADED = "tests.chaos.upgrade.settings"
TABLES = ("assessments_attempt", "assessments_answer", "assessments_answerentry")


def test_sittings_survive_deploys_and_migrations() -> None:
    make_exam(types=("single",))
    migrate("--fake", settings="cms.settings.dev")  # the test's tables came from the models
    chance, port, struck = random.Random(54), free_port(), 0
    browsers = sit_down(port)
    with all_saving(browsers) as everybody_saved_again, upgrading(browsers) as saved_meanwhile:
        for blows in BLOWS:
            with web_server(site_environment(), preload=True, port=port) as server:
                struck += strike(server, everybody_saved_again, blows, chance)
    assert struck == 100
    assert len(saved_meanwhile) == len(MIGRATIONS)
    assert min(saved_meanwhile) > 0
    assert [table for table in TABLES if "upgraded" in columns_of(table)] == list(TABLES)
    assert missing_triggers(connection) == []
    assert_nothing_acknowledged_is_lost(browsers)


def strike(
    server: WebServer, everybody_saved_again: Callable[[], bool], blows: int, chance: random.Random
) -> int:
    """Kill a worker, mostly; sometimes end one politely, or reload all. Gives the number of blows."""
    for struck in range(blows):
        if not everybody_saved_again():
            return struck
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        blow = chance.choices([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], [80, 5, 15])[0]
        os.kill(server.master if blow == signal.SIGHUP else chance.choice(server.workers()), blow)
    return blows


@contextmanager
def upgrading(browsers: list[Browser]) -> Iterator[list[int]]:
    """The migrations one after the other beside the block, which waits for them at its end. Gives a list of how many
    saves were acknowledged during each that succeeded."""
    saved: list[int] = []

    def run() -> None:
        for target in MIGRATIONS:
            before = sum(browser.acknowledged for browser in browsers)
            migrate("upgrade", target, settings=UPGRADED)
            saved.append(sum(browser.acknowledged for browser in browsers) - before)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield saved
    finally:
        thread.join()


def migrate(*arguments: str, settings: str) -> None:
    """`manage.py migrate` as an operator runs it, on the test's database."""
    command = [sys.executable, "manage.py", "migrate", *arguments, "--verbosity", "0"]
    environment = site_environment(DJANGO_SETTINGS_MODULE=settings)
    subprocess.run(command, cwd=ROOT, env=dict(environment), check=True)


def columns_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
