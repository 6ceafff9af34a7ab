"""What a holder reads beside a certificate: since when it is not valid, or how long it still is."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Certificate, EventKind, Succession
from certificates.standing import Standing

DAYS_AHEAD = 90  # from here on a renewal is possible; whether it is granted, the scheme's rules say

ENDED: dict[Standing, EventKind] = {
    Standing.REVOKED: EventKind.REVOKED,
    Standing.SUSPENDED: EventKind.SUSPENDED,
    Standing.SUPERSEDED: EventKind.SUPERSEDED,
}


def says(certificate: Certificate, standing: Standing, follower: Certificate | None, *, on: date) -> str:
    """One line. `certificate.events` are at hand; `follower` is what corrected or renewed it and was handed out."""
    if standing in ENDED:
        return _ended(certificate, standing, follower)
    if follower is not None and follower.follows_as == Succession.RENEWAL:
        return _("Renewed: %(serial)s") % {"serial": follower.serial}
    until = certificate.valid_until
    if standing == Standing.NOT_YET_VALID:
        return _("Valid from %(day)s to %(until)s") % {
            "day": date_format(certificate.valid_from),
            "until": date_format(until) if until else _("without end"),
        }
    return _days_left(until, standing, on)


def _ended(certificate: Certificate, standing: Standing, follower: Certificate | None) -> str:
    facts = {"day": date_format(timezone.localtime(_last(certificate, ENDED[standing])))}
    if standing == Standing.REVOKED:
        return _("Revoked on %(day)s: %(reason)s") % {**facts, "reason": _reason(certificate)}
    if standing == Standing.SUSPENDED:
        return _("Suspended since %(day)s, until a question is settled") % facts
    if follower is None:
        return _("Corrected on %(day)s") % facts
    return _("Corrected on %(day)s: use %(serial)s from now on") % {**facts, "serial": follower.serial}


def _days_left(until: date | None, standing: Standing, on: date) -> str:
    if until is None:
        return _("Valid without end")
    day = date_format(until)
    if standing == Standing.EXPIRED:
        return _("Ended on %(day)s; for a renewal ask your issuer") % {"day": day}
    left = (until - on).days
    if left > DAYS_AHEAD:
        return _("Valid until %(day)s") % {"day": day}
    if left == 0:
        return _("Ends today; for a renewal ask your issuer")
    return ngettext(
        "Ends in %(count)d day, on %(day)s; for a renewal ask your issuer",
        "Ends in %(count)d days, on %(day)s; for a renewal ask your issuer",
        left,
    ) % {"count": left, "day": day}


def _reason(certificate: Certificate) -> str:
    """As a stranger reads it on the public page."""
    revoked = next(event for event in certificate.events.all() if event.kind == EventKind.REVOKED)
    return revoked.get_reason_display()


def _last(certificate: Certificate, kind: EventKind) -> datetime:
    return max(event.at for event in certificate.events.all() if event.kind == kind)
