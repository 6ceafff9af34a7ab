"""The end of issuing: a certificate reaches its holder, or its number is voided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from certificates import log
from certificates.life.evidence import put_into_ledger
from certificates.life.superseding import write_succession
from certificates.models import Certificate, CertificateEvent, EventKind, LeafKind, Reason
from core import audit
from people.models import Person
from people.notices import send_notice


@transaction.atomic
def write_release(*, certificate: Certificate, by: Person | None, now: datetime) -> CertificateEvent:
    """Event, the end of what it corrects, evidence of kind certificate, notice and audit entry; the release that is
    already there."""
    existing = certificate.events.filter(kind=EventKind.RELEASED).first()
    if existing:
        return existing
    event = CertificateEvent.objects.create(
        certificate=certificate,
        kind=EventKind.RELEASED,
        digest=certificate.document.sha256,
        at=now,
        by=by,
    )
    write_succession(certificate=certificate, by=by, now=now)
    put_into_ledger(certificate, now=now)
    send_notice(
        recipient=certificate.person,
        title=_("Your certificate is here: %(title)s") % {"title": certificate.scheme_version.title},
        body=_("Number %(serial)s. Download the PDF from your own page.") % {"serial": certificate.serial},
        url="/me/",
        source_key=f"certificate-released:{certificate.serial}",
        now=now,
    )
    _audit("certificate.released", certificate, by=by, now=now, document=event.digest)
    return event


@transaction.atomic
def write_void(
    *, certificate: Certificate, now: datetime, reason: Reason = Reason.NOT_PRINTABLE
) -> CertificateEvent:
    """Give up a number that could not be released: it stays taken, the log says so, nobody ever held it."""
    existing = certificate.events.filter(kind=EventKind.VOIDED).first()
    if existing:
        return existing
    event = CertificateEvent.objects.create(
        certificate=certificate, kind=EventKind.VOIDED, reason=reason.value, at=now
    )
    log.append_leaf(certificate=certificate, kind=LeafKind.VOID, now=now)
    log.write_checkpoint(now=now)
    _audit("certificate.voided", certificate, by=None, now=now, reason=event.reason)
    return event


def _audit(action: str, certificate: Certificate, *, by: Person | None, now: datetime, **detail: str) -> None:
    target = f"certificates.certificate:{certificate.serial}"
    audit.record(action=action, target=target, by=by, now=now, **detail)
