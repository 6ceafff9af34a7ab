"""Code, address and rules; an exam hall behind one address locks nobody out (faults.md rows 27 and 28)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from assessments.attempts import start_attempt
from assessments.entry.admission import Entrance
from assessments.entry.door import (
    MOST_WRONG,
    PAUSE,
    WITHIN,
    Presented,
    address_of,
    is_within,
    rules_mark,
    why_turned_away,
)
from assessments.models import Attempt
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Person
from tests.assessments.making import make_exam
from tests.factories import AccountFactory

CODE = "QL-2026"


def door(**more: Any) -> Entrance:
    values: dict[str, Any] = {"access_code": "", "addresses": (), **more}
    return Entrance(opens_at=None, closes_at=None, late_entry=None, **values)


def told(entrance: Entrance, *, rules: str = "", **presented: str) -> str:
    refusal = why_turned_away(entrance, rules=rules, presented=Presented(**presented))
    return refusal.code if refusal else ""


@pytest.mark.parametrize("typed", [CODE, " ql-2026 ", "ＱＬ－２０２６"])
def test_code_is_taken_however_it_is_typed(typed: str) -> None:
    assert told(door(access_code=CODE), code=typed) == ""


def test_code_that_is_missing_or_another_is_not() -> None:
    assert told(door(access_code=CODE)) == "code_wanted"
    assert told(door(access_code=CODE), code="QL-2025") == "wrong_code"


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::7", True),
        ("10.2.0.1", False),
        ("", False),
        ("not an address", False),
    ],
)
def test_address_lies_in_one_of_the_networks(address: str, inside: bool) -> None:
    assert is_within(address, ("10.1.0.0/16", "2001:db8::/32")) is inside


def test_address_comes_before_the_code_and_needs_none_where_none_is_asked() -> None:
    assert (
        told(door(access_code=CODE, addresses=("10.1.0.0/16",)), code=CODE, address="10.9.0.1") == "address"
    )
    assert told(door(addresses=("10.1.0.0/16",)), address="10.1.9.9") == ""
    assert told(door(addresses=("10.1.0.0/16",))) == "address"


def test_rules_are_confirmed_by_their_very_words() -> None:
    assert told(door(), rules="不得交谈") == "rules"
    assert told(door(), rules="不得交谈", confirmed=rules_mark("不得走动")) == "rules"
    assert told(door(), rules="不得交谈", confirmed=rules_mark("不得交谈")) == ""


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "10.1.2.3", "203.0.113.9"),
        (0, None, "203.0.113.9"),
        (1, "10.1.2.3, 198.51.100.4", "198.51.100.4"),
        (1, None, "203.0.113.9"),
        (2, "198.51.100.4", ""),
    ],
)
def test_forwarded_address_counts_only_as_far_as_proxies_are_trusted(
    proxies: int, forwarded: str | None, found: str, settings: Any
) -> None:
    """Row 27: what a browser writes into X-Forwarded-For is no way in."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", headers=headers)
    assert address_of(request) == found


def typing(person: Person, code: str, *, now: datetime) -> str:
    try:
        start_attempt(person=person, exam_key="base", now=now, presented=Presented(code=code))
    except Refusal as refusal:
        return refusal.code
    return "started"


@pytest.mark.django_db
def test_wrong_codes_slow_the_person_down_and_nobody_else(person: Person, now: datetime) -> None:
    make_exam(access_code=CODE)
    assert [typing(person, "x", now=now) for _try in range(MOST_WRONG)] == ["wrong_code"] * MOST_WRONG
    assert typing(person, CODE, now=now + PAUSE - timedelta(seconds=1)) == "code_wait"
    assert typing(AccountFactory().person, CODE, now=now) == "started"
    assert typing(person, CODE, now=now + PAUSE) == "started"


@pytest.mark.django_db
def test_after_ten_minutes_wrong_codes_are_forgotten(person: Person, now: datetime) -> None:
    make_exam(access_code=CODE)
    for _try in range(MOST_WRONG):
        typing(person, "x", now=now)
    assert typing(person, "x", now=now + PAUSE) == "wrong_code"
    assert typing(person, "x", now=now + PAUSE) == "code_wait"
    assert typing(person, "x", now=now + WITHIN + 2 * PAUSE) == "wrong_code"


@pytest.mark.django_db
def test_missing_code_is_no_wrong_one_and_none_is_written_down(person: Person, now: datetime) -> None:
    make_exam(access_code=CODE)
    for _try in range(MOST_WRONG + 1):
        assert typing(person, "", now=now) == "code_wanted"
    typing(person, "geheim", now=now)
    entries = AuditEntry.objects.filter(action="exam.code_refused")
    assert [(entry.actor, entry.target, entry.detail) for entry in entries] == [
        (str(person.pk), "assessments.exam:base", {})
    ]


@pytest.mark.django_db
def test_sixty_right_and_fifteen_wrong_codes_from_one_address_let_sixty_in(now: datetime, login: Any) -> None:
    """Row 27: one hall, one address, within a minute; the site's own clock runs."""
    make_exam(access_code=CODE)
    clumsy = login(AccountFactory().person)
    for number in range(60):
        client = login(AccountFactory().person)
        assert client.post("/exams/base/start/", {"code": CODE}).url.startswith("/exams/attempt/")
        if number < 15:
            clumsy.post("/exams/base/start/", {"code": "falsch"})
    assert Attempt.objects.count() == 60
