"""Carrying out an approved regrade: each run in a transaction of its own, by any number of workers at once.

Runs that were under way under the old version when it was approved are judged the same way once they are finished.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit
from people.models import Person
from people.notices import send_notice
from simulations.evidence import claim_of
from simulations.models import (
    Hindsight,
    Playthrough,
    RunJudgement,
    RunRegrade,
    RunRegradeStatus,
)
from simulations.regrading.crediting import credit_again
from simulations.regrading.rerunning import Rerun, rerun, said_by, steps_taken
from simulations.scenarios import scenario_of

PORTION = 50
IN_FORCE = (RunRegradeStatus.RUNNING, RunRegradeStatus.DONE)
OUTCOME = ("ending", "ending_title", "total", "passed", "judged_by")


def later_regrades(played: Any, decided_at: Any) -> QuerySet[RunRegrade]:
    """Regrades of this version that were approved after this moment."""
    return RunRegrade.objects.filter(played=played, status__in=IN_FORCE, decided_at__gt=decided_at)


def is_overtaken(regrade: RunRegrade) -> bool:
    """Whether a later regrade of the same version was approved: that one judges what is still to be judged."""
    return later_regrades(regrade.played_id, regrade.decided_at).exists()


def next_lines(regrade: RunRegrade, *, after: int) -> list[int]:
    """Ids of the next lines that are due, beyond this id."""
    due = regrade.lines.filter(done_at=None, pk__gt=after).order_by("pk")
    return list(due.values_list("pk", flat=True)[:PORTION])


def carry_out(*, regrade: RunRegrade, line_id: int, now: datetime) -> bool:
    """Judge the run of one line again; whether this was its turn. False where another worker has it, or had it.

    A run whose choices cannot be made under the corrected version stays as it is. Everything that the new outcome
    brings about, and that the line is done, is one transaction.
    """
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        lines = regrade.lines.select_for_update(of=("self",), skip_locked=skip)
        line = lines.select_related("playthrough").filter(pk=line_id, done_at=None).first()
        if line is None:
            return False
        Person.objects.select_for_update(no_key=True).get(pk=line.playthrough.person_id)
        run = _locked(line.playthrough_id)
        if is_overtaken(regrade):
            return False
        again = rerun(scenario_of(regrade.corrected), steps_taken([run])[run.pk])
        line.before, line.after, line.obstacle = line.before or said_by(run), again.said, again.obstacle
        line.done_at = now
        _judge(regrade, run, again, now)
        line.save(update_fields=["before", "after", "obstacle", "done_at"])
    return True


def _locked(pk: UUID) -> Playthrough:
    runs = Playthrough.objects.select_for_update(of=("self",)).select_related("version", "person")
    return runs.get(pk=pk)


def _judge(regrade: RunRegrade, run: Playthrough, again: Rerun, now: datetime) -> None:
    outcome = again.outcome
    if outcome is None:
        return
    before = said_by(run)
    run.ending, run.ending_title = outcome.ending, again.title
    run.total, run.passed = Decimal(str(outcome.total)), outcome.passed
    run.judged_by = regrade.corrected
    run.save(update_fields=list(OUTCOME))
    judgement = RunJudgement.objects.create(
        playthrough=run,
        regrade=regrade,
        version=regrade.corrected,
        ending=run.ending,
        ending_title=run.ending_title,
        total=run.total,
        passed=run.passed,
        before=before,
        judged_at=now,
    )
    claim = claim_of(
        run=run, version=regrade.corrected, scenario=scenario_of(regrade.corrected), outcome=outcome
    )
    credit_again(judgement=judgement, run=run, claim=claim, now=now)
    Hindsight.objects.filter(playthrough=run).delete()  # it looked back on another outcome
    audit.record(
        action="playthrough.judged",
        target=f"simulations.playthrough:{run.pk}",
        by=regrade.decided_by,
        now=now,
        version=regrade.corrected.number,
        content_hash=regrade.corrected.content_hash,
    )
    if before != again.said:
        _tell_player(regrade, run, before["total"], now)


def _tell_player(regrade: RunRegrade, run: Playthrough, total_before: str, now: datetime) -> None:
    """The notice is part of the transaction: it is there when the outcome is, and only then."""
    with translation.override(settings.LANGUAGE_CODE):
        outcome = _("Now: %(ending)s, %(total)s points (before: %(before)s).") % {
            "ending": run.ending_title,
            "total": format(run.total or 0, ".1f"),
            "before": total_before,
        }
        send_notice(
            recipient=run.person,
            title=_("Your rehearsal was judged again: %(title)s") % {"title": regrade.corrected.title},
            body=f"{regrade.reason}\n{outcome}",
            url=reverse("simulations:debrief", args=[run.pk]),
            source_key=f"playthrough:{run.pk}:regrade:{regrade.pk}",
            now=now,
        )


@transaction.atomic
def finish(*, regrade: RunRegrade, now: datetime) -> RunRegrade:
    """The regrade as done, once no line is due; as it is otherwise."""
    found = RunRegrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
    if found.status != RunRegradeStatus.RUNNING or found.lines.filter(done_at=None).exists():
        return found
    found.move_to(RunRegradeStatus.DONE)
    found.finished_at = found.touched_at = now
    found.save(update_fields=["status", "finished_at", "touched_at"])
    audit.record(
        action="run_regrade.done",
        target=f"simulations.runregrade:{found.pk}",
        by=None,
        now=now,
        runs=found.lines.count(),
    )
    return found
