"""What a load balancer asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from core import clocks


def test_the_process_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.postgres
def test_ready_when_database_and_cache_answer_and_clocks_agree(db: Any, client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "clocks": True, "cache": True})


@pytest.mark.postgres
@pytest.mark.parametrize(("seconds", "status"), [(1, 200), (5, 503), (-5, 503)])
def test_clocks_that_disagree_are_not_ready(
    seconds: int, status: int, postgres_only: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """faults.md row 8."""
    right = clocks.host_clock
    monkeypatch.setattr(clocks, "host_clock", lambda: right() + timedelta(seconds=seconds))
    response = client.get("/readyz")
    agree = status == 200
    assert (response.status_code, response.json()) == (
        status,
        {"database": True, "clocks": agree, "cache": True},
    )


@pytest.mark.postgres
def test_silent_database_is_not_ready(db: Any, client: Client, monkeypatch: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        response = client.get("/readyz")
    expected = {"database": False, "clocks": False, "cache": True}
    assert (response.status_code, response.json()) == (503, expected)


def test_clock_that_cannot_be_read_is_not_ready(db: Any, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("cms.health.skew", refuse)
    response = client.get("/readyz")
    expected = {"database": True, "clocks": False, "cache": True}
    assert (response.status_code, response.json()) == (503, expected)


def test_silent_cache_is_not_ready(db: Any, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(cache, "set", refuse)
    response = client.get("/readyz")
    expected = {"database": True, "clocks": True, "cache": False}
    assert (response.status_code, response.json()) == (503, expected)


def refuse(*args: Any) -> None:
    raise OSError("gone")
