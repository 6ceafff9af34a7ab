"""Asking for a check: one row per content, taken up by a worker."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from people.models import Person
from people.roles import check_role
from simulations import tasks
from simulations.checks.reports import described
from simulations.models import CheckStatus, ScenarioCheck, ScenarioDraft
from simulations.releasing import RELEASING_ROLES
from simulations.scenarios import read_document, read_text

MOST_STATES = 60_000_000
"""Merged states a check looks at before it draws plays instead: about what fits into 4 GiB of a worker."""
UNDER_WAY = (CheckStatus.WAITING, CheckStatus.RUNNING)


def ask_check(*, draft: ScenarioDraft, by: Person, now: datetime) -> ScenarioCheck:
    """Have the draft looked at as far as it goes. The same content asked for again is the check that is there: under
    way, done, or, where it failed, begun anew.

    Raises NotAllowed for somebody who is neither author nor administrator, InvalidDocument for a draft that cannot be
    played yet.
    """
    check_role(by, *RELEASING_ROLES, on=timezone.localdate(now))
    with transaction.atomic():
        draft = ScenarioDraft.objects.select_for_update().get(pk=draft.pk)
        read = read_document(read_text(draft.document))
        known = _standing(read.scenario.content_hash)
        if known and known.status != CheckStatus.FAILED:
            return known
        if known:
            check = _begin_anew(known, by, now)
        else:
            check = ScenarioCheck.objects.create(
                **described(read.scenario, read.text),
                budget=MOST_STATES,
                asked_by=by,
                asked_at=now,
                touched_at=now,
            )
        audit.record(
            action="scenario.check_asked",
            target=f"simulations.scenario:{check.key}",
            by=by,
            now=now,
            content_hash=check.content_hash,
        )
        enqueue(check)
    return check


def newest_for(content_hash: str) -> ScenarioCheck | None:
    """What a page shows of this content: the check under way, else the one that ended last. One query."""
    rows = list(ScenarioCheck.objects.filter(content_hash=content_hash).order_by("-asked_at", "-finished_at"))
    return next((row for row in rows if row.status in UNDER_WAY), rows[0] if rows else None)


def enqueue(check: ScenarioCheck) -> None:
    """After the commit. A broker that is down costs minutes, not the check: the sweeper finds it."""
    transaction.on_commit(partial(tasks.advance_check.delay, str(check.pk)), robust=True)


def _standing(content_hash: str) -> ScenarioCheck | None:
    """A check that need not be made again: under way, exact, or as far as a check goes; else one that failed."""
    full = Q(budget=MOST_STATES) | Q(budget=None)
    rows = list(
        ScenarioCheck.objects.filter(content_hash=content_hash)
        .filter(Q(status__in=UNDER_WAY) | Q(exact=True) | full)
        .order_by("-asked_at")
    )
    sound = [row for row in rows if row.status != CheckStatus.FAILED]
    return next(iter([*sound, *rows]), None)


def _begin_anew(check: ScenarioCheck, by: Person, now: datetime) -> ScenarioCheck:
    check.move_to(CheckStatus.WAITING)
    check.problem, check.stage, check.done_count = "", "", 0
    check.asked_by, check.asked_at, check.touched_at, check.finished_at = by, now, now, None
    check.budget = MOST_STATES
    check.save()
    return check
