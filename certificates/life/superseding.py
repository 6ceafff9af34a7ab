"""How a correction takes the place of the old certificate: in the transaction of its own release, or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.life.steps import check_step, locked, write_step
from certificates.models import (
    CaseOutcome,
    Certificate,
    CertificateCase,
    CertificateEvent,
    EventKind,
    Reason,
    Succession,
)
from core.errors import Refusal
from people.models import Person
from people.notices import send_notice


def reason_for(certificate: Certificate) -> CertificateCase | None:
    """The case that says why this certificate is corrected, or was. One query."""
    cases = CertificateCase.objects.filter(certificate=certificate, outcome=CaseOutcome.CORRECTED)
    return cases.order_by("-settled_at", "-pk").first()


def may_take_its_place(certificate: Certificate, *, now: datetime) -> bool:
    """Whether this unreleased certificate may be handed out as far as the one that it corrects is concerned: not when
    that was revoked, suspended or corrected otherwise meanwhile. Holds the old one until the transaction ends."""
    if certificate.follows_as != Succession.CORRECTION or certificate.follows is None:
        return True
    try:
        check_step(locked(certificate.follows), EventKind.SUPERSEDED, now=now)
    except Refusal:
        return False
    return True


@transaction.atomic
def write_succession(
    *, certificate: Certificate, by: Person | None, now: datetime
) -> CertificateEvent | None:
    """End what this certificate corrects, in the transaction of its release; None where it corrects nothing, what
    was written already. Raises Refusal when the old one may not be superseded any more."""
    if certificate.follows_as != Succession.CORRECTION or certificate.follows is None:
        return None
    old = locked(certificate.follows)
    existing = old.events.filter(kind=EventKind.SUPERSEDED).first()
    if existing:
        return existing
    check_step(old, EventKind.SUPERSEDED, now=now)
    reason = reason_for(old)
    event = write_step(
        old,
        EventKind.SUPERSEDED,
        reason=Reason.HOLDER_DATA_WRONG,
        note=reason.note if reason else "",
        by=by,
        now=now,
        successor=certificate.serial,
    )
    _tell_the_holder(old, certificate, now=now)
    return event


def _tell_the_holder(old: Certificate, new: Certificate, *, now: datetime) -> None:
    send_notice(
        recipient=old.person,
        title=_("A certificate of yours was corrected: %(serial)s") % {"serial": old.serial},
        body=_(
            "The corrected one has the number %(serial)s. Use it from now on: the old one is no longer valid."
        )
        % {"serial": new.serial},
        url="/me/",
        source_key=f"certificate-superseded:{old.serial}",
        now=now,
    )
