"""What a worker does for a regrade of runs: the dry run, then carrying it out.

Every portion stands alone in its transaction, so that a worker that was killed, a message that was lost and one that
came twice do no harm. `due_regrades` finds what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from simulations.models import Playthrough, RunRegrade, RunRegradeLine, RunRegradeStatus, RunStatus
from simulations.regrading.carrying import (
    IN_FORCE,
    carry_out,
    finish,
    is_overtaken,
    later_regrades,
    next_lines,
)
from simulations.regrading.trying import list_runs, try_portion

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=2)
UNDER_WAY = (RunRegradeStatus.TRYING, RunRegradeStatus.RUNNING)

Clock = Callable[[], datetime]


def advance_regrade(*, regrade: RunRegrade, clock: Clock = timezone.now) -> RunRegrade:
    """Do what is due: try, carry out, or nothing. May run any number of times, in any number of workers at once."""
    found = RunRegrade.objects.select_related("played", "corrected", "decided_by").get(pk=regrade.pk)
    if found.status == RunRegradeStatus.TRYING:
        while try_portion(regrade=found, now=clock()):
            pass
    elif found.status in IN_FORCE:
        return _carry_out(found, clock)
    return RunRegrade.objects.get(pk=found.pk)


def progress_of(regrade: RunRegrade) -> tuple[int, int]:
    """How many runs are done of how many: judged again while it is carried out, else looked at. One query.

    Looking at a run has two halves: what it would come to, and what its person's decisions would."""
    counts = regrade.lines.aggregate(
        all=Count("pk"),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        tried=Count("pk", filter=Q(before__isnull=False)),
        looked_at=Count("pk", filter=Q(decisions__isnull=False)),
    )
    if regrade.status == RunRegradeStatus.RUNNING:
        return counts["done"], counts["all"]
    return (counts["tried"] + counts["looked_at"]) // 2, counts["all"]


def due_regrades(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too. A regrade that
    is done has more to do when a run of the old version was finished since, unless a later regrade judges those."""
    late = Q(status=RunRegradeStatus.DONE, has_late_runs=True, is_overtaken=False)
    still = RunRegrade.objects.annotate(
        has_late_runs=Exists(_late_runs()),
        is_overtaken=Exists(later_regrades(OuterRef("played"), OuterRef("decided_at"))),
    ).filter(Q(status__in=UNDER_WAY) | late, touched_at__lte=now - STANDS_STILL)
    found = []
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if RunRegrade.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def _late_runs() -> QuerySet[Playthrough]:
    """Finished runs of the version a regrade is about that it has not judged."""
    judged = RunRegradeLine.objects.filter(playthrough=OuterRef("pk"), done_at__isnull=False)
    finished = Playthrough.objects.filter(version=OuterRef("played"), status=RunStatus.FINISHED)
    return finished.filter(~Exists(judged.filter(regrade=OuterRef(OuterRef("pk")))))


def _carry_out(regrade: RunRegrade, clock: Clock) -> RunRegrade:
    """One run that cannot be judged stops no other; the regrade stays under way until it can."""
    if not is_overtaken(regrade):
        list_runs(regrade)
    last = 0
    while lines := next_lines(regrade, after=last):
        last = lines[-1]
        for line_id in lines:
            try:
                carry_out(regrade=regrade, line_id=line_id, now=clock())
            except Exception:
                logger.exception("line %s of regrade %s could not be carried out", line_id, regrade.pk)
        RunRegrade.objects.filter(pk=regrade.pk).update(touched_at=clock())
    return finish(regrade=regrade, now=clock())
