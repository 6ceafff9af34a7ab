"""Joining an organisation, moving to another, leaving."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from core import audit
from people.models import Membership, Organisation, Person


@transaction.atomic
def join(
    *,
    person: Person,
    organisation: Organisation,
    since_on: date,
    by: Person | None,
    now: datetime,
    post: str = "",
) -> Membership:
    """Make `organisation` the person's open membership; one elsewhere ends the day before. History stays."""
    Person.objects.select_for_update().get(pk=person.pk)
    current = Membership.objects.filter(person=person, until_on=None).first()
    if current and current.organisation_id == organisation.pk:
        return current
    if current:
        current.until_on = max(current.since_on, since_on - timedelta(days=1))
        current.save(update_fields=["until_on"])
    membership = Membership.objects.create(
        person=person, organisation=organisation, post=post, since_on=since_on
    )
    audit.record(
        action="membership.began",
        target=f"people.person:{person.pk}",
        by=by,
        now=now,
        organisation=organisation.code,
    )
    return membership


def organisation_of(person: Person, *, on: date) -> Organisation | None:
    """Where the person works on this date."""
    membership = Membership.objects.active(on=on).filter(person=person).select_related("organisation").first()
    return membership.organisation if membership else None
