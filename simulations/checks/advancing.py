"""What a worker does for a check: looks at everything a play can come to, and keeps the report.

Killed, it begins anew: nothing is written before the end but how far it is. Delivered twice, both deliveries come to
the same report, and the first one to arrive is kept. `due_checks` finds what stands still.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from simulations.checks.reports import found
from simulations.engine.document import load, parse
from simulations.engine.proof.report import check as look_at
from simulations.models import CheckStatus, ScenarioCheck

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=5)
"""A layer of many states may take a minute or two on a busy machine without a word."""
TELL_EVERY = 1.0
UNDER_WAY = (CheckStatus.WAITING, CheckStatus.RUNNING)

Clock = Callable[[], datetime]


def advance_check(*, check: ScenarioCheck, clock: Clock = timezone.now) -> ScenarioCheck:
    """Work out the check, unless that has been done.

    What cannot be worked out is FAILED, with a word for whoever asked, who may ask again.
    """
    begun = _begin(check, clock())
    if begun.status != CheckStatus.RUNNING:
        return begun
    try:
        scenario = parse(load(begun.document))
        report = look_at(scenario, seed=begun.seed, budget=begun.budget, progress=_Teller(begun, clock))
        return _end(begun, clock(), **found(report.as_json()))
    except MemoryError:
        logger.exception("check %s ran out of memory", check.pk)
        problem = _("The machine ran out of memory. Ask your administrator for a worker with more of it.")
    except Exception:
        logger.exception("check %s cannot be worked out", check.pk)
        problem = _("Something went wrong in checking. Ask again; if it stays, tell your administrator.")
    return _end(begun, clock(), status=CheckStatus.FAILED, problem=problem)


def due_checks(*, now: datetime) -> list[UUID]:
    """What should move and has not for five minutes; marked as touched, so that nobody else finds it too."""
    still = ScenarioCheck.objects.filter(status__in=UNDER_WAY, touched_at__lte=now - STANDS_STILL)
    marked = []
    for pk, touched_at in still.values_list("pk", "touched_at"):
        if ScenarioCheck.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            marked.append(pk)
    return marked


class _Teller:
    """Writes down how far the work is, at most once a second and at every new stage."""

    def __init__(self, check: ScenarioCheck, clock: Clock) -> None:
        self.rows = ScenarioCheck.objects.filter(pk=check.pk, status=CheckStatus.RUNNING)
        self.clock, self.told_at, self.stage = clock, 0.0, ""

    def __call__(self, done: int, total: int, stage: str) -> None:
        moment = monotonic()
        if stage == self.stage and moment - self.told_at < TELL_EVERY:
            return
        self.told_at, self.stage = moment, stage
        self.rows.update(stage=stage, done_count=done, total_count=total, touched_at=self.clock())


@transaction.atomic
def _begin(check: ScenarioCheck, now: datetime) -> ScenarioCheck:
    """RUNNING, from its beginning."""
    row = _locked(check)
    if row.status == CheckStatus.WAITING:
        row.move_to(CheckStatus.RUNNING)
    elif row.status != CheckStatus.RUNNING:
        return row
    row.stage, row.done_count, row.total_count, row.touched_at = "", 0, 0, now
    row.save(update_fields=["status", "stage", "done_count", "total_count", "touched_at"])
    return row


@transaction.atomic
def _end(check: ScenarioCheck, now: datetime, *, status: CheckStatus, **said: Any) -> ScenarioCheck:
    """The check with this status and what is said of it, unless somebody else was faster."""
    row = _locked(check)
    if row.status != CheckStatus.RUNNING:
        return row
    row.move_to(status)
    for name, value in {**said, "touched_at": now, "finished_at": max(now, row.asked_at)}.items():
        setattr(row, name, value)
    row.save(update_fields=["status", "touched_at", "finished_at", *said])
    return row


def _locked(check: ScenarioCheck) -> ScenarioCheck:
    return ScenarioCheck.objects.select_for_update().get(pk=check.pk)
