"""The moment a certificate comes into being: number, row, holder's data, first event and log leaf, together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from assessments.deciding import SchemeDefinition
from assessments.models import Decision
from assessments.schemes.releasing import definition_of
from certificates import log
from certificates.attesting import Attestation, attest
from certificates.credentials import credential_hash, new_code, new_salt
from certificates.eligibility import decide_now, pairing_of_proof
from certificates.gallery.shelf import marks_for
from certificates.life.succession import follow
from certificates.models import (
    BatchKind,
    BatchRow,
    Certificate,
    CertificateBatch,
    CertificateEvent,
    EventKind,
    HolderSnapshot,
    LeafKind,
    Succession,
)
from certificates.photos import keep_photo, photo_of
from certificates.printing import Printable
from certificates.serials import module_of, placeholder, take_number
from core import audit
from core.hashing import content_hash
from people.models import Account, Person


def draft_of(*, row: BatchRow, now: datetime) -> Printable:
    """A row's certificate as it would be numbered now, with a placeholder number. Stores nothing but the decision it
    rests on; a correction rests on the decision of the certificate it corrects."""
    batch = row.batch
    if batch.kind == BatchKind.CORRECTION and row.follows:
        decision = row.follows.decision
    else:
        decision = decide_now(person=row.person, scheme=batch.scheme_version, now=now)
    draft = _draft(batch, decision, now)
    if row.follows:
        last = partial(_last_day, definition_of(batch.scheme_version))
        follow(draft.certificate, row.follows, as_=Succession(batch.kind), last_day=last)
    return draft


def write_certificate(*, draft: Printable, batch: CertificateBatch, by: Person, now: datetime) -> Certificate:
    """Number and record one certificate, unprinted and unreleased. Belongs in the transaction of its row; the
    caller has checked that the person may have it, and drafted it at the same moment."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a certificate is numbered in the transaction of its row")
    certificate, holder = draft.certificate, draft.holder
    module = module_of(definition_of(batch.scheme_version).level)
    serial = take_number(issuer=batch.issuer, year=certificate.year, module=module)
    certificate.serial, certificate.number = str(serial), serial.number
    certificate.credential_hash = credential_hash(certificate, holder)
    certificate.save()
    holder.certificate, holder.photo_path = certificate, keep_photo(holder.photo_path)
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
    return replace(_draft(batch, decision, now), sample=True)


def digest_of(draft: Printable) -> str:
    """SHA-256 of all that a person's certificate says, except what only numbering brings: number, code and days.

    As long as it is the same, a trial print stands for the certificate.
    """
    certificate, holder = draft.certificate, draft.holder
    return content_hash(
        {
            "theme": certificate.theme,
            "title": certificate.title,
            "scheme": certificate.scheme_version.content_hash,
            "issuer": certificate.issuer.name,
            "snapshot": certificate.snapshot,
            "hours": str(certificate.hours),
            "view": certificate.view_ref,
            "pairing": certificate.pairing_key,
            "names": [holder.printed_name, holder.masked_id, holder.mentor_name, holder.signer_name],
            "photo": holder.photo_path,
            "follows": certificate.follows_id,
        }
    )


def last_day(first: date, months: int) -> date:
    """The last day of a validity of so many months: 2029-09-19 for 36 months from 2026-09-20."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    days_in_month = (following - timedelta(days=1)).day
    return date(year, month + 1, min(first.day, days_in_month)) - timedelta(days=1)


def _last_day(definition: SchemeDefinition, first: date) -> date | None:
    return last_day(first, definition.valid_months) if definition.valid_months else None


def _draft(batch: CertificateBatch, decision: Decision, now: datetime) -> Printable:
    definition = definition_of(batch.scheme_version)
    attestation = attest(decision)
    marks = marks_for(batch.issuer, batch.theme)
    issued_on = timezone.localdate(now)
    first = max(issued_on, batch.valid_from or issued_on)
    serial = placeholder(issuer=batch.issuer, year=issued_on.year, module=module_of(definition.level))
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
        snapshot=attestation.snapshot | ({"marks": marks.record} if marks.record else {}),
        hours=attestation.hours,
        issued_at=now,
        valid_from=first,
        valid_until=_last_day(definition, first),
    )
    holder = _holder(certificate, attestation)
    holder.signer_name = marks.signer_name
    return Printable(certificate, holder)


def _holder(certificate: Certificate, attestation: Attestation) -> HolderSnapshot:
    """The people's names as they are now. The mentor's tier goes into the record: it names nobody."""
    account = Account.objects.select_related("identity", "portrait").get(person=certificate.person_id)
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
        photo_path=photo_of(account, certificate.theme),
        salt=new_salt(),
    )
