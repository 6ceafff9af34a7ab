"""Pairings in the Wagtail admin: read only, and each administrator within their own subtree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from mentoring.models import Pairing
from mentoring.terms import Tier
from people.models import Account, Person, Role
from tests.factories import make_organisation, make_person
from tests.mentoring.factories import make_administrator, make_pairing, make_participant

Login = Callable[[Person], Client]


@pytest.fixture
def two_streets(db: Any) -> dict[str, Any]:
    """Two sub-districts, each with an administrator and a pairing; everybody here may enter the admin."""
    district = make_organisation("QH")
    found: dict[str, Any] = {}
    for code in ("QH-01", "QH-02"):
        street = make_organisation(code, district)
        administrator = make_administrator(street)
        mentee = make_participant(Tier.NEW, organisation=street)
        found[code] = (administrator, make_pairing(f"{code}-2026", mentee=mentee, by=administrator))
    may_enter = Permission.objects.get(codename="access_admin")
    for role in Role:
        Group.objects.get_or_create(name=role.value)[0].permissions.add(may_enter)
    return found


def inspect(pairing: Pairing) -> str:
    return reverse("pairings:inspect", args=[pairing.pk])


def test_list_is_cut_to_the_administrators_subtree(two_streets: dict[str, Any], login: Login) -> None:
    administrator, _pairing = two_streets["QH-01"]
    page = login(administrator).get(reverse("pairings:index")).content.decode()
    assert ("QH-01-2026" in page, "QH-02-2026" in page) == (True, False)


def test_own_pairing_can_be_inspected(two_streets: dict[str, Any], login: Login) -> None:
    administrator, pairing = two_streets["QH-01"]
    response = login(administrator).get(inspect(pairing))
    assert response.status_code == 200
    page = response.content.decode()
    assert ("QH-01-2026" in page, pairing.mentor.account.name in page) == (True, True)


@pytest.mark.parametrize("view", ["inspect", "edit", "delete", "usage", "history", "history-results", "copy"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_foreign_pairing_is_404_at_every_admin_address(
    two_streets: dict[str, Any], login: Login, view: str, method: str
) -> None:
    """domain.md, invariant 8: Wagtail's generic views load by id."""
    administrator, _own = two_streets["QH-01"]
    _other, foreign = two_streets["QH-02"]
    address = f"{reverse('pairings:index')}{view}/{foreign.pk}/"
    response = getattr(login(administrator), method)(address)
    assert response.status_code == 404


@pytest.mark.parametrize("view", ["new/", "edit/{pk}/", "delete/{pk}/"])
def test_even_ones_own_pairing_is_not_written_in_the_admin(
    two_streets: dict[str, Any], login: Login, view: str
) -> None:
    administrator, pairing = two_streets["QH-01"]
    address = reverse("pairings:index") + view.format(pk=pairing.pk)
    assert login(administrator).post(address, {"status": "completed"}).status_code == 404


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EXAMINER, Role.ISSUER])
def test_other_roles_see_no_pairings(two_streets: dict[str, Any], login: Login, role: Role) -> None:
    _administrator, pairing = two_streets["QH-01"]
    person = make_person(organisation=make_organisation("QH"), roles=(role,))
    Account.objects.get(person=person).groups.set(Group.objects.filter(name=role.value))
    client = login(person)
    listing = client.get(reverse("pairings:index"))
    assert listing.status_code == 302
    assert listing.headers["Location"] == reverse("wagtailadmin_home")
    assert client.get(inspect(pairing)).status_code == 404
