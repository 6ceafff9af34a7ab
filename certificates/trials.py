"""Trial prints: before anybody approves a batch, each of its certificates is printed once and read back.

A row is PENDING until its trial: READY afterwards, or QUARANTINED with what the trial showed. Rows are leased in small
shares, so that several workers try one batch and a killed worker's share is taken up by the next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certificates.leasing import Clock, free, is_still_leased, lease_rows, server_time
from certificates.models import BatchKind, BatchRow, BatchStatus, CertificateBatch, RowState
from certificates.numbering import digest_of, draft_of
from certificates.preflight import Finding, Preflight
from certificates.preflight.proving import prove
from certificates.press import PressError
from certificates.press.minding import minder
from certificates.queries import batches_under_way
from core import audit
from core.models import AuditEntry

logger = logging.getLogger(__name__)

TRIABLE = (BatchStatus.PROPOSED, BatchStatus.APPROVED)
TRIED = "batch.tried"
SENDS_TO_TRIAL = ("batch.proposed", "batch.rechecked")


def try_batch(*, batch: CertificateBatch, clock: Clock = server_time, until: datetime | None = None) -> bool:
    """Try every row that waits for it; returns whether none is left. May run any number of times, in any number of
    workers at once; begins no share after `until`."""
    loaded = CertificateBatch.objects.select_related("scheme_version", "issuer", "proposed_by", "approved_by")
    batch = loaded.get(pk=batch.pk)
    if batch.status in TRIABLE:
        while is_waiting(batch, now=clock()) and (until is None or clock() < until):
            minder.start()  # a press that does not start is no row's fault
            share = lease_rows(_pending(batch), now=clock())
            try_rows(batch=batch, rows=share, clock=clock)
    return close_trial(batch=batch, now=clock())


def is_waiting(batch: CertificateBatch, *, now: datetime) -> bool:
    """Whether there is a row to try that nobody is trying."""
    return _pending(batch).filter(free(now=now)).exists()


def try_rows(*, batch: CertificateBatch, rows: Sequence[BatchRow], clock: Clock = server_time) -> None:
    """Check these rows, print them for trial and write down what that showed. Whatever is wrong with one of them stops
    no other."""
    checked = _preflight(batch, rows, now=clock()).check([row.person_id for row in rows])
    for row in rows:
        now, row.batch = clock(), batch
        if is_still_leased(row, now=now):
            findings = checked[row.person_id].findings
            _write_result(row, *((findings, "") if findings else _prove(row, now)))


def _prove(row: BatchRow, now: datetime) -> tuple[tuple[Finding, ...], str]:
    """What the trial print shows, and the digest of what was printed. Tried once already and still the same: nothing
    is printed."""
    try:
        draft = draft_of(row=row, now=now)
        digest = digest_of(draft)
        findings = () if digest == row.proof else prove(draft).findings
    except (OperationalError, InterfaceError):
        raise  # nothing is wrong with this row: it is tried again
    except Exception as error:
        logger.exception("trial print of certificate row %s failed", row.pk)
        findings = (_not_printed(error),)
    return (findings, "") if findings else ((), digest)


@transaction.atomic
def close_trial(*, batch: CertificateBatch, now: datetime) -> bool:
    """Whether no row waits for its trial. Written into the audit trail once for each round of trials."""
    batch = CertificateBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status not in TRIABLE or _pending(batch).exists():
        return batch.status not in TRIABLE
    target = f"certificates.batch:{batch.pk}"
    last = (
        AuditEntry.objects.filter(target=target, action__in=[*SENDS_TO_TRIAL, TRIED]).order_by("-pk").first()
    )
    if batch.status == BatchStatus.PROPOSED and (last is None or last.action != TRIED):
        set_aside = batch.rows.filter(state=RowState.QUARANTINED).count()
        ready = batch.rows.filter(state=RowState.READY).count()
        audit.record(action=TRIED, target=target, by=None, now=now, ready=ready, quarantined=set_aside)
    return True


@transaction.atomic
def _write_result(row: BatchRow, findings: Iterable[Finding], digest: str) -> BatchRow:
    now_there = BatchRow.objects.select_for_update().get(pk=row.pk)
    if now_there.state != RowState.PENDING:
        return now_there
    found = [finding.as_json() for finding in findings]
    to = RowState.QUARANTINED if found else RowState.READY
    now_there.state, now_there.findings, now_there.proof, now_there.leased_until = to, found, digest, None
    now_there.save(update_fields=["state", "findings", "proof", "leased_until"])
    return now_there


def _not_printed(error: Exception) -> Finding:
    reason = str(error) if isinstance(error, PressError) else type(error).__name__
    return Finding(
        "fits",
        _("The trial print failed: %(reason)s") % {"reason": reason},
        _("Check again; if it fails once more, ask whoever looks after this site"),
    )


def _preflight(batch: CertificateBatch, rows: Iterable[BatchRow], *, now: datetime) -> Preflight:
    people = [row.person_id for row in rows]
    return Preflight(
        batch.scheme_version,
        batch.proposed_by,
        batch.approved_by,
        now,
        (batch.title,),
        under_way=batches_under_way(people, batch.scheme_version.key, before=batch),
        kind=BatchKind(batch.kind),
        follows={row.person_id: row.follows for row in rows if row.follows},
        theme=batch.theme,
    )


def _pending(batch: CertificateBatch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=batch, state=RowState.PENDING)
