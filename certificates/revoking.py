"""Taking a certificate back: final, with a reason a stranger may read, and visible at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.life.steps import check_may_act_on, check_step, locked, write_step
from certificates.models import Certificate, CertificateEvent, EventKind, Reason
from core.errors import Refusal
from people.models import Person
from people.notices import send_notice

REASONS = (
    Reason.SCORE_CORRECTED,
    Reason.EVIDENCE_WITHDRAWN,
    Reason.HOLDER_DATA_WRONG,
    Reason.ISSUED_IN_ERROR,
    Reason.MISCONDUCT,
    Reason.HOLDER_REQUEST,
)


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: Reason, note: str, by: Person, now: datetime
) -> CertificateEvent:
    """Revoke a released certificate; the revocation that is already there.

    Event, log leaf, checkpoint, evidence withdrawn, notice and audit entry in one transaction. `note` is for staff
    and can be erased. Raises NotAllowed outside the actor's scope and for one's own certificate, Refusal for a
    reason that is not one of REASONS and for a certificate that was never released or was superseded.
    """
    certificate = locked(certificate)
    check_may_act_on(certificate, by=by, now=now)
    existing = certificate.events.filter(kind=EventKind.REVOKED).first()
    if existing:
        return existing
    if reason not in REASONS:
        raise Refusal(_("Choose a reason."), code="reason")
    check_step(certificate, EventKind.REVOKED, now=now)
    event = write_step(certificate, EventKind.REVOKED, reason=reason, note=note, by=by, now=now)
    _tell_the_holder(certificate, reason, now=now)
    return event


def _tell_the_holder(certificate: Certificate, reason: Reason, *, now: datetime) -> None:
    send_notice(
        recipient=certificate.person,
        title=_("A certificate of yours was revoked: %(serial)s") % {"serial": certificate.serial},
        body=_("Reason: %(reason)s. If you do not agree, speak to the issuer.") % {"reason": reason.label},
        url="/me/",
        source_key=f"certificate-revoked:{certificate.serial}",
        now=now,
    )
