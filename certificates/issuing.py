"""Issuing, one row at a time, in the order of the house plan; each step stands alone, so that a killed worker's row
is taken up where it was left.

    reserve_row    one transaction: preflight again, number, certificate, holder's data, log leaf
    (checkpoint)   the log's head fixed, once for all rows reserved so far
    print_row      PDF bytes, outside any transaction; then the signature's place
    store_row      bytes into the private storage, their SHA-256 into the row
    release_row    one transaction: event, evidence, notice

A row is leased while it is printed, so that two workers do not print it twice. A row that fails is tried again; after
the last attempt it is voided and keeps its number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import log
from certificates.models import (
    ROW_TRANSITIONS,
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateDocument,
    LeafKind,
    RowState,
)
from certificates.numbering import write_certificate
from certificates.preflight import Preflight
from certificates.printing import Printable, print_certificate, sign
from certificates.releasing import write_release, write_void
from core import audit, private_files
from core.errors import Refusal
from people.models import Person

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # a print takes well under a second, and never more than twenty
MAX_ATTEMPTS = 3
FOLDER = "certificates"
PRINTABLE_STATES = (RowState.RESERVED, RowState.FAILED, RowState.ISSUED)
OPEN_STATES = (RowState.READY, *PRINTABLE_STATES)

Clock = Callable[[], datetime]


def server_time() -> datetime:
    """The host's clock, asked again at every step of a long batch."""
    return timezone.now()


def issue_batch(*, batch: CertificateBatch, clock: Clock = server_time) -> bool:
    """Do all that can be done for a batch; returns whether it is complete.

    May run any number of times, in any number of workers at once. `clock` gives the server's time for each step.
    """
    batch = CertificateBatch.objects.get(pk=batch.pk)
    if batch.status == BatchStatus.APPROVED:
        for row in batch.rows.filter(state=RowState.READY).order_by("pk"):
            reserve_row(row=row, now=clock())
        log.write_checkpoint(now=clock())
        for row in batch.rows.filter(due(now=clock())).order_by("pk"):
            issue_row(row=row, clock=clock)
    return close_when_done(batch=batch, now=clock())


@transaction.atomic
def close_when_done(*, batch: CertificateBatch, now: datetime) -> bool:
    """Complete an approved batch once no row has anything left to do; returns whether it is complete."""
    batch = CertificateBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status != BatchStatus.APPROVED or batch.rows.filter(state__in=OPEN_STATES).exists():
        return batch.status == BatchStatus.COMPLETED
    batch.status = BatchStatus.COMPLETED
    batch.save(update_fields=["status"])
    audit.record(action="batch.completed", target=f"certificates.batch:{batch.pk}", by=None, now=now)
    return True


def issue_row(*, row: BatchRow, clock: Clock = server_time) -> BatchRow:
    """Take one row as far as it goes: to the holder, or to a failure that is written down."""
    if row.state == RowState.READY:
        row = reserve_row(row=row, now=clock())
    if not claim_row(row=row, now=clock()):
        return BatchRow.objects.get(pk=row.pk)
    row.refresh_from_db()
    try:
        if row.state != RowState.ISSUED:
            row = store_row(row=row, content=print_row(row=row, now=clock()), now=clock())
        return release_row(row=row, now=clock())
    except Exception as error:  # one bad row must not stop the batch, whatever is wrong with it
        logger.exception("certificate row %s failed", row.pk)
        return fail_row(row=row, reason=type(error).__name__, now=clock())


def due(*, now: datetime) -> Q:
    """Rows with a number that nobody is working on."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return free & Q(state__in=PRINTABLE_STATES, attempts__lt=MAX_ATTEMPTS)


@transaction.atomic
def reserve_row(*, row: BatchRow, now: datetime) -> BatchRow:
    """Check once more, then number, certificate and log leaf in one transaction; or into quarantine.

    A row that is past this step stays as it is. Raises Refusal unless its batch was approved.
    """
    # Two batches that hold the same person wait here, so that the second sees the first's certificate.
    Person.objects.select_for_update().get(pk=row.person_id)
    row = _locked(row)
    if row.state != RowState.READY:
        return row
    batch = row.batch
    if batch.status != BatchStatus.APPROVED or batch.approved_by is None:
        raise Refusal(_("Nobody has approved this batch."), code="not_approved")
    preflight = Preflight(
        batch.scheme_version, batch.proposed_by, batch.approved_by, now, (batch.title, batch.theme)
    )
    findings = preflight.check([row.person_id])[row.person_id].findings
    if findings:
        row.findings = [finding.as_json() for finding in findings]
        return _move(row, RowState.QUARANTINED)
    row.certificate = write_certificate(batch=batch, person=row.person, by=batch.approved_by, now=now)
    return _move(row, RowState.RESERVED)


def claim_row(*, row: BatchRow, now: datetime) -> bool:
    """Lease a row for printing; False when it is leased, finished or has used up its attempts."""
    claimed = BatchRow.objects.filter(due(now=now), pk=row.pk).update(leased_until=now + LEASE)
    return claimed == 1


def print_row(*, row: BatchRow, now: datetime) -> bytes:
    """The PDF of a numbered row, signed when there is a key. Its log leaf is covered by a checkpoint first."""
    certificate = _certificate_of(row)
    if not log.is_covered(certificate.leaves.get(kind=LeafKind.ISSUE)):
        log.write_checkpoint(now=now)
    return sign(print_certificate(Printable(certificate, certificate.holder)))


def store_row(*, row: BatchRow, content: bytes, now: datetime) -> BatchRow:
    """Keep the bytes and their hash; the first print stands when a row was printed twice."""
    stored = private_files.store(content, folder=FOLDER, suffix=".pdf")
    with transaction.atomic():
        row = _locked(row)
        if row.state not in (RowState.RESERVED, RowState.FAILED):
            return row
        CertificateDocument.objects.create(
            certificate=_certificate_of(row),
            path=stored.path,
            sha256=stored.sha256,
            size=stored.size,
            stored_at=now,
        )
        return _move(row, RowState.ISSUED)


@transaction.atomic
def release_row(*, row: BatchRow, now: datetime) -> BatchRow:
    """Hand the certificate to its holder: event with the hash of the bytes, evidence, notice. Once."""
    row = _locked(row)
    if row.state != RowState.ISSUED:
        return row
    write_release(certificate=_certificate_of(row), by=row.batch.approved_by, now=now)
    row.reason = ""
    return _move(row, RowState.RELEASED)


@transaction.atomic
def fail_row(*, row: BatchRow, reason: str, now: datetime) -> BatchRow:
    """Write down a failure and free the row; after the last attempt its number is voided."""
    row = _locked(row)
    if row.state not in PRINTABLE_STATES:
        return row
    row.attempts += 1
    row.reason = reason[:200]
    if row.state == RowState.ISSUED:  # printed and stored; only the release is due again
        row.leased_until = None
        row.attempts = min(row.attempts, MAX_ATTEMPTS - 1)
        row.save(update_fields=["attempts", "reason", "leased_until"])
        return row
    if row.attempts < MAX_ATTEMPTS:
        return _move(row, RowState.FAILED)
    write_void(certificate=_certificate_of(row), now=now)
    return _move(row, RowState.VOIDED)


def _move(row: BatchRow, to: RowState) -> BatchRow:
    if to not in ROW_TRANSITIONS[RowState(row.state)]:
        raise RuntimeError(f"a {row.state} row cannot become {to}")
    row.state, row.leased_until = to, None
    row.save(update_fields=["state", "findings", "reason", "attempts", "certificate", "leased_until"])
    return row


def _locked(row: BatchRow) -> BatchRow:
    rows = BatchRow.objects.select_for_update(of=("self",)).select_related(
        "batch__scheme_version", "batch__issuer", "batch__proposed_by", "batch__approved_by", "person"
    )
    return rows.get(pk=row.pk)


def _certificate_of(row: BatchRow) -> Certificate:
    certificates = Certificate.objects.select_related("holder", "issuer", "scheme_version", "decision")
    return certificates.get(batch_row=row)
