"""Accounts: created by an administrator or an import, never by self-registration."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed
from people.models import Account, Person, Role
from people.naming import as_name
from people.scope import people_overseen_by


@transaction.atomic
def create_account(
    *,
    staff_number: str,
    name: str,
    password: str | None,
    by: Person | None,
    now: datetime,
    person: Person | None = None,
) -> Account:
    """An account with its Person; the existing account when the staff number is already known (nothing changes).

    `password=None` leaves the account without a usable password until it is activated; `person` is whose account it
    is, somebody new without. Raises Refusal for what cannot be a name (people.naming).
    """
    existing = Account.objects.filter(staff_number=staff_number).first()
    if existing:
        return existing
    account = Account.objects.create_user(
        staff_number, password, name=as_name(name), person=person or Person.objects.create()
    )
    audit.record(action="account.created", target=f"people.person:{account.person_id}", by=by, now=now)
    return account


@transaction.atomic
def correct_name(*, account: Account, name: str, by: Person, now: datetime) -> Account:
    """Write a name the way its bearer writes it; the same name again changes nothing.

    Raises NotAllowed unless `by` administers the person, Refusal for what cannot be a name (people.naming).
    Certificates issued before keep the old spelling: a correction supersedes them, it never overwrites.
    """
    person = Person.objects.get(account=account)
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
    if not overseen.filter(pk=person.pk).exists():
        raise NotAllowed(_("Only an administrator of this person's organisation may do this."))
    name = as_name(name)
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.name == name:
        return account
    account.name = name
    account.save(update_fields=["name"])
    audit.record(action="account.name_corrected", target=f"people.person:{person.pk}", by=by, now=now)
    return account


def current_person(request: HttpRequest) -> Person:
    """The Person behind this request. Raises PermissionDenied for an account whose person was erased or frozen."""
    user = request.user
    if isinstance(user, AnonymousUser) or user.person_id is None:
        raise PermissionDenied
    return Person(pk=user.person_id)


def names_of(person_ids: set[UUID]) -> dict[UUID, str]:
    """Names by person id, one query; an erased person is missing from the answer."""
    rows = Account.objects.filter(person_id__in=person_ids).values_list("person_id", "name")
    return {person_id: name for person_id, name in rows if person_id}


def mask_name(name: str) -> str:
    """张* for 张三, 欧** for 欧阳𬭎, 阿** for 阿依古丽·买买提: the first character and at most two marks."""
    if not name:
        return ""
    return name[0] + "*" * min(2, max(1, len(name) - 1))
