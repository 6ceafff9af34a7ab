"""Joining an organisation, moving to another, leaving."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
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
    """Make `organisation` the person's open membership; one elsewhere ends the day before. History stays.

    A posting corrected on its own first day leaves only the new one: nobody works in two places on one day.
    Raises Refusal for a day before the present posting began.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    current = Membership.objects.filter(person=person, until_on=None).first()
    if current and current.organisation_id == organisation.pk:
        return current
    if current:
        _end(current, before=since_on)
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


def _end(current: Membership, *, before: date) -> None:
    if before < current.since_on:
        raise Refusal(_("Nobody joins an organisation before the day the present posting began."))
    if before == current.since_on:
        current.delete()
        return
    current.until_on = before - timedelta(days=1)
    current.save(update_fields=["until_on"])


def organisation_of(person: Person, *, on: date) -> Organisation | None:
    """Where the person works on this date."""
    membership = Membership.objects.active(on=on).filter(person=person).select_related("organisation").first()
    return membership.organisation if membership else None
