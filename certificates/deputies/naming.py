"""Naming a deputy, and ending it before its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.authority import issuing_paths, within_paths
from certificates.models import Deputy
from core import audit
from core.errors import NotAllowed, Refusal
from people.accounts import names_of
from people.models import Membership, Person
from people.notices import send_notice, settle_notices

LONGEST = timedelta(days=366)


@transaction.atomic
def name_deputy(*, deputy: Person, since_on: date, until_on: date, by: Person, now: datetime) -> Deputy:
    """Let somebody approve in the place of `by` on these days, both included; the one that is there already.

    Raises NotAllowed unless `by` issues certificates; Refusal for days out of order, in the past or longer than a
    year, for somebody who does not work in one of their organisations, and while another deputy is named.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    on = timezone.localdate(now)
    _check_days(since_on, until_on, on=on)
    _check_may_stand_in(deputy, by, on=on)
    for other in standing_deputies(on=on).filter(
        principal=by, since_on__lte=until_on, until_on__gte=since_on
    ):
        if (other.deputy_id, other.since_on, other.until_on) == (deputy.pk, since_on, until_on):
            return other
        raise Refusal(
            _("You have named a deputy for some of these days already: end that first."), code="overlap"
        )
    named = Deputy.objects.create(
        principal=by, deputy=deputy, since_on=since_on, until_on=until_on, named_by=by, named_at=now
    )
    _tell(named, now=now)
    _audit("deputy.named", named, by=by, now=now)
    return named


@transaction.atomic
def end_deputy(*, deputy: Deputy, by: Person, now: datetime) -> Deputy:
    """No more approvals in the principal's place from this moment. Ended stays ended.

    Raises NotAllowed for anybody but the two concerned.
    """
    deputy = Deputy.objects.select_for_update().get(pk=deputy.pk)
    if by.pk not in (deputy.principal_id, deputy.deputy_id):
        raise NotAllowed(_("Only the two people concerned can end this."))
    if deputy.ended_at:
        return deputy
    deputy.ended_at = now
    deputy.save(update_fields=["ended_at"])
    settle_notices(source_key=_matter(deputy), now=now)
    _audit("deputy.ended", deputy, by=by, now=now)
    return deputy


def standing_deputies(*, on: date) -> QuerySet[Deputy]:
    """Those in force on this day or later, that nobody ended."""
    return Deputy.objects.filter(ended_at=None, until_on__gte=on)


def _check_days(since_on: date, until_on: date, *, on: date) -> None:
    if until_on < since_on:
        raise Refusal(_("The last day lies before the first."), code="until_on")
    if since_on < on:
        raise Refusal(_("Choose today or a later day."), code="since_on")
    if until_on - since_on > LONGEST:
        raise Refusal(_("A deputy is named for a year at most."), code="until_on")


def _check_may_stand_in(deputy: Person, principal: Person, *, on: date) -> None:
    paths = issuing_paths(principal, on=on)
    if not paths:
        raise NotAllowed(_("You do not issue certificates, so nobody can stand in for you."))
    if deputy.pk == principal.pk:
        raise Refusal(_("Name somebody else than yourself."), code="deputy")
    works_here = Membership.objects.active(on=on).filter(
        within_paths("organisation__path", paths), person=deputy, person__account__is_active=True
    )
    if not works_here.exists():
        raise Refusal(_("Nobody with this staff number works in your organisations."), code="deputy")


def _tell(named: Deputy, *, now: datetime) -> None:
    name = names_of({named.principal_id}).get(named.principal_id, "")
    send_notice(
        recipient=named.deputy,
        title=_("You stand in for %(name)s") % {"name": name},
        body=_("From %(since)s to %(until)s you approve certificate batches in their place.")
        % {"since": date_format(named.since_on), "until": date_format(named.until_on)},
        url=reverse("certificates:batches"),
        source_key=_matter(named),
        now=now,
    )


def _matter(deputy: Deputy) -> str:
    return f"deputy:{deputy.pk}"


def _audit(action: str, deputy: Deputy, *, by: Person, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"certificates.deputy:{deputy.pk}",
        by=by,
        now=now,
        principal=str(deputy.principal_id),
        deputy=str(deputy.deputy_id),
        since=deputy.since_on.isoformat(),
        until=deputy.until_on.isoformat(),
    )
