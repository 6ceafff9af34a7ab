"""Organisations, accounts and roles of the demo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.demo.pack import read_yaml
from mentoring.standings import set_standing
from mentoring.terms import Tier
from people.accounts import create_account
from people.identity import store_id_number
from people.memberships import join
from people.models import Organisation, OrganisationKind, Person, Role
from people.roles import grant_role

DEMO_PASSWORD = "qinglan-demo-2026"  # noqa: S105  (printed by the demo command for everybody to read)


def build_organisations() -> dict[str, Organisation]:
    """The tree, parents before children; by code."""
    found: dict[str, Organisation] = {}
    for item in read_yaml("organisations.yaml")["organisations"]:
        found[item["code"]] = _organisation(item, found.get(item.get("parent")))
    return found


def build_people(organisations: dict[str, Organisation], *, now: datetime) -> dict[str, Person]:
    """Accounts with memberships and roles; by staff number."""
    return {
        item["staff_number"]: _person(item, organisations, now=now)
        for item in read_yaml("people.yaml")["people"]
    }


def _organisation(item: dict[str, Any], parent: Organisation | None) -> Organisation:
    existing = Organisation.objects.filter(code=item["code"]).first()
    if existing:
        return existing
    values = {"code": item["code"], "name": item["name"], "kind": OrganisationKind(item["kind"])}
    if parent is None:
        return Organisation.add_root(**values)
    return Organisation.objects.get(pk=parent.pk).add_child(**values)


def _person(item: dict[str, Any], organisations: dict[str, Organisation], *, now: datetime) -> Person:
    account = create_account(
        staff_number=item["staff_number"], name=item["name"], password=DEMO_PASSWORD, by=None, now=now
    )
    person = Person.objects.get(account=account)
    organisation = organisations[item["organisation"]]
    join(
        person=person,
        organisation=organisation,
        since_on=item["joined_on"],
        post=item["post"],
        by=None,
        now=now,
    )
    for role in item["roles"]:
        grant_role(
            person=person,
            role=Role(role),
            organisation=organisation,
            since_on=item["joined_on"],
            by=None,
            now=now,
        )
    set_standing(person=person, tier=Tier(item["tier"]), capacity=item["capacity"], by=None, now=now)
    if item.get("id_number"):
        store_id_number(account=account, number=item["id_number"], by=None, now=now)
    return person
