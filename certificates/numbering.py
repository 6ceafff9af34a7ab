"""The moment a certificate comes into being: number, row, holder's data, first event and log leaf, together."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from assessments.models import Decision
from assessments.schemes.releasing import definition_of
from certificates import log
from certificates.attesting import Attestation, attest
from certificates.credentials import credential_hash, new_code, new_salt
from certificates.eligibility import decide_now, pairing_of_proof
from certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    HolderSnapshot,
    LeafKind,
)
from certificates.printing import Printable
from certificates.serials import SerialNumber, module_of, placeholder, take_number
from core import audit
from people.models import Account, Person


def write_certificate(*, batch: CertificateBatch, person: Person, by: Person, now: datetime) -> Certificate:
    """Number and record one certificate, unprinted and unreleased. Belongs in the transaction of its row; the
    caller has checked that the person may have it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a certificate is numbered in the transaction of its row")
    decision = decide_now(person=person, scheme=batch.scheme_version, now=now)
    module = module_of(definition_of(batch.scheme_version).level)
    serial = take_number(issuer=batch.issuer, year=timezone.localdate(now).year, module=module)
    draft = _draft(batch, decision, serial, now)
    certificate, holder = draft.certificate, draft.holder
    certificate.credential_hash = credential_hash(certificate, holder)
    certificate.save()
    holder.certificate = certificate
    holder.save()
    CertificateEvent.objects.create(certificate=certificate, kind=EventKind.ISSUED, at=now, by=by)
    log.append_leaf(certificate=certificate, kind=LeafKind.ISSUE, now=now)
    audit.record(
        action="certificate.issued",
        target=f"certificates.certificate:{certificate.serial}",
        by=by,
        now=now,
        batch=batch.pk,
        credential=certificate.credential_hash,
    )
    return certificate


def sample_of(batch: CertificateBatch, person: Person, *, now: datetime) -> Printable:
    """How this person's certificate would look: a placeholder number, 样张 across the page, nothing stored."""
    decision = decide_now(person=person, scheme=batch.scheme_version, now=now)
    module = module_of(definition_of(batch.scheme_version).level)
    serial = placeholder(issuer=batch.issuer, year=timezone.localdate(now).year, module=module)
    draft = _draft(batch, decision, serial, now)
    return Printable(draft.certificate, draft.holder, sample=True)


def last_day(first: date, months: int) -> date:
    """The last day of a validity of so many months: 2029-09-19 for 36 months from 2026-09-20."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    days_in_month = (following - timedelta(days=1)).day
    return date(year, month + 1, min(first.day, days_in_month)) - timedelta(days=1)


def _draft(batch: CertificateBatch, decision: Decision, serial: SerialNumber, now: datetime) -> Printable:
    definition = definition_of(batch.scheme_version)
    attestation = attest(decision)
    issued_on = timezone.localdate(now)
    certificate = Certificate(
        serial=str(serial),
        code=new_code(),
        issuer=batch.issuer,
        year=serial.year,
        number=serial.number,
        person_id=decision.person_id,
        scheme_version=batch.scheme_version,
        decision=decision,
        title=definition.certificate_title,
        theme=batch.theme,
        pairing_key=attestation.pairing_key,
        view_ref=attestation.view_ref,
        snapshot=attestation.snapshot,
        hours=attestation.hours,
        issued_at=now,
        valid_from=issued_on,
        valid_until=last_day(issued_on, definition.valid_months) if definition.valid_months else None,
    )
    return Printable(certificate, _holder(certificate, attestation))


def _holder(certificate: Certificate, attestation: Attestation) -> HolderSnapshot:
    """The people's names as they are now. The mentor's tier goes into the record: it names nobody."""
    account = Account.objects.select_related("identity").get(person=certificate.person_id)
    pairing = pairing_of_proof(attestation.pairing_key or None)
    mentor = Account.objects.filter(person=pairing.mentor_id).first() if pairing else None
    if pairing:
        with translation.override(settings.LANGUAGE_CODE):
            certificate.snapshot["mentor_tier"] = str(pairing.get_mentor_tier_display())
    identity = getattr(account, "identity", None)
    return HolderSnapshot(
        printed_name=account.name,
        masked_id=identity.masked if identity else "",
        mentor_name=mentor.name if mentor else "",
        salt=new_salt(),
    )
