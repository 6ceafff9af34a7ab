"""What a load balancer asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from cms import health


def test_the_process_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_when_database_and_cache_answer(db: Any, client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "cache": True})


@pytest.mark.parametrize(("seconds", "status"), [(1, 200), (5, 503), (-5, 503)])
def test_clocks_that_disagree_are_not_ready(
    seconds: int, status: int, db: Any, client: Client, monkeypatch: Any
) -> None:
    """faults.md row 8."""

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=seconds)

    monkeypatch.setattr(health, "datetime", Skewed)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (status, status == 200)


def test_silent_database_is_not_ready(db: Any, client: Client, monkeypatch: Any) -> None:
    def refuse(*args: Any) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": False, "cache": True})


def test_silent_cache_is_not_ready(db: Any, client: Client, monkeypatch: Any) -> None:
    def refuse(*args: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(cache, "set", refuse)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": True, "cache": False})
