"""Where people work, and since when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refusal
from core.models import AuditEntry
from people.memberships import join, organisation_of
from people.models import Membership, Organisation, Person
from tests.factories import PersonFactory, make_organisation

JULY, NOVEMBER = date(2026, 7, 1), date(2026, 11, 1)


@pytest.fixture
def places(db: Any) -> tuple[Organisation, Organisation]:
    district = make_organisation("QH")
    return make_organisation("QH-01", district), make_organisation("QH-02", district)


@pytest.fixture
def worker(db: Any) -> Person:
    return PersonFactory()


def spans(person: Person) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(person=person).order_by("since_on")
    return [(row.organisation.code, row.since_on, row.until_on) for row in rows]


def test_join_begins_a_membership(worker: Person, places: Any, now: datetime) -> None:
    administrator = PersonFactory()
    join(person=worker, organisation=places[0], since_on=JULY, by=administrator, now=now, post="网格员")
    assert spans(worker) == [("QH-01", JULY, None)]
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.actor, entry.detail) == (
        "membership.began",
        str(administrator.pk),
        {"organisation": "QH-01"},
    )


def test_join_twice_is_once(worker: Person, places: Any, now: datetime) -> None:
    for since_on in (JULY, NOVEMBER):
        join(person=worker, organisation=places[0], since_on=since_on, by=None, now=now)
    assert spans(worker) == [("QH-01", JULY, None)]
    assert AuditEntry.objects.count() == 1


def test_transfer_ends_the_old_membership_the_day_before(worker: Person, places: Any, now: datetime) -> None:
    join(person=worker, organisation=places[0], since_on=JULY, by=None, now=now)
    join(person=worker, organisation=places[1], since_on=NOVEMBER, by=None, now=now)
    assert spans(worker) == [("QH-01", JULY, date(2026, 10, 31)), ("QH-02", NOVEMBER, None)]
    assert organisation_of(worker, on=date(2026, 10, 31)) == places[0]
    assert organisation_of(worker, on=NOVEMBER) == places[1]


def test_transfer_on_the_first_day_leaves_one_place(worker: Person, places: Any, now: datetime) -> None:
    join(person=worker, organisation=places[0], since_on=JULY, by=None, now=now)
    join(person=worker, organisation=places[1], since_on=JULY, by=None, now=now)
    assert spans(worker) == [("QH-02", JULY, None)]


def test_transfer_before_the_present_posting_is_refused(worker: Person, places: Any, now: datetime) -> None:
    join(person=worker, organisation=places[0], since_on=NOVEMBER, by=None, now=now)
    with pytest.raises(Refusal):
        join(person=worker, organisation=places[1], since_on=JULY, by=None, now=now)
    assert spans(worker) == [("QH-01", NOVEMBER, None)]


def test_organisation_of_someone_not_yet_employed_is_none(worker: Person, places: Any, now: datetime) -> None:
    join(person=worker, organisation=places[0], since_on=NOVEMBER, by=None, now=now)
    assert organisation_of(worker, on=JULY) is None


@pytest.mark.postgres
def test_second_open_membership_is_refused_by_the_database(worker: Person, places: Any) -> None:
    Membership.objects.create(person=worker, organisation=places[0], since_on=JULY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=worker, organisation=places[1], since_on=NOVEMBER)


@pytest.mark.postgres
def test_membership_that_ends_before_it_begins_is_refused_by_the_database(
    worker: Person, places: Any
) -> None:
    with pytest.raises(IntegrityError, match="since_on_before_until_on"), transaction.atomic():
        Membership.objects.create(person=worker, organisation=places[0], since_on=NOVEMBER, until_on=JULY)
