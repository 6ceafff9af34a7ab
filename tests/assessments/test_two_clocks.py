"""A web server whose clock is wrong (faults.md row 8): it starts nobody's exam, and saves what is written in one."""

from __future__ import annotations

import http.client
import json
import os
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from assessments.models import Answer, Attempt
from assessments.sittings.tokens import HEADER, attempt_token
from people.models import Person
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_person
from tests.processes import clock_off_by, database_url, web_server

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CSRF = "c" * 32


def test_server_whose_clock_is_wrong_starts_no_exam_and_goes_on_saving(postgres_only: None) -> None:
    make_exam(types=("single",))
    attempt, late = make_attempt(make_person(), now=timezone.now()), make_person()
    environment = os.environ | clock_off_by("+5s")
    environment |= {
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "DEBUG": "0",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    save = {"slot": 1, "sequence": 1, "response": ["o2"]}
    with web_server(environment, workers=1) as server:
        ready = ask(server.port, "GET", "/readyz")
        cookies = signed_in(late)
        started = ask(server.port, "POST", "/exams/base/start/", cookies)
        page = ask(server.port, "GET", "/exams/base/", cookies | cookie_of(started, cookies))
        saved = ask(
            server.port,
            "POST",
            f"/exams/attempt/{attempt.pk}/save/",
            {HEADER: attempt_token(attempt), "Content-Type": "application/json"},
            json.dumps(save),
        )
    assert (ready[0], json.loads(ready[2])["clocks"]) == (503, False)
    assert started[0] == 302
    assert "时钟不一致" in page[2]
    assert list(Attempt.objects.values_list("pk", flat=True)) == [attempt.pk]
    assert saved[0] == 200
    assert Answer.objects.get(attempt=attempt).response == "o2"


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: str = ""
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read().decode()
    finally:
        connection.close()


def signed_in(person: Person) -> dict[str, str]:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}


def cookie_of(answer: Any, before: dict[str, str]) -> dict[str, str]:
    """The cookies with what the answer set: the message for the next page."""
    given = answer[1].get("Set-Cookie", "").split(";")[0]
    return {"Cookie": f"{before['Cookie']}; {given}"} if given else {}
