"""Taking a certificate back: final, with a reason a stranger may read, and visible at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import log
from certificates.authority import check_may_issue_in
from certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    EventNote,
    LeafKind,
    Reason,
)
from certificates.releasing import evidence_key
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person
from people.notices import send_notice

REASONS = tuple(reason for reason in Reason if reason not in (Reason.NONE, Reason.NOT_PRINTABLE))


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, reason: Reason, note: str, by: Person, now: datetime
) -> CertificateEvent:
    """Revoke a released certificate; the revocation that is already there.

    Event, log leaf, checkpoint, evidence withdrawn, notice and audit entry in one transaction. `note` is for staff
    and can be erased. Raises NotAllowed outside the actor's scope and for one's own certificate, Refusal for a
    reason that is not one of REASONS or a certificate that was never released.
    """
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    batch = CertificateBatch.objects.select_related("organisation").get(rows__certificate=certificate)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if certificate.person_id == by.pk:
        raise NotAllowed(_("Nobody revokes their own certificate: ask another issuer."))
    existing = certificate.events.filter(kind=EventKind.REVOKED).first()
    if existing:
        return existing
    _check(certificate, reason)
    event = CertificateEvent.objects.create(
        certificate=certificate, kind=EventKind.REVOKED, reason=reason, at=now, by=by
    )
    if note.strip():
        EventNote.objects.create(event=event, text=note.strip())
    log.append_leaf(certificate=certificate, kind=LeafKind.REVOKE, now=now)
    log.write_checkpoint(now=now)
    _withdraw(certificate, now=now)
    _tell_the_holder(certificate, reason, now=now)
    audit.record(
        action="certificate.revoked",
        target=f"certificates.certificate:{certificate.serial}",
        by=by,
        now=now,
        reason=reason.value,
    )
    return event


def _check(certificate: Certificate, reason: Reason) -> None:
    if reason not in REASONS:
        raise Refusal(_("Choose a reason."), code="reason")
    if not certificate.events.filter(kind=EventKind.RELEASED).exists():
        raise Refusal(_("This certificate was never released, so there is nothing to revoke."))


def _withdraw(certificate: Certificate, *, now: datetime) -> None:
    evidence = Evidence.objects.filter(source_key=evidence_key(certificate)).first()
    if evidence:
        withdraw_evidence(evidence=evidence, source_key=f"{evidence.source_key}:revoked", now=now)


def _tell_the_holder(certificate: Certificate, reason: Reason, *, now: datetime) -> None:
    send_notice(
        recipient=certificate.person,
        title=_("A certificate of yours was revoked: %(serial)s") % {"serial": certificate.serial},
        body=_("Reason: %(reason)s. If you do not agree, speak to the issuer.") % {"reason": reason.label},
        url="/me/",
        source_key=f"certificate-revoked:{certificate.serial}",
        now=now,
    )
