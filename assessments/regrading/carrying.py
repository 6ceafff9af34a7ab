"""Carrying out an approved regrade: each paper in a transaction of its own, by any number of workers at once.

The correction is in force from the approval on; what is handed in later is scored on it at once. Papers that were
handed in, or are being handed in, while the approval committed are found here: they were begun before it, so they are
listed, and whoever holds a paper's lock has read either terms.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from assessments.marking.completing import complete_if_settled
from assessments.models import Attempt, AttemptStatus, Regrade, RegradeLine, RegradeStatus, Result
from assessments.regrading.changes import words_of
from assessments.results.rescoring import Reason, rescore_attempt
from core import audit

logger = logging.getLogger(__name__)

PORTION = 50


def list_papers(regrade: Regrade) -> None:
    """Add a line for every sitting of the release that has none, open ones too. Twice is once."""
    listed = regrade.lines.values("attempt")
    unlisted = Attempt.objects.filter(exam_version=regrade.exam_version_id).exclude(pk__in=listed)
    papers = unlisted.order_by("started_at", "pk").values_list("pk", flat=True)
    lines = [RegradeLine(regrade=regrade, attempt_id=pk) for pk in papers]
    RegradeLine.objects.bulk_create(lines, batch_size=500, ignore_conflicts=True)


def next_lines(regrade: Regrade, *, after: int) -> list[int]:
    """Ids of the next lines that are due, beyond this id."""
    due = regrade.lines.filter(done_at=None, pk__gt=after).order_by("pk")
    return list(due.values_list("pk", flat=True)[:PORTION])


def carry_out(*, regrade: Regrade, line_id: int, now: datetime) -> bool:
    """Score the paper of one line again; whether this was its turn. False where another worker has it, or had it.

    A paper that is still being written needs nothing: whoever hands it in reads the terms in force. Everything that
    the paper's new result brings about, and that the line is done, is one transaction.
    """
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        lines = RegradeLine.objects.select_for_update(of=("self",), skip_locked=skip)
        line = lines.select_related("attempt").filter(pk=line_id, done_at=None).first()
        if line is None:
            return False
        line.result = _score_again(regrade, line.attempt_id, now)
        line.done_at = now
        line.save(update_fields=["done_at", "result"])
    return True


def _score_again(regrade: Regrade, attempt_id: UUID, now: datetime) -> Result | None:
    """What stands then; None for a paper that is still being written. One that waited only for the marking of a void
    question goes out like any that was marked to its end."""
    locked = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    attempt = locked.get(pk=attempt_id)
    if attempt.status == AttemptStatus.OPEN:
        return None
    return complete_if_settled(attempt, now=now) or rescore_attempt(
        attempt=attempt,
        reason=Reason.QUESTION,
        by=regrade.decided_by,
        now=now,
        words=partial(words_of, regrade),
    )


@transaction.atomic
def finish(*, regrade: Regrade, now: datetime) -> Regrade:
    """The regrade as done, once no line is due; as it is otherwise."""
    found = Regrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
    if found.status != RegradeStatus.RUNNING or found.lines.filter(done_at=None).exists():
        return found
    found.move_to(RegradeStatus.DONE)
    found.finished_at = found.touched_at = now
    found.save(update_fields=["status", "finished_at", "touched_at"])
    audit.record(
        action="regrade.done",
        target=f"assessments.regrade:{found.pk}",
        by=None,
        now=now,
        papers=found.lines.count(),
    )
    return found
