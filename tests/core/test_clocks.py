"""This machine's clock against the database's (faults.md row 8). SQLite has only one; PostgreSQL has its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clocks
from core.clocks import NONE, ClocksDisagree, check_clocks, host_clock, skew
from tests.processes import ROOT, clock_off_by, database_url

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

ASK = """
import django
django.setup()
from core.clocks import ClocksDisagree, check_clocks
try:
    check_clocks()
except ClocksDisagree as refusal:
    print(refusal.code)
else:
    print("agree")
"""


def test_clocks_of_one_machine_agree() -> None:
    check_clocks()
    assert skew() < timedelta(seconds=1)


def test_looking_at_the_other_clock_costs_one_query_where_there_is_one() -> None:
    with CaptureQueriesContext(connection) as captured:
        check_clocks()
    assert len(captured) == (1 if connection.vendor == "postgresql" else 0)


@pytest.mark.parametrize("seconds", [-60, -3, 3, 60])
def test_clock_more_than_two_seconds_off_is_refused(
    seconds: int, postgres_only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "host_clock", lambda: host_clock() + timedelta(seconds=seconds))
    with pytest.raises(ClocksDisagree) as refused:
        check_clocks()
    assert refused.value.code == "clocks"
    assert timedelta(seconds=abs(seconds) - 1) < skew() <= timedelta(seconds=abs(seconds))


@pytest.mark.parametrize("seconds", [-1, 1])
def test_clock_a_second_off_is_none_the_matter(
    seconds: int, postgres_only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "host_clock", lambda: host_clock() + timedelta(seconds=seconds))
    check_clocks()
    assert timedelta(0) <= skew() <= timedelta(seconds=1)


def test_slow_answer_is_no_skew(postgres_only: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked three seconds ago, answered in three: the database read its clock somewhere in between."""
    times = [host_clock() - timedelta(seconds=3), host_clock() + timedelta(seconds=3)]
    monkeypatch.setattr(clocks, "host_clock", lambda: times.pop(0))
    assert skew() == NONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("offset", "answer"), [("+1s", "agree"), ("+5s", "clocks"), ("-5s", "clocks")])
def test_process_on_a_machine_whose_clock_is_wrong(offset: str, answer: str, postgres_only: None) -> None:
    assert ask_with_clock(offset) == answer


def ask_with_clock(offset: str) -> str:
    """What a process of ours finds whose machine's clock is wrong by as much."""
    environment = os.environ | clock_off_by(offset)
    environment |= {"DJANGO_SETTINGS_MODULE": "cms.settings.dev", "DATABASE_URL": database_url()}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
