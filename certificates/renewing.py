"""Renewal: a new certificate with its own date of issue, beside an old one that simply runs out.

Due is what ends within 90 days or ended within a year, whose holder meets the newest version of the scheme again and
did the further training that its rules ask for. The new one is valid from the day after the old one ends, or from its
day of issue where that has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from certificates.authority import members_of
from certificates.batches import propose_batch
from certificates.life.ending import Outlook, ending_between, outlooks
from certificates.models import BatchKind, CertificateBatch
from core.errors import Refusal
from people.models import Organisation, Person

BEFORE, AFTER = timedelta(days=90), timedelta(days=365)


@dataclass(frozen=True)
class Renewals:
    """The certificates of a scheme and organisation that are due, each list by their last day."""

    ready: Sequence[Outlook]
    lacking: Sequence[Outlook]


def renewals_due(*, scheme: SchemeVersion, organisation: Organisation, now: datetime) -> Renewals:
    """Whose certificate may be renewed under this version, the newest, and who still lacks something; of those who work
    in the organisation's subtree. Four queries."""
    on = timezone.localdate(now)
    members = set(members_of(organisation, on=on).values_list("person_id", flat=True))
    ending = [
        each
        for each in ending_between(on - AFTER, on + BEFORE, on=on, scheme_key=scheme.key)
        if each.person_id in members
    ]
    found = outlooks(ending, scheme, at=now)
    return Renewals(
        ready=[each for each in found if each.may_renew],
        lacking=[each for each in found if not each.may_renew],
    )


def propose_renewals(
    *,
    scheme: SchemeVersion,
    organisation: Organisation,
    people: Iterable[UUID],
    title: str,
    by: Person,
    now: datetime,
    theme: str = "standard",
    valid_from: date | None = None,
    enqueue: bool = True,
) -> CertificateBatch:
    """A batch that renews the certificates of these people; otherwise as `propose_batch`, and raises what it raises.

    Raises Refusal when somebody's certificate is not due, or something is lacking.
    """
    ready = renewals_due(scheme=scheme, organisation=organisation, now=now).ready
    due = {each.certificate.person_id: each.certificate for each in ready}
    chosen = set(people)
    if not chosen <= due.keys() and not _is_under_way(scheme, organisation, title, by):
        raise Refusal(
            _("Some of these certificates cannot be renewed now: look at the list again."), code="due"
        )
    return propose_batch(
        scheme=scheme,
        organisation=organisation,
        people=chosen,
        title=title,
        by=by,
        now=now,
        theme=theme,
        valid_from=valid_from,
        kind=BatchKind.RENEWAL,
        follows={person: due[person] for person in chosen if person in due},
        enqueue=enqueue,
    )


def _is_under_way(scheme: SchemeVersion, organisation: Organisation, title: str, by: Person) -> bool:
    """Whether this very batch was proposed a moment ago: a second press finds it."""
    same = CertificateBatch.objects.filter(scheme_version=scheme, organisation=organisation, proposed_by=by)
    return same.filter(title=title.strip(), kind=BatchKind.RENEWAL, status="proposed").exists()
