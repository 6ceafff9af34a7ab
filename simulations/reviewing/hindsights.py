"""The look back on a finished run as a job: asked for when a run finishes, worked out by a worker, kept.

Killed, it begins anew: nothing is written before its end. Delivered twice, both deliveries come to the same findings. A
regrade deletes the row; `due_hindsights` finds runs that have none, and what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from simulations import queries, tasks
from simulations.engine.hindsight import hindsight
from simulations.models import Hindsight, HindsightStatus, Playthrough, RunStatus
from simulations.scenarios import scenario_of

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=2)
AT_ONCE = 50
"""The most runs without a look back that one sweep takes up."""

Clock = Callable[[], datetime]


def ask_hindsight(*, run: Playthrough, now: datetime) -> Hindsight:
    """The row of a finished run's look back, made when there is none, its work enqueued once what is being done here is
    committed. One that is there, done or not, is left alone."""
    row, is_new = Hindsight.objects.get_or_create(
        playthrough=run,
        defaults={"content_hash": run.standing_version.content_hash, "touched_at": now},
    )
    if is_new:
        transaction.on_commit(partial(tasks.work_out_hindsight.delay, row.pk), robust=True)
    return row


def work_out_hindsight(*, asked: Hindsight, clock: Clock = timezone.now) -> Hindsight:
    """Work out what would have been better in a run, unless that is done. What cannot be worked out is FAILED."""
    asked = Hindsight.objects.select_related("playthrough__version", "playthrough__judged_by").get(
        pk=asked.pk
    )
    if asked.status != HindsightStatus.WAITING:
        return asked
    run = asked.playthrough
    try:
        found = hindsight(scenario_of(run.standing_version), queries.state_of(run)).as_json()
    except Exception:
        logger.exception("the look back on run %s cannot be worked out", run.pk)
        return _store(asked, HindsightStatus.FAILED, None, run.standing_version.content_hash, clock())
    return _store(asked, HindsightStatus.DONE, found, run.standing_version.content_hash, clock())


def due_hindsights(*, now: datetime) -> list[int]:
    """What should be worked out and has not been for two minutes, and finished runs nobody asked about, newest first.

    Marked as touched, so that nobody else finds it too.
    """
    found = []
    still = Hindsight.objects.filter(status=HindsightStatus.WAITING, touched_at__lte=now - STANDS_STILL)
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if Hindsight.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    forgotten = Playthrough.objects.filter(status=RunStatus.FINISHED, hindsight=None)
    for run in forgotten.select_related("version", "judged_by").order_by("-finished_at")[:AT_ONCE]:
        row, is_new = Hindsight.objects.get_or_create(
            playthrough=run,
            defaults={"content_hash": run.standing_version.content_hash, "touched_at": now},
        )
        if is_new:
            found.append(row.pk)
    return found


@transaction.atomic
def _store(
    asked: Hindsight, status: HindsightStatus, findings: object, content_hash: str, now: datetime
) -> Hindsight:
    """Keep the findings, unless somebody was faster or the run has been judged by another version meanwhile."""
    row = Hindsight.objects.select_for_update().filter(pk=asked.pk).first()
    if row is None or row.status != HindsightStatus.WAITING or row.content_hash != content_hash:
        return row or asked
    row.status, row.findings, row.touched_at = status, findings, now
    row.save(update_fields=["status", "findings", "touched_at"])
    return row
