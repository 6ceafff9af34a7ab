"""Saves in front of Django's own handler: the same replies, everything else passed on, the connection looked after."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.attempts import submit_attempt
from assessments.models import Attempt
from assessments.sittings import autosave, gate
from assessments.sittings.autosave import ADDRESS
from assessments.sittings.gate import AutosaveGate
from assessments.sittings.tokens import attempt_token
from people.models import Person
from tests.assessments.making import make_attempt, make_exam

pytestmark = pytest.mark.django_db

PASSED = b"passed on"


@pytest.fixture(autouse=True)
def _keep_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction lives in it."""
    monkeypatch.setattr(gate, "close_old_connections", lambda: None)


@pytest.fixture
def attempt(person: Person) -> Attempt:
    make_exam()
    return make_attempt(person, now=timezone.now())


def behind(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [PASSED]


def ask(
    attempt: Attempt, body: Any, *, what: str = "save", token: str | None = None, **environ: Any
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and content of a post through the gate."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told: list[Any] = []
    given = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/exams/attempt/{attempt.pk}/{what}/",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": BytesIO(content),
        "wsgi.url_scheme": "http",
        "HTTP_X_ATTEMPT_TOKEN": attempt_token(attempt) if token is None else token,
        **environ,
    }
    pieces = AutosaveGate(behind)(given, lambda status, headers: told.extend([status, dict(headers)]))
    reply = b"".join(pieces)
    return int(told[0].split()[0]), told[1], reply if reply == PASSED else json.loads(reply)


def data(sequence: int = 1, response: Any = ("o1",), **fields: Any) -> dict[str, Any]:
    return {"slot": 1, "sequence": sequence, "response": list(response), **fields}


def test_addresses_are_those_of_the_site(attempt: Attempt) -> None:
    for what in ("save", "pulse"):
        found = ADDRESS.fullmatch(reverse(f"assessments:{what}", args=[attempt.pk]))
        assert found is not None
        assert found.groups() == (str(attempt.pk), what)


def test_gate_and_middleware_say_the_same(attempt: Attempt) -> None:
    """Whatever is asked: the two ways in differ in nothing."""
    asked = [data(2), data(2), data(1, ["o2"]), data(2, ["o2"]), data(3, ["o9"]), {}, data(4, slot=9)]
    for each in asked:
        status, headers, told = ask(attempt, each)
        direct = Client().post(
            f"/exams/attempt/{attempt.pk}/save/",
            each,
            content_type="application/json",
            headers={"X-Attempt-Token": attempt_token(attempt)},
        )
        assert status == direct.status_code
        assert told == direct.json()
        assert headers["Cache-Control"] == direct["Cache-Control"] == "private, no-store"
        for name in ("X-Content-Type-Options", "Referrer-Policy"):
            assert headers[name] == direct[name]
        assert headers["Content-Type"] == direct["Content-Type"]
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=timezone.now())
    assert ask(attempt, data(9, ["o2"]))[0] == 202
    assert ask(attempt, data(9, ["o2"]), token="x")[0] == 403


def test_pulse_passes_the_gate(attempt: Attempt) -> None:
    status, _headers, told = ask(attempt, {"events": [{"kind": "shown"}]}, what="pulse")
    assert (status, told["status"], attempt.events.count()) == (200, "open", 1)


@pytest.mark.parametrize(
    "environ",
    [
        {"REQUEST_METHOD": "GET"},
        {"HTTP_X_ATTEMPT_TOKEN": ""},
        {"PATH_INFO": "/exams/attempt/"},
        {"PATH_INFO": "/exams/attempt/x/save/"},
        {"PATH_INFO": "/exams/attempt/3f2504e0-4f89-41d3-9a0c-0305e82c3301/submit/"},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "99999999"},
    ],
)
def test_everything_else_is_passed_on(environ: dict[str, Any], attempt: Attempt) -> None:
    assert ask(attempt, data(), **environ)[2] == PASSED
    assert attempt.entries.count() == 0


def test_plain_http_is_passed_on_where_the_site_asks_for_https(attempt: Attempt, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert ask(attempt, data())[2] == PASSED
    assert ask(attempt, data(), HTTP_X_FORWARDED_PROTO="http")[2] == PASSED
    assert ask(attempt, data(), HTTP_X_FORWARDED_PROTO="https")[0] == 200
    assert ask(attempt, data(2), **{"wsgi.url_scheme": "https"})[0] == 200


def test_database_that_may_come_back_says_when_to_try_again(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 14: nothing was acknowledged, and the page's queue sends it again."""

    def gone(**save: Any) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(autosave, "save_answer", gone)
    status, headers, told = ask(attempt, data())
    assert (status, headers["Retry-After"], told["error"]) == (503, "2", "busy")
    reply = Client().post(
        f"/exams/attempt/{attempt.pk}/save/",
        data(),
        content_type="application/json",
        headers={"X-Attempt-Token": attempt_token(attempt)},
    )
    assert (reply.status_code, reply["Retry-After"], reply.json()) == (503, "2", told)


def test_fault_of_ours_is_no_answer_that_a_page_would_take_for_one(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "save_answer", lambda **save: 1 / 0)
    assert ask(attempt, data())[0] == 500


@pytest.mark.django_db(transaction=True)
def test_connection_that_broke_is_opened_anew_for_the_next_save(
    person: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    make_exam()
    attempt = make_attempt(person, now=timezone.now())
    broken = connection.connection
    connection.errors_occurred = True
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    assert ask(attempt, data())[0] == 200
    assert connection.connection is not broken


def test_server_starts_with_the_gate_in_front() -> None:
    from cms.wsgi import application

    assert isinstance(application, AutosaveGate)
    assert isinstance(application.application, WSGIHandler)
