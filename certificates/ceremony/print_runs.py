"""Print runs: seats of a batch as one PDF, put together by the worker, on record for good.

Whole certificates are the stored files, never printed
again; on preprinted blanks only what differs from person to person is printed, moved by the run's offsets. Where the
worker is killed, the next one begins the run anew once the lease has run out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.ceremony.lines import left_out_of
from certificates.ceremony.merging import Merging
from certificates.ceremony.overprints import paper_of
from certificates.leasing import free
from certificates.models import (
    HolderSnapshot,
    LeftOut,
    PrintRun,
    PrintSheet,
    PrintState,
)
from core.errors import Refusal
from core.private_files import storage

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=90)  # renewed with every sheet; one print takes twenty seconds at most
KEPT = timedelta(days=7)
FOLDER = "ceremony"

Clock = Callable[[], datetime]


def put_together(*, run: PrintRun, clock: Clock = timezone.now) -> PrintRun:
    """Write the file of a run that waits; whoever else works on it, or did, is left alone. Any number of times."""
    if not _claim(run, now=clock()):
        return PrintRun.objects.get(pk=run.pk)
    run.refresh_from_db()
    try:
        with TemporaryFile() as paper:
            _write(run, paper, clock)
            return _finish(run, paper, now=clock())
    except Exception as error:  # whatever is wrong with a page, the run says so and the next one goes on
        logger.exception("print run %s failed", run.pk)
        return _give_up(run, type(error).__name__, now=clock())


def runs_left_behind(*, now: datetime) -> list[int]:
    """Keys of the runs that a killed worker or a lost message left behind; what was tried too often has failed now."""
    waiting = PrintRun.objects.filter(free(now=now), state=PrintState.WAITING).order_by("pk")
    for run in waiting.filter(attempts__gte=MAX_ATTEMPTS):
        _give_up(run, run.failure or "Stopped", now=now)
    return list(waiting.filter(attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True))


def clear_files(*, now: datetime) -> int:
    """Delete the files of runs that are a week old; returns how many. The rows stay."""
    old = PrintRun.objects.filter(finished_at__lt=now - KEPT).exclude(path="")
    found = list(old.values_list("pk", "path"))
    for pk, path in found:
        storage().delete(path)
        PrintRun.objects.filter(pk=pk, path=path).update(path="")
    return len(found)


def _claim(run: PrintRun, *, now: datetime) -> bool:
    """Begin a run. An attempt counts when it begins, so that one that kills its worker ends after three."""
    waiting = PrintRun.objects.filter(
        free(now=now), pk=run.pk, state=PrintState.WAITING, attempts__lt=MAX_ATTEMPTS
    )
    return waiting.update(leased_until=now + LEASE, attempts=F("attempts") + 1, done=0) == 1


def _write(run: PrintRun, paper: BinaryIO, clock: Clock) -> None:
    """Page after page into `paper`; what cannot be printed is left out and said on its sheet."""
    merging, pages = Merging(paper), 0
    record = run.sheets.select_related(
        "certificate__holder", "certificate__document", "certificate__issuer", "certificate__scheme_version"
    ).prefetch_related("certificate__events")
    for place, sheet in enumerate(record.order_by("seat").iterator(chunk_size=50), start=1):
        left_out = left_out_of(sheet.certificate, on=timezone.localdate(clock()))
        content = None if left_out else paper_of(run, sheet.certificate)
        if content:
            pages += merging.add(content, title=f"{sheet.seat}　{sheet.certificate.holder.printed_name}")
        PrintSheet.objects.filter(pk=sheet.pk).update(left_out="" if content else left_out or LeftOut.DAMAGED)
        PrintRun.objects.filter(pk=run.pk).update(done=place, leased_until=clock() + LEASE)
    if not pages:
        raise Refusal(_("Nobody in these seats has a certificate that could be printed."), code="seats")
    merging.close()


def _finish(run: PrintRun, paper: BinaryIO, *, now: datetime) -> PrintRun:
    """Keep the file, unless somebody on it was erased meanwhile: then it is put together again without them."""
    path = f"{FOLDER}/{run.pk}.pdf"
    storage().delete(path)
    paper.seek(0)
    path = storage().save(path, File(paper))
    with transaction.atomic():
        found = PrintRun.objects.select_for_update().get(pk=run.pk)
        on_paper = found.sheets.filter(left_out="").count()
        holders = HolderSnapshot.objects.select_for_update(of=("self",)).filter(
            certificate__print_sheets__run=run.pk, certificate__print_sheets__left_out=""
        )
        if found.state != PrintState.WAITING or len(holders) != on_paper:
            storage().delete(path)
            PrintRun.objects.filter(pk=run.pk).update(leased_until=None)
            return found
        found.state, found.path, found.finished_at = PrintState.READY, path, now
        found.leased_until, found.done, found.failure = None, found.sheets.count(), ""
        found.save(update_fields=["state", "path", "finished_at", "leased_until", "done", "failure"])
    return found


def _give_up(run: PrintRun, failure: str, *, now: datetime) -> PrintRun:
    """Let the run be tried again, or say after the last attempt that it failed."""
    with transaction.atomic():
        found = PrintRun.objects.select_for_update().get(pk=run.pk)
        if found.state == PrintState.WAITING:
            found.leased_until, found.failure = None, failure[:200]
            if found.attempts >= MAX_ATTEMPTS:
                found.state, found.finished_at = PrintState.FAILED, now
            found.save(update_fields=["state", "failure", "leased_until", "finished_at"])
    return found
