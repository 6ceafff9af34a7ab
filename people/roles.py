"""Roles: who may author, examine, issue and administer, and within which part of the organisation tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet, UUIDField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed
from core.prepared import prepared
from people.models import Account, Organisation, Person, Role, RoleAssignment, ScopeGrant


@dataclass(frozen=True)
class Duties:
    """What somebody does beyond learning: roles held now, anywhere, and the people they accompany by a grant."""

    roles: frozenset[str] = frozenset()
    accompanies: frozenset[UUID] = frozenset()


@transaction.atomic
def grant_role(
    *,
    person: Person,
    role: Role,
    organisation: Organisation,
    since_on: date,
    by: Person | None,
    now: datetime,
) -> RoleAssignment:
    """Give a role over an organisation's subtree; the open assignment when it is already held.

    The account joins the Django group of the same name, which is what Wagtail's admin asks.
    """
    existing = RoleAssignment.objects.filter(
        person=person, role=role, organisation=organisation, until_on=None
    ).first()
    if existing:
        return existing
    assignment = RoleAssignment.objects.create(
        person=person, role=role, organisation=organisation, since_on=since_on
    )
    group, _created = Group.objects.get_or_create(name=role.value)
    Account.objects.get(person=person).groups.add(group)
    audit.record(
        action="role.granted",
        target=f"people.person:{person.pk}",
        by=by,
        now=now,
        role=role.value,
        organisation=organisation.code,
    )
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: Person | None, now: datetime) -> RoleAssignment:
    """End a role at once: its last day was yesterday. The group goes with the last assignment of that role.

    An assignment that has not seen a whole day is removed; the audit trail keeps that it was there.
    """
    found = RoleAssignment.objects.select_for_update().filter(pk=assignment.pk, until_on=None).first()
    if found is None:
        return assignment
    assignment = found
    assignment.until_on = timezone.localdate(now) - timedelta(days=1)
    if assignment.until_on < assignment.since_on:
        RoleAssignment.objects.filter(pk=assignment.pk).delete()
    else:
        assignment.save(update_fields=["until_on"])
    others = RoleAssignment.objects.filter(person=assignment.person_id, role=assignment.role, until_on=None)
    if not others.exists():
        account = Account.objects.get(person=assignment.person_id)
        account.groups.remove(*Group.objects.filter(name=assignment.role))
    audit.record(
        action="role.ended",
        target=f"people.person:{assignment.person_id}",
        by=by,
        now=now,
        role=assignment.role,
    )
    return assignment


def roles_of(person: Person, *, on: date) -> frozenset[str]:
    """The roles held on this date, anywhere. One query."""
    held = RoleAssignment.objects.active(on=on).filter(person=person)
    return frozenset(held.values_list("role", flat=True))


def duties_of(person: Person, *, at: datetime) -> Duties:
    """Roles and the people accompanied at this moment. One query for both: every page's menu asks it."""
    found = _grants_and_roles(person.pk, at, timezone.localdate(at))
    return Duties(
        roles=frozenset(role for _subject, role in found if role),
        accompanies=frozenset(subject for subject, _role in found if subject),
    )


@prepared
def _grants_and_roles(person: UUID, at: datetime, on: date) -> QuerySet[ScopeGrant, tuple[UUID | None, str]]:
    """Somebody accompanied without a role, or nobody with one."""
    granted = ScopeGrant.objects.active(at=at).filter(viewer=person).values_list("subject_id", Value(""))
    held = RoleAssignment.objects.active(on=on).filter(person=person)
    nobody = Value(None, output_field=UUIDField())
    return granted.union(held.values_list(nobody, "role"))


def has_role(person: Person, *roles: Role, on: date) -> bool:
    """Whether the person holds at least one of these roles on this date. One query."""
    return RoleAssignment.objects.active(on=on).filter(person=person, role__in=roles).exists()


def check_role(person: Person, *roles: Role, on: date) -> None:
    """Raises NotAllowed unless `has_role`."""
    if not has_role(person, *roles, on=on):
        raise NotAllowed(_("Your account does not hold the role this needs. Ask your administrator."))
