"""Organisations, accounts and roles of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cms.demo.pack import read_yaml
from mentoring.standings import set_standing
from mentoring.terms import Tier
from people.accounts import create_account
from people.identity import store_id_number
from people.memberships import join
from people.models import Account, Organisation, OrganisationKind, Person, Role
from people.roles import grant_role

DEMO_PASSWORD = "qinglan-demo-2026"  # noqa: S105  (printed by the demo command for everybody to read)
# The same person on every machine: rows that are kept in the order of people come out alike everywhere.
PEOPLE = UUID("0a3f2a52-51d6-4d0c-8a0b-6f0d3f6c7b11")


def build_organisations() -> dict[str, Organisation]:
    """The tree, parents before children; by code."""
    found: dict[str, Organisation] = {}
    for item in read_yaml("organisations.yaml")["organisations"]:
        found[item["code"]] = build_organisation(item, found.get(item.get("parent")))
    return found


@transaction.atomic
def build_people(organisations: Mapping[str, Organisation], *, now: datetime) -> dict[str, Person]:
    """Accounts with memberships and roles, by staff number. Whoever is there already is left as they are."""
    items = read_yaml("people.yaml")["people"]
    numbers = [item["staff_number"] for item in items]
    known = set(Account.objects.filter(staff_number__in=numbers).values_list("staff_number", flat=True))
    added = [item for item in items if item["staff_number"] not in known]
    for item in added:
        _create_person(item, organisations[item["organisation"]], now=now)
    accounts = Account.objects.filter(staff_number__in=[item["staff_number"] for item in added])
    accounts.update(password=make_password(DEMO_PASSWORD))  # hashed once: a hash takes a tenth of a second
    return _people(numbers)


def _people(numbers: list[str]) -> dict[str, Person]:
    accounts = Account.objects.filter(staff_number__in=numbers).select_related("person")
    return {account.staff_number: account.person for account in accounts if account.person}


def build_organisation(item: Mapping[str, Any], parent: Organisation | None) -> Organisation:
    """The organisation this item of a file tells of, below `parent`; the one of its code that is there."""
    existing = Organisation.objects.filter(code=item["code"]).first()
    if existing:
        return existing
    values = {"code": item["code"], "name": item["name"], "kind": OrganisationKind(item["kind"])}
    if parent is None:
        return Organisation.add_root(**values)
    return Organisation.objects.get(pk=parent.pk).add_child(**values)


def _create_person(item: Mapping[str, Any], organisation: Organisation, *, now: datetime) -> None:
    number, since_on = item["staff_number"], item["joined_on"]
    person, _created = Person.objects.get_or_create(id=uuid5(PEOPLE, number))
    account = create_account(
        staff_number=number, name=item["name"], password=None, by=None, now=now, person=person
    )
    join(person=person, organisation=organisation, since_on=since_on, post=item["post"], by=None, now=now)
    for role in item["roles"]:
        grant_role(
            person=person, role=Role(role), organisation=organisation, since_on=since_on, by=None, now=now
        )
    set_standing(person=person, tier=Tier(item["tier"]), capacity=item["capacity"], by=None, now=now)
    if item.get("id_number"):
        store_id_number(account=account, number=item["id_number"], by=None, now=now)
