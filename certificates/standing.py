"""What a certificate is worth on a day: one fold over its events and dates, used by every page and command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate, CertificateEvent, EventKind


class Standing(models.TextChoices):
    """In order of precedence: the first that applies is the answer."""

    VOIDED = "voided", _("Voided before release")
    UNRELEASED = "unreleased", _("Not released yet")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Corrected by a newer one")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    NOT_YET_VALID = "not_yet_valid", _("Not valid yet")
    VALID = "valid", _("Valid")


# A person whose certificate stands like this needs no second one of the same scheme.
HOLDING = (Standing.UNRELEASED, Standing.SUSPENDED, Standing.NOT_YET_VALID, Standing.VALID)
# What is in force is corrected; anything else has another matter to settle first.
CORRECTABLE = (Standing.NOT_YET_VALID, Standing.VALID)


def standing_of(certificate: Certificate, events: Iterable[CertificateEvent], *, on: date) -> Standing:
    """The standing on a local day. `events` are all events of this certificate, in any order."""
    in_order = sorted(events, key=lambda event: (event.at, event.pk))
    kinds = {event.kind for event in in_order}
    if EventKind.VOIDED in kinds:
        return Standing.VOIDED
    if EventKind.RELEASED not in kinds:
        return Standing.UNRELEASED
    if EventKind.REVOKED in kinds:
        return Standing.REVOKED
    if EventKind.SUPERSEDED in kinds:
        return Standing.SUPERSEDED
    if _suspended(in_order):
        return Standing.SUSPENDED
    if certificate.valid_until is not None and on > certificate.valid_until:
        return Standing.EXPIRED
    if on < certificate.valid_from:
        return Standing.NOT_YET_VALID
    return Standing.VALID


def _suspended(in_order: list[CertificateEvent]) -> bool:
    switches = [e.kind for e in in_order if e.kind in (EventKind.SUSPENDED, EventKind.RESTORED)]
    return bool(switches) and switches[-1] == EventKind.SUSPENDED
