"""Deputies: what the principal could approve, on the days that were said, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from certificates.batches import approve_batch, return_batch
from certificates.deputies import end_deputy, name_deputy
from certificates.issuing import issue_batch
from certificates.models import Certificate, CertificateBatch, Deputy
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Account, Notice, Person, Role
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def stand_in(principal: Person, deputy: Person | None = None, *, until_on: date = NEXT_WEEK) -> Person:
    deputy = deputy or make_person("顾南")
    name_deputy(deputy=deputy, since_on=TODAY, until_on=until_on, by=principal, now=NOW)
    return deputy


def waiting() -> tuple[CertificateBatch, Person, Person, Person]:
    """A batch, who proposed it, who may approve it, and whose certificate it would be."""
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    holder = make_eligible("许知秋", scheme=scheme)
    return make_batch([holder], scheme=scheme, pair=pair), *pair, holder


def approve(batch: CertificateBatch, by: Person, *, days: int = 0) -> CertificateBatch:
    return approve_batch(batch=batch, count=1, by=by, now=NOW + timedelta(days=days), enqueue=False)


def test_a_deputy_approves_in_the_place_of_the_principal_and_that_is_said_everywhere(login: Any) -> None:
    batch, _proposer, principal, _holder = waiting()
    deputy = stand_in(principal)
    batch = approve(batch, deputy)
    assert (batch.approved_by, batch.approved_for) == (deputy, principal)
    entry = AuditEntry.objects.get(action="batch.approved")
    assert (entry.actor, entry.detail["in_place_of"]) == (str(deputy.pk), str(principal.pk))
    issue_batch(batch=batch, clock=lambda: NOW)
    assert Certificate.objects.get().events.get(kind="issued").by == deputy
    page = login(principal).get(f"/certificates/batches/{batch.pk}/").content.decode()
    assert "顾南（代韩立群）" in page


def test_who_may_approve_themself_does_not_stand_in() -> None:
    batch, _proposer, principal, _holder = waiting()
    other = make_person(roles=(Role.ISSUER,))
    stand_in(principal, other)
    assert approve(batch, other).approved_for is None


@pytest.mark.parametrize("days", [-1, 8])
def test_a_deputy_has_no_say_on_other_days(days: int) -> None:
    batch, _proposer, principal, _holder = waiting()
    deputy = make_person()
    Deputy.objects.create(
        principal=principal,
        deputy=deputy,
        since_on=TODAY,
        until_on=NEXT_WEEK,
        named_by=principal,
        named_at=NOW,
    )
    with pytest.raises(NotAllowed):
        approve(batch, deputy, days=days)


def test_a_deputy_of_the_proposer_approves_nothing_of_theirs_even_beside_another_principal() -> None:
    batch, proposer, principal, _holder = waiting()
    deputy = stand_in(proposer)
    for decide in (approve, lambda batch, by: return_batch(batch=batch, remark="退", by=by, now=NOW)):
        with pytest.raises(NotAllowed):
            decide(batch, deputy)
    stand_in(principal, deputy)
    assert approve(batch, deputy).approved_for == principal


def test_a_deputy_who_proposed_or_would_hold_a_certificate_approves_nothing() -> None:
    batch, proposer, principal, holder = waiting()
    Deputy.objects.bulk_create(
        Deputy(
            principal=principal,
            deputy=who,
            since_on=TODAY,
            until_on=NEXT_WEEK,
            named_by=principal,
            named_at=NOW,
        )
        for who in (proposer, holder)
    )
    for involved in (proposer, holder):
        with pytest.raises(NotAllowed):
            approve(batch, involved)


def test_a_deputy_reaches_no_further_than_the_principal_and_hands_nothing_on() -> None:
    batch, _proposer, principal, _holder = waiting()
    elsewhere = make_organisation("OTHER")
    stranger = make_person(organisation=elsewhere, roles=(Role.ISSUER,))
    deputy = stand_in(stranger, make_person(organisation=elsewhere))
    with pytest.raises(NotAllowed):
        approve(batch, deputy)
    with pytest.raises(NotAllowed):
        name_deputy(deputy=make_person(), since_on=TODAY, until_on=TODAY, by=stand_in(principal), now=NOW)


@pytest.mark.parametrize("closed", ["deputy", "principal"])
def test_a_closed_account_neither_stands_in_nor_is_stood_in_for(closed: str) -> None:
    batch, _proposer, principal, _holder = waiting()
    deputy = stand_in(principal)
    who = {"deputy": deputy, "principal": principal}[closed]
    Account.objects.filter(person=who).update(is_active=False)
    with pytest.raises(NotAllowed):
        approve(batch, deputy)


def test_ended_is_ended_at_once_and_only_by_the_two_concerned() -> None:
    batch, proposer, principal, _holder = waiting()
    deputy = stand_in(principal)
    named = Deputy.objects.get()
    with pytest.raises(NotAllowed):
        end_deputy(deputy=named, by=proposer, now=NOW)
    end_deputy(deputy=named, by=principal, now=NOW)
    end_deputy(deputy=named, by=deputy, now=NOW + timedelta(hours=1))
    named.refresh_from_db()
    assert named.ended_at == NOW
    assert AuditEntry.objects.filter(action="deputy.ended").count() == 1
    with pytest.raises(NotAllowed):
        approve(batch, deputy)


def test_naming_twice_is_once_and_two_at_a_time_are_refused() -> None:
    _batch, _proposer, principal, _holder = waiting()
    deputy = stand_in(principal)
    stand_in(principal, deputy)
    assert (Deputy.objects.count(), Notice.objects.filter(recipient=deputy).count()) == (1, 1)
    with pytest.raises(Refusal, match="已经"):
        stand_in(principal, make_person())


@pytest.mark.parametrize(
    ("since", "until", "code"), [(-1, 3, "since_on"), (3, 2, "until_on"), (0, 400, "until_on")]
)
def test_days_that_make_no_sense_are_refused(since: int, until: int, code: str) -> None:
    _batch, _proposer, principal, _holder = waiting()
    first, last = TODAY + timedelta(days=since), TODAY + timedelta(days=until)
    with pytest.raises(Refusal) as caught:
        name_deputy(deputy=make_person(), since_on=first, until_on=last, by=principal, now=NOW)
    assert caught.value.code == code


def test_naming_by_form_and_what_strangers_get(login: Any) -> None:
    batch, proposer, principal, _holder = waiting()
    deputy, stranger = make_person("顾南"), make_person(organisation=make_organisation("OTHER"))
    client, said = login(principal), {"since_on": "2026-11-22", "until_on": "2026-11-29"}
    for wrong in (stranger.account.staff_number, "no such number", principal.account.staff_number):
        assert client.post("/certificates/deputies/", {**said, "staff_number": wrong}).status_code == 422
    assert login(deputy).get("/certificates/deputies/").status_code == 403
    assert login(deputy).get(f"/certificates/batches/{batch.pk}/").status_code == 404
    client.post("/certificates/deputies/", {**said, "staff_number": deputy.account.staff_number})
    assert login(deputy).get("/certificates/deputies/").status_code == 200
    assert login(deputy).get(f"/certificates/batches/{batch.pk}/").status_code == 200
    assert login(deputy).get("/certificates/propose/").status_code == 403
    end = f"/certificates/deputies/{Deputy.objects.get().pk}/end/"
    assert login(proposer).post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert login(deputy).get(f"/certificates/batches/{batch.pk}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_deputies_takes_the_same_queries_for_any_number(
    login: Any, django_assert_num_queries: Any, count: int
) -> None:
    principal = make_person(roles=(Role.ISSUER,))
    for week in range(count):
        first = TODAY + timedelta(weeks=week)
        name_deputy(deputy=make_person(), since_on=first, until_on=first, by=principal, now=NOW)
    client = login(principal)
    client.get("/certificates/deputies/")
    with django_assert_num_queries(7):
        client.get("/certificates/deputies/")
