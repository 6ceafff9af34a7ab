"""faults.md row 20: whatever a cache between people may keep is what a stranger would have been given anyway.

The cache here is as careless as the rules allow: it keeps every answer that does not forbid it, and knows no Vary.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from assessments.bank.media import keep_medium
from assessments.models import Medium
from tests.addresses import addresses
from tests.assessments.making import picture_bytes
from tests.certificates.making import NOW
from tests.district import District
from tests.test_foreign_ids import PERSONAL

pytestmark = pytest.mark.django_db
OWNERS = ("learner", "mentor", "marker", "approver", "author")


def _kept() -> Medium:
    """A picture of the bank."""
    return keep_medium(content=picture_bytes(), name="图", by=None, now=NOW)


SHARED: dict[str, Any] = {
    "courses:course": lambda d: ["lift"],
    "courses:lesson": lambda d: ["lift", "lesson-1"],
    "courses:media": lambda d: [d.picture, "a.svg"],
    "assessments:media": lambda d: [_kept().file],
    "simulations:scenario": lambda d: ["S1"],
    "assessments:exam": lambda d: ["base"],
    "assessments:arrangement": lambda d: ["base"],
    "assessments:ask_exemption": lambda d: ["base"],
    "verify:page": lambda d: [d.certificate.code],
}


def may_be_kept(answer: Any) -> bool:
    """Whether a shared cache may store it (RFC 9111, 3)."""
    said = {part.strip().split("=")[0] for part in answer.get("Cache-Control", "").split(",")}
    return answer.status_code < 500 and not said & {"private", "no-store"}


def paths(district: District) -> list[str]:
    """Every address that can be asked for: those without anything to fill in, and those of the district's things."""
    found = [reverse(name, args=ids(district)) for name, (_who, ids) in PERSONAL.items()]
    found += [reverse(name, args=ids(district)) for name, ids in SHARED.items()]
    for one in addresses():
        if not one.parameters and not one.route.startswith(("accounts/logout", "admin/logout")):
            try:
                found.append(reverse(one.name))
            except NoReverseMatch:
                continue
    return sorted(set(found))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("who", OWNERS)
def test_what_a_shared_cache_may_keep_is_what_a_stranger_gets(
    who: str, district: District, visit: Any
) -> None:
    client, kept, leaks = visit(who), 0, []
    client.raise_request_exception = False  # Wagtail has an address that fails on purpose
    for path in paths(district):
        answer = client.get(path)
        if may_be_kept(answer):
            kept += 1
            stranger = Client().get(path)
            if (answer.status_code, body(answer)) != (stranger.status_code, body(stranger)) or answer.cookies:
                leaks.append(path)
    assert leaks == []
    assert kept > 0


def test_nothing_that_may_be_kept_sets_a_cookie(district: District) -> None:
    answers = {path: Client(raise_request_exception=False).get(path) for path in paths(district)}
    assert [path for path, answer in answers.items() if may_be_kept(answer) and answer.cookies] == []
