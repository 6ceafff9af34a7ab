"""The whole life of one certificate in order: events, cases, what followed it, and its first and last day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import (
    CaseKind,
    Certificate,
    CertificateCase,
    CertificateEvent,
    EventKind,
    Succession,
)
from people.accounts import names_of

CASE_TITLES: dict[CaseKind, Promise] = {
    CaseKind.GROUND_LOST: gettext_lazy("No longer meets its scheme"),
    CaseKind.CORRECTION_ASKED: gettext_lazy("Correction asked for"),
}


@dataclass(frozen=True)
class Moment:
    """One line. `by` is who did it; `reason` may be read by strangers, `note` only by colleagues; `url` leads to what
    it is about. `is_day`: only the day counts; `is_to_come`: it has not come yet."""

    at: datetime
    title: str
    by: UUID | None = None
    who: str = ""
    reason: str = ""
    note: str = ""
    url: str = ""
    is_day: bool = False
    is_to_come: bool = False


def timeline_of(
    certificate: Certificate, cases: Iterable[CertificateCase], successors: Sequence[Certificate], *, on: date
) -> list[Moment]:
    """The life of a certificate loaded by `with_record`, oldest first. One query, for the names."""
    moments = [
        *(moment for case in cases for moment in _looked_at(case)),
        *(_happened(event, successors) for event in certificate.events.all()),
        *(_renewed(each) for each in successors if each.follows_as == Succession.RENEWAL),
        *_days(certificate, on),
    ]
    names = names_of({moment.by for moment in moments if moment.by})
    named = (_with_name(moment, names) for moment in moments)
    return sorted(named, key=lambda moment: (moment.is_to_come, moment.at))


def _happened(event: CertificateEvent, successors: Sequence[Certificate]) -> Moment:
    note = getattr(event, "note", None)
    follower = next((each for each in successors if each.follows_as == Succession.CORRECTION), None)
    leads = event.kind == EventKind.SUPERSEDED and follower is not None
    return Moment(
        at=event.at,
        title=str(event.get_kind_display()),
        by=event.by_id,
        reason=event.get_reason_display() if event.reason else "",
        note=note.text if note else "",
        url=_address(follower) if leads and follower else "",
    )


def _looked_at(case: CertificateCase) -> Iterator[Moment]:
    """A case as it was opened and as it was settled; what an issuer proposed at once is one line."""
    url = reverse("certificates:case", args=[case.pk])
    if case.opened_at != case.settled_at:
        title = str(CASE_TITLES[CaseKind(case.kind)])
        yield Moment(at=case.opened_at, title=title, note=case.words, url=url)
    if case.settled_at:
        title = _("Settled: %(outcome)s") % {"outcome": case.get_outcome_display()}
        if case.opened_at == case.settled_at:
            title = _("Correction proposed")
        yield Moment(at=case.settled_at, title=title, by=case.settled_by_id, note=case.note, url=url)


def _renewed(follower: Certificate) -> Moment:
    title = _("Renewed as %(serial)s") % {"serial": follower.serial}
    return Moment(at=follower.issued_at, title=title, url=_address(follower))


def _days(certificate: Certificate, on: date) -> Iterator[Moment]:
    """The first day where it is not the day of issue, and the last one."""
    if certificate.valid_from > timezone.localdate(certificate.issued_at):
        yield _day(certificate.valid_from, _("Valid from this day"), on)
    if certificate.valid_until:
        yield _day(certificate.valid_until, _("Last day of validity"), on)


def _day(day: date, title: str, on: date) -> Moment:
    at = timezone.make_aware(datetime.combine(day, time.min))
    return Moment(at=at, title=title, is_day=True, is_to_come=day >= on)


def _with_name(moment: Moment, names: dict[UUID, str]) -> Moment:
    return Moment(**{**vars(moment), "who": names.get(moment.by, "")}) if moment.by else moment


def _address(certificate: Certificate) -> str:
    return reverse("certificates:certificate", args=[certificate.serial])
