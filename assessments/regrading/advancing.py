"""What a worker does for a regrade: the dry run, then carrying it out.

Every portion stands alone in its transaction, so that a worker that was killed, a message that was lost and one that
came twice do no harm. `due_regrades` finds what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from assessments.models import Regrade, RegradeStatus
from assessments.regrading.carrying import carry_out, finish, list_papers, next_lines
from assessments.regrading.papers import items_of
from assessments.regrading.trying import try_portion

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=2)
UNDER_WAY = (RegradeStatus.TRYING, RegradeStatus.RUNNING)

Clock = Callable[[], datetime]


def advance_regrade(*, regrade: Regrade, clock: Clock = timezone.now) -> Regrade:
    """Do what is due: try, carry out, or nothing. May run any number of times, in any number of workers at once."""
    regrade = Regrade.objects.select_related("exam_version", "decided_by").get(pk=regrade.pk)
    if regrade.status == RegradeStatus.TRYING:
        _try(regrade, clock)
    elif regrade.status == RegradeStatus.RUNNING:
        return _carry_out(regrade, clock)
    return Regrade.objects.get(pk=regrade.pk)


def progress_of(regrade: Regrade) -> tuple[int, int]:
    """How many papers are done of how many: scored again while it is carried out, else looked at. One query.

    Looking at a paper has two halves: what it would come to, and what its person's decisions would."""
    counts = regrade.lines.aggregate(
        all=Count("pk"),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        tried=Count("pk", filter=Q(after__isnull=False)),
        looked_at=Count("pk", filter=Q(decisions__isnull=False)),
    )
    if regrade.status == RegradeStatus.RUNNING:
        return counts["done"], counts["all"]
    return (counts["tried"] + counts["looked_at"]) // 2, counts["all"]


def due_regrades(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    still = Regrade.objects.filter(status__in=UNDER_WAY, touched_at__lte=now - STANDS_STILL)
    found = []
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if Regrade.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def _try(regrade: Regrade, clock: Clock) -> None:
    items = items_of(regrade)
    while try_portion(regrade=regrade, items=items, now=clock()):
        pass


def _carry_out(regrade: Regrade, clock: Clock) -> Regrade:
    """One paper that cannot be scored stops no other; the regrade stays under way until it can."""
    list_papers(regrade)
    last = 0
    while lines := next_lines(regrade, after=last):
        last = lines[-1]
        for line_id in lines:
            try:
                carry_out(regrade=regrade, line_id=line_id, now=clock())
            except Exception:
                logger.exception("line %s of regrade %s could not be carried out", line_id, regrade.pk)
        Regrade.objects.filter(pk=regrade.pk).update(touched_at=clock())
    return finish(regrade=regrade, now=clock())
