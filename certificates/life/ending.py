"""Certificates that are about to end or ended lately, and what each still lacks for its renewal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.considering import facts_of, over
from assessments.deciding import Decision, RenewalDecision, decide_renewal
from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of
from certificates.attesting import plain
from certificates.models import BatchKind, BatchRow, BatchStatus, Certificate, EventKind, RowState
from certificates.queries import standing, with_record
from certificates.standing import Standing
from competencies.queries import standing_evidence
from people.models import Person

ENDINGS = (Standing.VALID, Standing.EXPIRED)


@dataclass(frozen=True)
class Outlook:
    """A certificate that ends, how its scheme's newest version stands, and how the renewal does (None: the scheme asks
    for nothing besides)."""

    certificate: Certificate
    decision: Decision
    renewal: RenewalDecision | None

    @property
    def may_renew(self) -> bool:
        return self.decision.met and (self.renewal is None or self.renewal.may_renew)

    @property
    def lacks(self) -> str:
        """What is missing, in words; "" where nothing is."""
        return _("; ").join([*self._rules(), *self._hours()])

    def _rules(self) -> Iterable[str]:
        missing = _(", ").join(each.title for each in self.decision.missing)
        if missing:
            yield _("still to be done: %(titles)s") % {"titles": missing}

    def _hours(self) -> Iterable[str]:
        renewal = self.renewal
        if renewal is None:
            return
        if not renewal.met:
            facts = {"have": plain(renewal.have), "need": plain(renewal.need)}
            yield _("%(have)s of %(need)s hours of further training") % facts
        if renewal.is_over:
            yield _("the renewal was possible until %(day)s; the certificate is earned anew") % {
                "day": date_format(renewal.renew_until)
            }
        elif renewal.on < renewal.renew_from:
            yield _("may be renewed from %(day)s on") % {"day": date_format(renewal.renew_from)}


def ending_between(first: date, last: date, *, on: date, scheme_key: str = "") -> list[Certificate]:
    """Certificates whose last day lies between these, both included, that are in force or ran out by themselves, are
    the newest of their holder and scheme, and are not being renewed; by their last day. Of one scheme or of all. Two
    queries."""
    later = Certificate.objects.filter(
        person=OuterRef("person"), scheme_version__key=OuterRef("scheme_version__key"), pk__gt=OuterRef("pk")
    ).exclude(events__kind=EventKind.VOIDED)
    rows = Certificate.objects.filter(valid_until__gte=first, valid_until__lte=last)
    if scheme_key:
        rows = rows.filter(scheme_version__key=scheme_key)
    rows = rows.exclude(Exists(later)).exclude(Exists(_being_renewed()))
    found = with_record(rows.select_related("person")).order_by("valid_until", "pk")
    return [row for row in found if standing(row, on=on) in ENDINGS]


def outlooks(certificates: Sequence[Certificate], scheme: SchemeVersion, *, at: datetime) -> list[Outlook]:
    """What each lacks for a renewal under this version, the scheme's newest. One query.

    The period of further training is that of the validity: it begins on its first day.
    """
    evidence = standing_evidence([Person(pk=each.person_id) for each in certificates])
    definition = definition_of(scheme)
    found = []
    for certificate in certificates:
        rows = evidence[certificate.person_id]
        decision = over([(scheme, definition)], rows, at=at)[0].decision
        renewal = decide_renewal(definition, facts_of(rows), issued_on=certificate.valid_from, at=at)
        found.append(Outlook(certificate, decision, renewal))
    return found


def _being_renewed() -> QuerySet[BatchRow]:
    going = BatchRow.objects.filter(follows=OuterRef("pk"), batch__kind=BatchKind.RENEWAL)
    going = going.filter(batch__status__in=[BatchStatus.PROPOSED, BatchStatus.APPROVED])
    return going.exclude(state__in=[RowState.VOIDED, RowState.QUARANTINED])
