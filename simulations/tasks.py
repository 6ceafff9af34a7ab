"""Celery entry points: each fetches by id and makes one call; any of them may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from simulations.checks import advancing as checks
from simulations.models import Hindsight, RunRegrade, ScenarioCheck, ScenarioVersion
from simulations.packs.keeping import kept_guide
from simulations.regrading import advancing as regrading
from simulations.reviewing import hindsights


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


@shared_task(name="simulations.work_out_hindsight")
def work_out_hindsight(asked_id: int) -> bool:
    """Work out what would have been better in a run; returns whether somebody still asks."""
    asked = Hindsight.objects.filter(pk=asked_id).first()
    if asked:
        hindsights.work_out_hindsight(asked=asked)
    return asked is not None


@shared_task(name="simulations.resume_hindsights")
def resume_hindsights() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many runs stood still."""
    due = hindsights.due_hindsights(now=timezone.now())
    for asked_id in due:
        work_out_hindsight.delay(asked_id)
    return len(due)


@shared_task(name="simulations.advance_check")
def advance_check(check_id: str) -> bool:
    """Look at everything a play of a scenario can come to; returns whether the check is still there."""
    check = ScenarioCheck.objects.filter(pk=check_id).first()
    if check:
        checks.advance_check(check=check)
    return check is not None


@shared_task(name="simulations.resume_checks")
def resume_checks() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many checks stood still."""
    due = checks.due_checks(now=timezone.now())
    for check_id in due:
        advance_check.delay(str(check_id))
    return len(due)


@shared_task(name="simulations.print_guide")
def print_guide(version_id: int) -> bool:
    """Print the guide of a release before anybody waits for it; a lost message is made up for at the first download."""
    version = ScenarioVersion.objects.filter(pk=version_id).first()
    if version:
        kept_guide(version)
    return version is not None
