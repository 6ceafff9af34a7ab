"""What the nightly reconciliation looks for in this room. An empty answer means that all agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from certificates import log
from certificates.life.agreeing import disagreements
from certificates.models import (
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateDocument,
    CertificateEvent,
    EventKind,
    HolderSnapshot,
    LeafKind,
    LogLeaf,
    RowState,
)
from core.hashing import sha256_hex
from core.private_files import read

STUCK_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Inconsistency:
    """One thing that does not agree: `kind` is stable, `where` names the row."""

    kind: str
    where: str


def findings(*, now: datetime) -> list[Inconsistency]:
    """Everything that does not agree in batches, certificates, files and the log."""
    return [
        *_stuck_rows(now),
        *_certificates_without_leaf(),
        *_releases_without_document(),
        *_changed_documents(),
        *_gaps_in_numbers(),
        *_broken_log(),
        *(Inconsistency(kind, where) for kind, where in disagreements(on=timezone.localdate(now))),
    ]


def _stuck_rows(now: datetime) -> Iterator[Inconsistency]:
    working = (RowState.READY, RowState.RESERVED, RowState.FAILED, RowState.ISSUED)
    rows = BatchRow.objects.filter(
        batch__status=BatchStatus.APPROVED, batch__approved_at__lt=now - STUCK_AFTER, state__in=working
    )
    for row in rows.order_by("pk"):
        yield Inconsistency("row_stuck", f"batch {row.batch_id}, row {row.pk}: {row.state}")


def _certificates_without_leaf() -> Iterator[Inconsistency]:
    leaf = LogLeaf.objects.filter(certificate=OuterRef("pk"), kind=LeafKind.ISSUE)
    for serial in Certificate.objects.exclude(Exists(leaf)).values_list("serial", flat=True):
        yield Inconsistency("certificate_without_log_entry", serial)


def _releases_without_document() -> Iterator[Inconsistency]:
    """A holder's file may be missing only together with the holder's name: then it was erased."""
    released = CertificateEvent.objects.filter(certificate=OuterRef("pk"), kind=EventKind.RELEASED)
    document = CertificateDocument.objects.filter(certificate=OuterRef("pk"))
    named = HolderSnapshot.objects.filter(certificate=OuterRef("pk"))
    missing = Certificate.objects.filter(Exists(released), Exists(named)).exclude(Exists(document))
    for serial in missing.values_list("serial", flat=True):
        yield Inconsistency("certificate_without_document", serial)


def _changed_documents() -> Iterator[Inconsistency]:
    for document in CertificateDocument.objects.select_related("certificate").order_by("pk").iterator():
        try:
            same = sha256_hex(read(document.path)) == document.sha256
        except FileNotFoundError:
            same = False
        if not same:
            yield Inconsistency("document_changed_or_lost", document.certificate.serial)


def _gaps_in_numbers() -> Iterator[Inconsistency]:
    series = Certificate.objects.values("issuer__code", "year").annotate(
        count=Count("pk"), highest=Max("number")
    )
    for each in series.order_by("issuer__code", "year"):
        if each["count"] != each["highest"]:
            yield Inconsistency("gap_in_numbers", f"{each['issuer__code']} {each['year']}")


def _broken_log() -> Iterator[Inconsistency]:
    report = log.verify_log()
    if not report.ok:
        yield Inconsistency("log_broken", f"entry {report.first_bad}")
