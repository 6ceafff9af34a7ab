"""Web workers killed while candidates save (faults.md row 13): whatever was acknowledged is in the database."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from assessments.models import Answer, Attempt
from assessments.tokens import HEADER, attempt_token
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_person
from tests.processes import WebServer, database_url, web_server

pytestmark = pytest.mark.django_db(transaction=True)

CANDIDATES = 4
KILLS = 20
LONGEST_LIFE = 0.5  # seconds that a worker goes on after the first save since the last kill
START_SECONDS = 30  # in which a new worker must acknowledge something
OPTIONS = ("o1", "o2", "o3")
FIELD_KEYS = ",".join(settings.FIELD_ENCRYPTION_KEYS)


@dataclass
class Browser:
    """One candidate's sitting page: saves numbered upwards, each sent again until somebody acknowledges it."""

    port: int
    attempt: Attempt
    sent: int = 0
    acknowledged: int = 0
    broken: int = 0
    surprises: list[Any] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        for sequence in count(1):
            self.sent = sequence
            while not self._save(sequence):
                self.broken += 1
                if stop.is_set():
                    return
                time.sleep(0.05)
            self.acknowledged = sequence
            if stop.is_set():
                return

    def _save(self, sequence: int) -> bool:
        body = {"slot": 1, "sequence": sequence, "response": [choice(sequence)]}
        headers = {HEADER: attempt_token(self.attempt), "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", f"/exams/attempt/{self.attempt.pk}/save/", json.dumps(body), headers)
            reply = connection.getresponse()
            content = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        if reply.status != 200 or content["sequence"] != sequence:
            self.surprises.append((reply.status, content))
        return reply.status == 200


def choice(sequence: int) -> str:
    """What the candidate chose in this save."""
    return OPTIONS[sequence % len(OPTIONS)]


def test_every_acknowledged_save_is_in_the_database() -> None:
    make_exam(types=("single",))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "DEBUG": "0",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "QINGLAN_FIELD_KEYS": FIELD_KEYS,
        "QINGLAN_VAR": str(settings.VAR_DIR),
    }
    attempts = [make_attempt(make_person(), now=timezone.now()) for _ in range(CANDIDATES)]
    with web_server(environment, preload=True) as server:
        browsers = [Browser(server.port, attempt) for attempt in attempts]
        killed = kill_while_saving(server, browsers)
    assert killed == KILLS
    assert sum(browser.broken for browser in browsers) > 0
    for browser in browsers:
        answer = Answer.objects.get(attempt=browser.attempt)
        assert browser.surprises == []
        assert browser.acknowledged > 0
        assert browser.acknowledged <= answer.sequence <= browser.sent
        assert answer.response == choice(answer.sequence)


def kill_while_saving(server: WebServer, browsers: list[Browser]) -> int:
    """SIGKILL one worker after another while all candidates save; gives the number of kills."""
    stop, chance, killed = threading.Event(), random.Random(13), 0
    threads = [threading.Thread(target=browser.run, args=(stop,)) for browser in browsers]
    for thread in threads:
        thread.start()
    while killed < KILLS and is_saving_again(browsers):
        time.sleep(chance.uniform(0, LONGEST_LIFE))
        os.kill(chance.choice(server.workers()), signal.SIGKILL)
        killed += 1
    stop.set()
    for thread in threads:
        thread.join()
    return killed


def is_saving_again(browsers: list[Browser]) -> bool:
    """Whether a worker acknowledges a save of every candidate in time, so that no kill hits an idle site."""
    before, until = [browser.acknowledged for browser in browsers], time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if all(browser.acknowledged > old for browser, old in zip(browsers, before, strict=True)):
            return True
        time.sleep(0.02)
    return False
