"""Killed in the middle of a write that must not happen twice (faults.md row 3): the same request again completes it."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from assessments.extensions import extend
from assessments.models import Attempt, Extension
from core.models import AuditEntry, DoneOnce
from core.once import KeyReused, new_key
from people.models import Person, Role
from tests.assessments.halls.making import make_invigilator, make_room, make_seat, make_session, sit
from tests.assessments.making import make_attempt, make_exam
from tests.chaos.saving import site_environment
from tests.factories import make_person
from tests.processes import WebServer, web_server

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MOST_STATEMENTS = 60  # far more than the request needs
MINUTES = 7
KEYS = 25
LONGEST_LIFE = 0.1  # seconds from the press of the button to the kill
MOST_TRIES = 200
CSRF = "d" * 32


def killed_at(statement: int, *, before: bool, work: Callable[[], Any]) -> bool:
    """Fork, work, and die by SIGKILL right before or after this SQL statement, counted from 1; tells whether it did."""
    connections.close_all()  # an open SQLite file must not be carried into a fork
    worker = multiprocessing.get_context("fork").Process(target=_work_until, args=(statement, before, work))
    worker.start()
    worker.join(timeout=60)
    return worker.exitcode == -signal.SIGKILL


def _work_until(statement: int, before: bool, work: Callable[[], Any]) -> None:
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if before and seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with connection.execute_wrapper(count):
        work()


@pytest.mark.parametrize("before", [True, False])
def test_request_killed_at_any_statement_completes_when_it_is_sent_again(before: bool) -> None:
    make_exam()
    attempt, administrator = make_attempt(make_person(), now=timezone.now()), administrator_of_all()
    deadline, killed = attempt.deadline_at, 0
    for statement in range(1, MOST_STATEMENTS):
        key, now = new_key(), timezone.now()

        def request(key: str = key, now: datetime = now, minutes: int = MINUTES) -> Extension:
            return extend(attempt=attempt, minutes=minutes, by=administrator, now=now, key=key)

        was_killed = killed_at(statement, before=before, work=request)
        assert_all_or_nothing(attempt, deadline)
        extension = request()
        assert request() == extension
        with pytest.raises(KeyReused):
            request(minutes=MINUTES + 1)
        deadline += timedelta(minutes=MINUTES)
        assert deadline_of(attempt) == deadline
        assert Extension.objects.count() == DoneOnce.objects.count() == extensions_audited() == statement
        if not was_killed:
            break
        killed += 1
    assert 5 < killed < MOST_STATEMENTS - 1


def test_button_pressed_again_and_again_while_workers_are_killed_gives_each_time_once() -> None:
    """Over HTTP: an invigilator extends a room, and sends the same form until somebody answers."""
    make_exam()
    now = timezone.now()
    room = make_room(make_session(now))
    attempt = sit(make_seat(room), now=now)
    deadline, cookies = attempt.deadline_at, cookies_of(make_invigilator(room))
    keys, tries, chance = [new_key() for _number in range(KEYS)], 0, random.Random(3)
    path = f"/exams/rooms/{room.pk}/extend/"
    with web_server(site_environment(), preload=True) as server:
        for key in keys:
            killer = threading.Timer(chance.uniform(0, LONGEST_LIFE), kill_all_workers, [server])
            killer.start()
            tries += press_until_answered(server.port, path, key, 1, cookies)
            killer.join()
            assert press_until_answered(server.port, path, key, 1, cookies) > 0
        reused = press(server.port, path, keys[0], 2, cookies)
    assert tries > KEYS
    assert reused == 422
    assert deadline_of(attempt) - deadline == timedelta(minutes=KEYS)
    assert Extension.objects.count() == DoneOnce.objects.count() == extensions_audited() == KEYS


def kill_all_workers(server: WebServer) -> None:
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)


def press_until_answered(port: int, path: str, key: str, minutes: int, cookies: dict[str, str]) -> int:
    """How many times the form had to be sent."""
    for tries in range(1, MOST_TRIES):
        status = press(port, path, key, minutes, cookies)
        if status is not None:
            assert status == 302
            return tries
    raise AssertionError("nobody answered")


def press(port: int, path: str, key: str, minutes: int, cookies: dict[str, str]) -> int | None:
    """The status of the answer, None when there was none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {**cookies, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", path, f"minutes={minutes}&key={key}", headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def cookies_of(person: Person) -> dict[str, str]:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}


def assert_all_or_nothing(attempt: Attempt, before: datetime) -> None:
    """Either key, row, time and audit entry are there, or none of them."""
    happened = deadline_of(attempt) != before
    assert deadline_of(attempt) - before == timedelta(minutes=MINUTES if happened else 0)
    assert Extension.objects.count() == DoneOnce.objects.count() == extensions_audited()


def deadline_of(attempt: Attempt) -> datetime:
    return Attempt.objects.values_list("deadline_at", flat=True).get(pk=attempt.pk)


def extensions_audited() -> int:
    return AuditEntry.objects.filter(action="sitting.extended").count()


def administrator_of_all() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))
