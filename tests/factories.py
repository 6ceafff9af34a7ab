"""Real rows for tests, made the way the product makes them where an operation exists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from competencies.models import Subject, SubjectKind
from people.memberships import join
from people.models import Account, Organisation, OrganisationKind, Person, Role
from people.roles import grant_role

LONG_AGO = date(2025, 9, 1)
LONG_AGO_AT = datetime(2025, 9, 1, tzinfo=UTC)


class PersonFactory(DjangoModelFactory):
    """A Person without an account."""

    class Meta:
        model = Person


class AccountFactory(DjangoModelFactory):
    """An account with its Person; the password is "correct horse"."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    staff_number = factory.Sequence(lambda n: f"2026-{n:04d}")
    name = factory.Sequence(lambda n: f"测试员{n}")
    password = factory.django.Password("correct horse")


class SubjectFactory(DjangoModelFactory):
    """Something evidence can be about."""

    class Meta:
        model = Subject

    kind = SubjectKind.COURSE
    key = factory.Sequence(lambda n: f"subject-{n}")
    title = factory.Sequence(lambda n: f"对象{n}")


def make_organisation(code: str = "QH", parent: Organisation | None = None, **fields: Any) -> Organisation:
    """An organisation under `parent`, or a district at the root; the existing one when the code is taken."""
    existing = Organisation.objects.filter(code=code).first()
    if existing:
        return existing
    kinds = list(OrganisationKind)
    kind = kinds[min(parent.depth if parent else 0, 2)]
    values = {"code": code, "name": f"组织{code}", "kind": kind, **fields}
    return parent.add_child(**values) if parent else Organisation.add_root(**values)


def make_person(
    name: str | None = None, *, organisation: Organisation | None = None, roles: tuple[Role, ...] = ()
) -> Person:
    """A person with an account, working in `organisation` (the district QH by default) with these roles there."""
    account = AccountFactory(**({"name": name} if name else {}))
    organisation = organisation or make_organisation()
    join(person=account.person, organisation=organisation, since_on=LONG_AGO, by=None, now=LONG_AGO_AT)
    for role in roles:
        grant_role(
            person=account.person,
            role=role,
            organisation=organisation,
            since_on=LONG_AGO,
            by=None,
            now=LONG_AGO_AT,
        )
    return account.person
