"""The unit's side of a pairing: administrators, each within the part of the tree they answer for."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import NotAllowed
from mentoring.models import Pairing, PairingQuerySet
from people.models import Person, Role
from people.scope import people_overseen_by

SIGNING_ROLES = (Role.ADMINISTRATOR,)


def can_sign_for(person: Person, mentee: Person, *, at: datetime) -> bool:
    """Whether `person` administers the organisation in which `mentee` works."""
    return people_overseen_by(person, roles=SIGNING_ROLES, at=at).filter(pk=mentee.pk).exists()


def check_sign_for(person: Person, mentee: Person, *, at: datetime) -> None:
    """Raises NotAllowed unless `can_sign_for`."""
    if not can_sign_for(person, mentee, at=at):
        raise NotAllowed(_("Only an administrator of the mentee's organisation can do this."))


def pairings_overseen_by(person: Person, *, at: datetime) -> PairingQuerySet:
    """Pairings whose mentee works in a subtree that `person` administers, ended ones included."""
    overseen = people_overseen_by(person, roles=SIGNING_ROLES, at=at)
    return Pairing.objects.filter(mentee__in=overseen)
