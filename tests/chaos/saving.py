"""Candidates who save without a pause while their server is killed, restarted or upgraded, and what must hold after."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Attempt, AttemptStatus
from assessments.sittings.tokens import HEADER, attempt_token
from tests.assessments.making import make_attempt
from tests.factories import make_person
from tests.processes import database_url

CANDIDATES = 4
BACK_SECONDS = 30  # in which the site must acknowledge something again
OPTIONS = ("o1", "o2", "o3")
RIGHT = "o2"
FIELD_KEYS = ",".join(settings.FIELD_ENCRYPTION_KEYS)


@dataclass
class Browser:
    """One candidate's sitting page: saves numbered upwards, each sent again until somebody acknowledges it.

    `broken` counts what came to nothing and may be sent again: no connection, half an answer, 503. Anything else that
    is no acknowledgement is a surprise.
    """

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
        except (OSError, http.client.HTTPException):
            return False
        except ValueError:  # no JSON: a page that says something broke
            content = {}
        finally:
            connection.close()
        if reply.status != 503 and (reply.status != 200 or content.get("sequence") != sequence):
            self.surprises.append((reply.status, content))
        return reply.status == 200


def choice(sequence: int) -> str:
    """What the candidate chose in this save."""
    return OPTIONS[sequence % len(OPTIONS)]


def sit_down(port: int) -> list[Browser]:
    """A candidate each in the middle of the exam, whose only question is a single choice."""
    return [Browser(port, make_attempt(make_person(), now=timezone.now())) for _number in range(CANDIDATES)]


@contextmanager
def all_saving(browsers: list[Browser]) -> Iterator[Callable[[], bool]]:
    """Everybody saves until the block ends. Gives a function that waits until everybody's next save is acknowledged,
    so that no kill hits an idle site; it tells whether that came in time."""
    stop = threading.Event()
    threads = [threading.Thread(target=browser.run, args=(stop,)) for browser in browsers]
    for thread in threads:
        thread.start()
    try:
        yield lambda: _everybody_saved_again(browsers)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _everybody_saved_again(browsers: list[Browser]) -> bool:
    before, until = [browser.acknowledged for browser in browsers], time.monotonic() + BACK_SECONDS
    while time.monotonic() < until:
        if all(browser.acknowledged > old for browser, old in zip(browsers, before, strict=True)):
            return True
        time.sleep(0.01)
    return False


def assert_nothing_acknowledged_is_lost(browsers: list[Browser]) -> None:
    """Every sitting is still open with the newest acknowledged answer or a later one, and handed in it earns what that
    answer is worth."""
    for browser in browsers:
        attempt = Attempt.objects.get(pk=browser.attempt.pk)
        answer = attempt.answers.get()
        assert browser.surprises == []
        assert 0 < browser.acknowledged <= answer.sequence <= browser.sent
        assert answer.response == choice(answer.sequence)
        assert attempt.status == AttemptStatus.OPEN
        submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=timezone.now())
        assert attempt.results.get().points == (2 if answer.response == RIGHT else 0)


def site_environment(**extra: str) -> Mapping[str, str]:
    """The product's own settings on the test's database."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "DEBUG": "0",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "QINGLAN_FIELD_KEYS": FIELD_KEYS,
        "QINGLAN_VAR": str(settings.VAR_DIR),
        **extra,
    }
