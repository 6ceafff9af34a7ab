"""Issuing, one row at a time, in the order of the house plan; each step stands alone, so that a killed worker's row
is taken up where it was left.

    reserve_next   one transaction: preflight again, number, certificate, holder's data, log leaf
    (checkpoint)   the log's head fixed, once for all rows of a share
    print_row      PDF bytes, outside any transaction; then the signature's place
    store_row      bytes into the private storage, their SHA-256 into the row
    release_row    one transaction: event, evidence, notice

Numbers are taken in the order of the seats, one after the other; what follows is shared among the workers: rows are
leased in small shares, so that two workers do not print the same. A row that fails is tried again; after the last
attempt it is voided and keeps its number.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from certificates import log
from certificates.leasing import (
    LEASE,
    SHARE,
    Clock,
    free,
    is_still_leased,
    lease_rows,
    server_time,
)
from certificates.life.superseding import may_take_its_place
from certificates.models import (
    ROW_TRANSITIONS,
    BatchKind,
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateDocument,
    LeafKind,
    Reason,
    RowState,
)
from certificates.numbering import digest_of, draft_of, write_certificate
from certificates.preflight import Finding, Preflight
from certificates.press import PressError
from certificates.press.minding import minder
from certificates.printing import Printable, print_certificate, sign
from certificates.releasing import write_release, write_void
from certificates.trials import try_batch
from core import audit, private_files
from core.errors import Refusal
from people.models import Person

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=30)
NUMBERED_TOGETHER = 100  # one checkpoint covers them all
PAUSE, LONGEST_WAIT = 0.05, 3.0  # seconds, while another worker takes numbers
FOLDER = "certificates"
PRINTABLE_STATES = (RowState.RESERVED, RowState.FAILED, RowState.ISSUED)
OPEN_STATES = (RowState.PENDING, RowState.READY, *PRINTABLE_STATES)
NOT_THE_ROWS_FAULT = (OperationalError, InterfaceError)


def issue_batch(
    *, batch: CertificateBatch, clock: Clock = server_time, until: datetime | None = None
) -> bool:
    """Do all that can be done for a batch; returns whether it is complete.

    May run any number of times, in any number of workers at once; begins no share after `until`. `clock` gives the
    server's time for each step.
    """
    waited = 0.0
    if CertificateBatch.objects.filter(pk=batch.pk, status=BatchStatus.APPROVED).exists():
        while until is None or clock() < until:
            if number_share(batch=batch, clock=clock) or print_share(batch=batch, clock=clock):
                waited = 0.0
            elif _is_numbering(batch, now=clock()) and waited < LONGEST_WAIT:
                time.sleep(PAUSE)
                waited += PAUSE
            elif not _try_again(batch, clock, until):
                break
    return close_when_done(batch=batch, now=clock())


def is_waiting(batch: CertificateBatch, *, now: datetime) -> bool:
    """Whether there is something to do for a batch that nobody is doing."""
    to_number = Q(state__in=[RowState.PENDING, RowState.READY]) & free(now=now)
    return _rows(batch).filter(to_number | due(now=now)).exists()


def number_share(*, batch: CertificateBatch, clock: Clock = server_time) -> int:
    """Take numbers for the next rows, by seat, and fix them in the log; returns for how many rows that was tried.

    None while enough numbered rows wait for a printer, or while another worker takes numbers.
    """
    now = clock()
    if _rows(batch).filter(due(now=now))[: 2 * SHARE].count() == 2 * SHARE or _is_numbering(batch, now=now):
        return 0
    share = lease_rows(_rows(batch).filter(state=RowState.READY), now=now, count=NUMBERED_TOGETHER)
    for row in share:
        if is_still_leased(row, now=clock()):
            number_row(row=row, now=clock())
    if share:
        log.write_checkpoint(now=clock())
        numbered = BatchRow.objects.filter(pk__in=[row.pk for row in share], state=RowState.RESERVED)
        numbered.update(leased_until=None)
    return len(share)


def number_row(*, row: BatchRow, now: datetime) -> BatchRow:
    """`reserve_row`; a row that cannot be numbered is set aside with the reason, and the rest goes on."""
    try:
        return reserve_row(row=row, now=now)
    except NOT_THE_ROWS_FAULT:
        raise
    except Exception as error:
        logger.exception("certificate row %s could not be numbered", row.pk)
        return _set_aside(row, _not_numbered(error))


def print_share(*, batch: CertificateBatch, clock: Clock = server_time) -> int:
    """Print and hand out the next numbered rows, by seat; returns how many were taken up."""
    if not _rows(batch).filter(due(now=clock())).exists():
        return 0
    minder.start()  # a press that does not start is no row's fault
    share = lease_rows(_rows(batch).filter(due(now=clock())), now=clock())
    for row in share:
        if is_still_leased(row, now=clock()):
            _finish(row, clock)
    return len(share)


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
    return _finish(BatchRow.objects.get(pk=row.pk), clock)


def due(*, now: datetime) -> Q:
    """Rows with a number that nobody is working on."""
    return free(now=now) & Q(state__in=PRINTABLE_STATES, attempts__lt=MAX_ATTEMPTS)


@transaction.atomic
def reserve_row(*, row: BatchRow, now: datetime) -> BatchRow:
    """Check once more, then number, certificate and log leaf in one transaction; or into quarantine; or back to trial
    when the certificate would say something else than what was tried.

    A row that is past this step stays as it is. Raises Refusal unless its batch was approved before `now`.
    """
    # Two batches that hold the same person wait here, so that the second sees the first's certificate.
    Person.objects.select_for_update().get(pk=row.person_id)
    row = _locked(row)
    if row.state != RowState.READY:
        return row
    approver = _check_approved(row.batch, now)
    findings = (
        preflight_of(row.batch, now=now, follows=row.follows).check([row.person_id])[row.person_id].findings
    )
    if findings:
        row.findings = [finding.as_json() for finding in findings]
        return _move(row, RowState.QUARANTINED)
    draft = draft_of(row=row, now=now)
    if digest_of(draft) != row.proof:
        return _back_to_trial(row)
    row.certificate = write_certificate(draft=draft, batch=row.batch, by=approver, now=now)
    row.attempts = 0
    return _move(row, RowState.RESERVED)


def preflight_of(batch: CertificateBatch, *, now: datetime, follows: Certificate | None) -> Preflight:
    """The checks as they stand for one row of an approved batch."""
    return Preflight(
        batch.scheme_version,
        batch.proposed_by,
        batch.approved_by,
        now,
        (batch.title,),
        kind=BatchKind(batch.kind),
        follows={follows.person_id: follows} if follows else {},
        theme=batch.theme,
    )


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
    """Hand the certificate to its holder: event with the hash of the bytes, evidence, notice. Once. A correction whose
    old certificate may not be superseded any more is voided instead."""
    row = _locked(row)
    if row.state != RowState.ISSUED:
        return row
    certificate = _certificate_of(row)
    if not may_take_its_place(certificate, now=now):
        write_void(certificate=certificate, reason=Reason.ISSUED_IN_ERROR, now=now)
        row.reason = _("What it was to correct was revoked, suspended or corrected meanwhile.")
        return _move(row, RowState.VOIDED)
    write_release(certificate=certificate, by=row.batch.approved_by, now=now)
    row.reason = ""
    return _move(row, RowState.RELEASED)


@transaction.atomic
def fail_row(*, row: BatchRow, error: Exception, now: datetime) -> BatchRow:
    """Write down a failure; the row is free again after a while. After the last attempt its number is voided.

    A full disk is nothing that a row could help, and what is printed and stored is only due for its release: neither
    uses up the last attempt.
    """
    row = _locked(row)
    if row.state not in PRINTABLE_STATES:
        return row
    row.attempts += 1
    row.reason = _in_words(error)
    if row.state == RowState.ISSUED or isinstance(error, OSError):
        row.attempts = min(row.attempts, MAX_ATTEMPTS - 1)
    if row.attempts >= MAX_ATTEMPTS:
        write_void(certificate=_certificate_of(row), now=now)
        return _move(row, RowState.VOIDED)
    if row.state != RowState.ISSUED:
        row = _move(row, RowState.FAILED)
    row.leased_until = now + RETRY_AFTER
    row.save(update_fields=["attempts", "reason", "leased_until"])
    return row


def _finish(row: BatchRow, clock: Clock) -> BatchRow:
    try:
        if row.state != RowState.ISSUED:
            row = store_row(row=row, content=print_row(row=row, now=clock()), now=clock())
        return release_row(row=row, now=clock())
    except NOT_THE_ROWS_FAULT:
        raise
    except Exception as error:  # one bad row must not stop the batch, whatever is wrong with it
        logger.exception("certificate row %s failed", row.pk)
        return fail_row(row=row, error=error, now=clock())


def _try_again(batch: CertificateBatch, clock: Clock, until: datetime | None) -> bool:
    """Trials of rows that came back from numbering; whether there is something to number now."""
    if not _rows(batch).filter(free(now=clock()), state=RowState.PENDING).exists():
        return False
    try_batch(batch=batch, clock=clock, until=until)
    return _rows(batch).filter(free(now=clock()), state=RowState.READY).exists()


def _back_to_trial(row: BatchRow) -> BatchRow:
    row.attempts += 1
    if row.attempts < MAX_ATTEMPTS:
        return _move(row, RowState.PENDING)
    row.findings = [_keeps_changing().as_json()]
    return _move(row, RowState.QUARANTINED)


def _check_approved(batch: CertificateBatch, now: datetime) -> Person:
    if batch.status != BatchStatus.APPROVED or batch.approved_by is None or batch.approved_at is None:
        raise Refusal(_("Nobody has approved this batch."), code="not_approved")
    if now < batch.approved_at:
        raise Refusal(_("No certificate is dated before its approval."), code="backdated")
    return batch.approved_by


@transaction.atomic
def _set_aside(row: BatchRow, finding: Finding) -> BatchRow:
    row = _locked(row)
    if row.state != RowState.READY:
        return row
    row.findings = [finding.as_json()]
    return _move(row, RowState.QUARANTINED)


def _not_numbered(error: Exception) -> Finding:
    return Finding(
        "numbered",
        _("No number could be taken: %(reason)s") % {"reason": _in_words(error)},
        _("Propose this person once more; if it fails again, ask whoever looks after this site"),
    )


def _keeps_changing() -> Finding:
    return Finding(
        "numbered",
        _("What the certificate would say changed at every trial"),
        _("Propose this person once more when their data have settled"),
    )


def _in_words(error: Exception) -> str:
    """What went wrong, for whoever reads the list: the press and our own refusals speak for themselves."""
    return str(error)[:200] if isinstance(error, (PressError, Refusal)) else type(error).__name__


def _is_numbering(batch: CertificateBatch, *, now: datetime) -> bool:
    return _rows(batch).filter(state=RowState.READY, leased_until__gt=now).exists()


def _move(row: BatchRow, to: RowState) -> BatchRow:
    """Into the next state; the lease ends unless whoever holds it goes on with the row."""
    if to not in ROW_TRANSITIONS[RowState(row.state)]:
        raise RuntimeError(f"a {row.state} row cannot become {to}")
    row.state = to
    if to not in (RowState.RESERVED, RowState.ISSUED):
        row.leased_until = None
    row.save(update_fields=["state", "findings", "reason", "attempts", "certificate", "leased_until"])
    return row


def _rows(batch: CertificateBatch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=batch)


def _locked(row: BatchRow) -> BatchRow:
    rows = BatchRow.objects.select_for_update(of=("self",)).select_related(
        "batch__scheme_version",
        "batch__issuer",
        "batch__proposed_by",
        "batch__approved_by",
        "person",
        "follows__decision",
    )
    return rows.get(pk=row.pk)


def _certificate_of(row: BatchRow) -> Certificate:
    certificates = Certificate.objects.select_related("holder", "issuer", "scheme_version", "decision")
    return certificates.get(batch_row=row)
