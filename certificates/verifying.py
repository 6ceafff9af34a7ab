"""Verification: what a stranger, a command or another room may learn about a code or a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import log, serials
from certificates.credentials import credential_hash
from certificates.marking import PDF_HEADER, claimed_codes
from certificates.models import (
    Certificate,
    CertificateEvent,
    Checkpoint,
    EventKind,
    HolderSnapshot,
    LeafKind,
    LogLeaf,
    Succession,
)
from certificates.queries import RULES_AND_PROOFS
from certificates.standing import Standing, standing_of
from core.hashing import sha256_hex
from core.prepared import first, prepared


class Verdict(models.TextChoices):
    """By precedence: the first that applies is the answer."""

    ALTERED = "altered", gettext_lazy("Altered")
    UNKNOWN = "unknown", gettext_lazy("Not recognised")
    REVOKED = "revoked", gettext_lazy("Revoked")
    SUPERSEDED = "superseded", gettext_lazy("Corrected by a newer one")
    SUSPENDED = "suspended", gettext_lazy("Suspended")
    EXPIRED = "expired", gettext_lazy("Expired")
    NOT_YET_VALID = "not_yet_valid", gettext_lazy("Not valid yet")
    AUTHENTIC = "authentic", gettext_lazy("Authentic")


# A voided number was never handed out; whoever shows a paper with it shows nothing we stand behind.
VERDICTS: dict[Standing, Verdict] = {
    Standing.VOIDED: Verdict.REVOKED,
    Standing.UNRELEASED: Verdict.UNKNOWN,
    Standing.REVOKED: Verdict.REVOKED,
    Standing.SUPERSEDED: Verdict.SUPERSEDED,
    Standing.SUSPENDED: Verdict.SUSPENDED,
    Standing.EXPIRED: Verdict.EXPIRED,
    Standing.NOT_YET_VALID: Verdict.NOT_YET_VALID,
    Standing.VALID: Verdict.AUTHENTIC,
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: a stable `name`, whether it held, and the same in words."""

    name: str
    ok: bool
    title: str
    detail: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Verification:
    """The answer. `certificate` is None when we know none; `holder` is None once the person's data were erased;
    `successor` is the number of the certificate that took its place, and no more: its code is its holder's to show."""

    verdict: Verdict
    checks: tuple[Check, ...]
    at: datetime
    certificate: Certificate | None = None
    standing: Standing | None = None
    events: tuple[CertificateEvent, ...] = ()
    successor: str = ""

    @property
    def holder(self) -> HolderSnapshot | None:
        return getattr(self.certificate, "holder", None)

    @property
    def last_event(self) -> CertificateEvent | None:
        """The event behind a standing that is not valid, if it was an event."""
        kind = {
            Standing.REVOKED: EventKind.REVOKED,
            Standing.VOIDED: EventKind.VOIDED,
            Standing.SUPERSEDED: EventKind.SUPERSEDED,
            Standing.SUSPENDED: EventKind.SUSPENDED,
        }.get(self.standing or Standing.VALID)
        return next((event for event in reversed(self.events) if event.kind == kind), None)


def verify(code: str, *, now: datetime) -> Verification:
    """What stands behind a code; `unknown` for any not handed out. Three queries, four for what was corrected."""
    certificate = first(_public_record(code))
    if certificate is None:
        return Verification(Verdict.UNKNOWN, (), now)
    events = tuple(_events_of(certificate.pk))
    value = standing_of(certificate, events, on=timezone.localdate(now))
    if value == Standing.UNRELEASED:
        return Verification(Verdict.UNKNOWN, (), now)
    checks = (*_record_checks(certificate), _status_check(value))
    intact = all(check.ok for check in checks[:-1])
    verdict = VERDICTS[value] if intact else Verdict.ALTERED
    successor = _successor(certificate.pk) if value == Standing.SUPERSEDED else ""
    return Verification(verdict, checks, now, certificate, value, events, successor)


def _successor(certificate: int) -> str:
    """The number of the certificate that corrected this one and was handed out. One query."""
    corrected = Certificate.objects.filter(follows=certificate, follows_as=Succession.CORRECTION)
    handed_out = corrected.filter(events__kind=EventKind.RELEASED)
    return handed_out.values_list("serial", flat=True).first() or ""


@prepared
def _public_record(code: str) -> QuerySet[Certificate]:
    """What a stranger's answer rests on: the record without file, rules and proofs."""
    record = Certificate.objects.select_related("issuer", "scheme_version", "decision", "holder", "follows")
    return record.defer(*RULES_AND_PROOFS).filter(code=code)


@prepared
def _events_of(certificate: int) -> QuerySet[CertificateEvent]:
    return CertificateEvent.objects.filter(certificate=certificate).order_by("at", "pk")


@prepared
def _log_entry(certificate: int) -> QuerySet[Any]:
    """Its place in the log, and `is_covered`: whether a checkpoint fixes it."""
    covered = Exists(Checkpoint.objects.filter(size__gt=OuterRef("index")))
    return LogLeaf.objects.filter(certificate=certificate, kind=LeafKind.ISSUE).annotate(is_covered=covered)


def verify_file(content: bytes, *, now: datetime) -> Verification:
    """What a file is: ours and untouched, ours and altered, or none of ours. Nothing of it is kept.

    The bytes are compared with the hash recorded at release, so the answer does not depend on our copy; those of a
    transcript with the hash it was stored under.
    """
    digest = sha256_hex(content)
    handed_out = Q(events__kind=EventKind.RELEASED, events__digest=digest) | Q(transcript__sha256=digest)
    certificate = Certificate.objects.only("code").filter(handed_out).first()
    if certificate:
        found = verify(certificate.code, now=now)
        checks = (_bytes_check(True), *found.checks)
        return replace(found, checks=checks)
    claimed = _claimed_certificate(content)
    if claimed is None:
        return Verification(Verdict.UNKNOWN, (_origin_check(content),), now)
    found = verify(claimed.code, now=now)
    checks = (_bytes_check(False), *found.checks)
    return replace(found, verdict=Verdict.ALTERED, checks=checks)


def _claimed_certificate(content: bytes) -> Certificate | None:
    for code in claimed_codes(content):
        certificate = Certificate.objects.filter(code=code).first()
        if certificate:
            return certificate
    return None


def _record_checks(certificate: Certificate) -> Iterable[Check]:
    yield Check(
        "serial",
        serials.is_well_formed(certificate.serial),
        _("Check character of the number"),
        certificate.serial,
    )
    yield _credential_check(certificate)
    yield _log_check(certificate)


def _credential_check(certificate: Certificate) -> Check:
    """Without the erased salt nothing can be compared, and nothing speaks against the record."""
    title = _("Content against the recorded hash")
    holder = getattr(certificate, "holder", None)
    if holder is None:
        return Check("credential", True, title, _("The holder's data were erased; the hash stays"))
    return Check("credential", credential_hash(certificate, holder) == certificate.credential_hash, title, "")


def _log_check(certificate: Certificate) -> Check:
    """The leaf says what the record says, and a checkpoint fixes it. The whole log is replayed by
    `audit_log_verify`, not for every reader."""
    leaf = first(_log_entry(certificate.pk))
    if leaf is None:
        return Check("log", False, _("Place in the public log"), _("not found in the log"))
    leaf.certificate = certificate
    detail = _("Entry %(number)s") % {"number": leaf.index + 1}
    return Check("log", leaf.is_covered and log.is_intact(leaf), _("Place in the public log"), detail)


def _status_check(value: Standing) -> Check:
    return Check("status", value == Standing.VALID, _("Status now"), str(value.label))


def _bytes_check(same: bool) -> Check:
    detail = _("every byte as handed out") if same else _("differs from the file we handed out")
    return Check("bytes", same, _("The file, byte by byte"), detail)


def _origin_check(content: bytes) -> Check:
    detail = _("carries no code of ours") if content.startswith(PDF_HEADER) else _("not a PDF file")
    return Check("origin", False, _("Where the file comes from"), detail)
