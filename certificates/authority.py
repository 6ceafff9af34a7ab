"""Who may propose, approve and revoke: issuers and administrators, within the subtree their role covers; and who may
approve in their place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from certificates.models import Deputy
from core.errors import NotAllowed
from people.models import Membership, Organisation, Person, Role, RoleAssignment

ISSUING_ROLES = (Role.ISSUER, Role.ADMINISTRATOR)


def may_issue_in(person: Person, organisation: Organisation, *, on: date) -> bool:
    """Whether the person issues certificates for this organisation's subtree. One query."""
    return any(organisation.path.startswith(path) for path in issuing_paths(person, on=on))


def check_may_issue_in(person: Person, organisation: Organisation, *, on: date) -> None:
    """Raises NotAllowed unless `may_issue_in`."""
    if not may_issue_in(person, organisation, on=on):
        raise NotAllowed(
            _("You do not issue certificates for %(organisation)s. Ask its administrator.")
            % {"organisation": organisation.name}
        )


def issuing_paths(person: Person, *, on: date) -> list[str]:
    """Tree paths of the organisations the person's issuing roles cover. One query."""
    held = RoleAssignment.objects.active(on=on).filter(person=person, role__in=ISSUING_ROLES)
    return list(held.values_list("organisation__path", flat=True))


def principals_of(deputy: Person, *, on: date) -> list[UUID]:
    """People whom this person stands in for on a day, the first named first. Nobody stands in for a closed account, nor
    does one. One query."""
    standing = Deputy.objects.filter(deputy=deputy, since_on__lte=on, until_on__gte=on, ended_at=None)
    active = standing.filter(deputy__account__is_active=True, principal__account__is_active=True)
    return list(active.order_by("pk").values_list("principal_id", flat=True))


def approving_paths(person: Person, *, on: date) -> list[str]:
    """Tree paths over which the person approves, in their own right or in somebody's place. Two queries."""
    issuers = [person.pk, *principals_of(person, on=on)]
    held = RoleAssignment.objects.active(on=on).filter(person__in=issuers, role__in=ISSUING_ROLES)
    return list(held.values_list("organisation__path", flat=True))


def within_paths(field: str, paths: list[str]) -> Q:
    """A condition on a tree path `field`: below one of `paths`; nothing when there is none."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition


def organisations_for(person: Person, *, on: date) -> QuerySet[Organisation]:
    """Every organisation the person may issue for, from the top down."""
    return Organisation.objects.filter(within_paths("path", issuing_paths(person, on=on))).order_by("path")


def members_of(organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """Memberships in this organisation's subtree on a day."""
    return Membership.objects.active(on=on).filter(organisation__path__startswith=organisation.path)
