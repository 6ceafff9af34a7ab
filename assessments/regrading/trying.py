"""The dry run of a regrade: every paper handed in, what it came to and what it would come to. Writes no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.models import Attempt, AttemptStatus, ExamItem, Regrade, RegradeLine, RegradeStatus, Result
from assessments.regrading import consequences
from assessments.regrading.papers import papers_after
from assessments.regrading.terms import terms_of
from core.errors import Refusal
from core.hashing import content_hash

PORTION = 100


def fingerprint_of(regrade: Regrade) -> str:
    """A hash of the changes, of the terms they change, and of every paper handed in with its newest result: what a dry
    run is about. Two queries."""
    results = Result.objects.filter(attempt__exam_version=regrade.exam_version_id)
    newest = results.values_list("attempt").annotate(number=Max("number")).order_by("attempt")
    terms = terms_of(regrade.exam_version)
    papers = [[str(attempt), number] for attempt, number in newest]
    return content_hash({"changes": regrade.changes, "terms": terms.content_hash, "papers": papers})


def check_fresh(regrade: Regrade) -> None:
    """Raises Refusal (code "stale") when what was tried is no longer so."""
    if not regrade.tried_on or regrade.tried_on != fingerprint_of(regrade):
        raise Refusal(
            _(
                "Papers, results or keys have changed since the dry run. Try it again and look at what it says."
            ),
            code="stale",
        )


def try_portion(*, regrade: Regrade, items: Mapping[int, ExamItem], now: datetime) -> bool:
    """Look at what comes next of a dry run, in one transaction; whether there may be more to do."""
    with transaction.atomic():
        locked = Regrade.objects.select_for_update(of=("self",)).select_related("exam_version")
        found = locked.filter(pk=regrade.pk, status=RegradeStatus.TRYING).first()
        if found is None:
            return False
        more = (
            _list_papers(found)
            or _try_papers(found, items)
            or consequences.look_at_portion(found, items, now)
        )
        if not more:
            found.move_to(RegradeStatus.TRIED)
        found.touched_at = now
        found.save(update_fields=["status", "touched_at"])
    return more


def _list_papers(regrade: Regrade) -> bool:
    """Write down every paper handed in, at the beginning; whether there were any to write down."""
    if regrade.lines.exists():
        return False
    handed_in = Attempt.objects.filter(exam_version=regrade.exam_version_id).exclude(
        status=AttemptStatus.OPEN
    )
    papers = handed_in.order_by("started_at", "pk").values_list("pk", flat=True)
    lines = [RegradeLine(regrade=regrade, attempt_id=pk) for pk in papers]
    RegradeLine.objects.bulk_create(lines, batch_size=500)
    return bool(lines)


def _try_papers(regrade: Regrade, items: Mapping[int, ExamItem]) -> bool:
    lines = list(regrade.lines.filter(after__isnull=True).order_by("pk").select_related("attempt")[:PORTION])
    if not lines:
        return False
    after = papers_after(regrade, [line.attempt for line in lines], items)
    before = _newest_results([line.attempt_id for line in lines])
    for line in lines:
        was, will = before[line.attempt_id], after[line.attempt_id].result
        line.before, line.after = said_by(was), said_by(will)
        line.changes = line.before != line.after or _earned(was) != _earned(will)
        line.flips = {was.passed, will.passed} == {True, False}
    RegradeLine.objects.bulk_update(lines, ["before", "after", "changes", "flips"])
    return True


def said_by(result: Result) -> dict[str, Any]:
    """A result as a line keeps it."""
    return {"points": result.points_text, "max": result.max_points_text, "passed": result.passed}


def _earned(result: Result) -> list[tuple[Any, ...]]:
    """Points question by question: with the same sum, other abilities may have earned them."""
    return [(line["slot"], line["points"], line["max"]) for line in result.items]


def _newest_results(attempts: Sequence[UUID]) -> dict[UUID, Result]:
    """The newest result of each attempt. One query."""
    newest = Result.objects.filter(attempt__in=attempts).order_by("number")
    return {result.attempt_id: result for result in newest}
