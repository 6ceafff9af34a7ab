"""Celery entry points: each fetches by id and makes one call; any of them may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from simulations.models import RunRegrade
from simulations.regrading import advancing as regrading


@shared_task(name="simulations.advance_run_regrade")
def advance_run_regrade(regrade_id: str) -> bool:
    """Try a regrade of runs or carry it out; returns whether it is still there."""
    regrade = RunRegrade.objects.filter(pk=regrade_id).first()
    if regrade:
        regrading.advance_regrade(regrade=regrade)
    return regrade is not None


@shared_task(name="simulations.resume_run_regrades")
def resume_run_regrades() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many regrades stood still."""
    due = regrading.due_regrades(now=timezone.now())
    for regrade_id in due:
        advance_run_regrade.delay(str(regrade_id))
    return len(due)
