"""Carrying a history out by the product's own operations, each at its own time. Telling twice is once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from cms.demo.histories.steps import Step
from cms.demo.history import read_catalogue, read_history
from cms.demo.pack import pack_hash
from cms.demo.telling import (  # noqa: F401  (they register what they can tell)
    certificates,
    errata,
    learning,
    pairings,
    regrades,
    reviews,
)
from cms.demo.telling.telling import People, tell
from core import audit
from core.errors import Refusal
from core.models import AuditEntry

__all__ = ["tell", "tell_history"]
TOLD = "demo.history_told"
FIRST_MONTH = "2026-05"


def tell_history(people: People, *, say: Callable[[str], None], now: datetime) -> None:
    """Tell everything that happened, month by month. What was told to its end is not told again.

    On a site that has gone on by itself since an earlier pack, a step may be refused: it is left out and counted.
    """
    told = AuditEntry.objects.filter(action=TOLD, target="cms.demo")
    if any(entry.detail["pack"] == pack_hash() for entry in told):
        say("  都在 / all there")
        return
    refused = 0
    for month, steps in groupby(read_history(read_catalogue()), key=_month):
        dated = list(steps)
        refused += sum(not _told(step, people) for step in dated)
        say(f"  {month}: {len(dated)} 步 / steps")
    if refused:
        say(f"  {refused} 步没有补讲，站点已经走到别处 / steps left out, the site has moved on")
    with transaction.atomic():
        audit.record(action=TOLD, target="cms.demo", by=None, now=now, pack=pack_hash())


def _told(step: Step, people: People) -> bool:
    try:
        tell(step, people)
    except Refusal:
        return False
    return True


def _month(step: Step) -> str:
    """What came before the half year goes with its first month."""
    return max(f"{step.at:%Y-%m}", FIRST_MONTH)
