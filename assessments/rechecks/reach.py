"""Whose rechecks one may see: administrators those of the people they administer, a marker those handed to them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, QuerySet
from django.utils import timezone

from assessments.models import Recheck, RecheckStatus
from people.models import Person, Role, RoleAssignment
from people.scope import people_overseen_by


def rechecks_administered_by(person: Person, *, at: datetime) -> QuerySet[Recheck]:
    """Those about which this administrator may decide, or could have; never one's own. Lazy."""
    overseen = people_overseen_by(person, roles=[Role.ADMINISTRATOR], at=at)
    return Recheck.objects.filter(attempt__person__in=overseen).exclude(attempt__person=person)


def rechecks_handed_to(person: Person, *, at: datetime) -> QuerySet[Recheck]:
    """Those this examiner is to settle, or has; none for somebody who is no examiner any more. Lazy."""
    held = RoleAssignment.objects.active(on=timezone.localdate(at)).filter(person=person, role=Role.EXAMINER)
    statuses = (RecheckStatus.GRANTED, RecheckStatus.SETTLED)
    return Recheck.objects.filter(Exists(held), marker=person, status__in=statuses)


def count_to_decide(person: Person, *, at: datetime) -> int:
    """How many wait for this administrator. One query."""
    return rechecks_administered_by(person, at=at).filter(status=RecheckStatus.ASKED).count()


def count_to_settle(person: Person, *, at: datetime) -> int:
    """How many papers wait for this marker. One query."""
    return rechecks_handed_to(person, at=at).filter(status=RecheckStatus.GRANTED).count()
