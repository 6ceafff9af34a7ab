"""Whom one may see: oneself, the subjects of active grants, and the subtree one administers. Nobody else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from people.models import Membership, Person, Role, RoleAssignment, ScopeGrant

OVERSEEING_ROLES = (Role.ADMINISTRATOR, Role.ISSUER)


def people_visible_to(viewer: Person, *, at: datetime) -> QuerySet[Person]:
    """Everyone in the viewer's scope, as one lazy query."""
    overseen = people_overseen_by(viewer, roles=OVERSEEING_ROLES, at=at).values("pk")
    granted = ScopeGrant.objects.active(at=at).filter(viewer=viewer).values("subject")
    return Person.objects.filter(Q(pk=viewer.pk) | Q(pk__in=granted) | Q(pk__in=overseen))


def people_overseen_by(overseer: Person, *, roles: Collection[Role], at: datetime) -> QuerySet[Person]:
    """Everyone who works in a subtree over which the overseer holds one of these roles, as one lazy query."""
    overseen = memberships_overseen_by(overseer, roles=roles, at=at)
    return Person.objects.filter(pk__in=overseen.values("person"))


def memberships_overseen_by(
    overseer: Person, *, roles: Collection[Role], at: datetime
) -> QuerySet[Membership]:
    """The memberships of today in every subtree over which the overseer holds one of these roles; lazy."""
    on = timezone.localdate(at)
    overseeing = (
        RoleAssignment.objects.active(on=on)
        .filter(person=overseer, role__in=roles)
        .alias(member_path=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField()))
        .filter(member_path__startswith=F("organisation__path"))
    )
    return Membership.objects.active(on=on).filter(Exists(overseeing))


def can_see(viewer: Person, subject: Person, *, at: datetime) -> bool:
    """Whether `subject` is in the viewer's scope at this moment."""
    return people_visible_to(viewer, at=at).filter(pk=subject.pk).exists()


def get_visible_or_404(viewer: Person, person_id: Any, *, at: datetime) -> Person:
    """The person, or 404: a stranger's id must look like one that does not exist."""
    person = people_visible_to(viewer, at=at).filter(pk=person_id).select_related("account").first()
    if person is None:
        raise Http404
    return person


def administrators_of(person: Person, *, at: datetime) -> QuerySet[Person]:
    """Whoever administers the part of the organisation this person works in today, never the person; lazy."""
    on = timezone.localdate(at)
    working = (
        Membership.objects.active(on=on)
        .filter(person=person)
        .alias(above=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField()))
        .filter(organisation__path__startswith=F("above"))
    )
    held = RoleAssignment.objects.active(on=on).filter(Exists(working), role=Role.ADMINISTRATOR)
    return Person.objects.filter(pk__in=held.values("person")).exclude(pk=person.pk)
