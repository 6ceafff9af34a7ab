"""Celery entry points: each fetches by id and makes one call; any of them may be delivered any number of times.

A worker gives a batch one shift and then stands in the queue again, so that ten thousand certificates keep nobody's
exam waiting. When a batch is approved one task is sent for each worker that should share it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from certificates import issuing, trials
from certificates.ceremony import print_runs
from certificates.models import BatchRow, BatchStatus, CertificateBatch, PrintRun, RowState
from certificates.press import foundry

SHIFT = timedelta(seconds=20)
SHARES = 4  # as many workers work on one batch at most


@worker_ready.connect
def cast_fonts(**_worker: Any) -> None:
    """A worker cuts the fonts when it starts, once a machine, so that no page and no certificate waits for them."""
    foundry.fonts()


@shared_task(name="certificates.try_batch")
def try_batch(batch_id: int) -> bool:
    """Check and print for trial what waits for it; returns whether nothing is left."""
    batch = CertificateBatch.objects.get(pk=batch_id)
    done = trials.try_batch(batch=batch, until=timezone.now() + SHIFT)
    if not done and trials.is_waiting(batch, now=timezone.now()):
        try_batch.delay(batch_id)
    return done


@shared_task(name="certificates.issue_batch")
def issue_batch(batch_id: int) -> bool:
    """Take an approved batch further; returns whether it is complete."""
    batch = CertificateBatch.objects.get(pk=batch_id)
    done = issuing.issue_batch(batch=batch, until=timezone.now() + SHIFT)
    if not done and issuing.is_waiting(batch, now=timezone.now()):
        issue_batch.delay(batch_id)
    return done


@shared_task(name="certificates.resume_batches")
def resume_batches() -> int:
    """Take up what a killed worker or a lost message left behind; returns for how many batches."""
    now = timezone.now()
    idle = CertificateBatch.objects.exclude(Exists(_rows(leased_until__gt=now)))
    untried = idle.filter(Exists(_rows(state=RowState.PENDING)), status=BatchStatus.PROPOSED)
    approved = idle.filter(status=BatchStatus.APPROVED)
    due = [(try_batch, key) for key in untried.order_by("pk").values_list("pk", flat=True)]
    due += [(issue_batch, key) for key in approved.order_by("pk").values_list("pk", flat=True)]
    for task, batch_id in due:
        share(task, batch_id)
    return len(due)


@shared_task(name="certificates.put_paper_together")
def put_paper_together(run_id: int) -> str:
    """Write the file of a print run; returns how far it has come."""
    return print_runs.put_together(run=PrintRun.objects.get(pk=run_id)).state


@shared_task(name="certificates.resume_print_runs")
def resume_print_runs() -> int:
    """Send what was left behind once more; returns how many runs."""
    left_behind = print_runs.runs_left_behind(now=timezone.now())
    for run_id in left_behind:
        put_paper_together.delay(run_id)
    return len(left_behind)


@shared_task(name="certificates.clear_print_runs")
def clear_print_runs() -> int:
    """Delete the files of runs that are a week old; returns how many."""
    return print_runs.clear_files(now=timezone.now())


def share(task: Task, batch_id: int) -> None:
    """Send a task once for each worker that may take part."""
    for _share in range(SHARES):
        task.delay(batch_id)


def _rows(**which: object) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=OuterRef("pk"), **which)
