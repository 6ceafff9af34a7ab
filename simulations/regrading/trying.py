"""The dry run of a regrade: every finished run made again under the corrected version. Writes no outcome."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.hashing import content_hash
from simulations.models import Playthrough, RunRegrade, RunRegradeLine, RunRegradeStatus, RunStatus
from simulations.regrading import consequences
from simulations.regrading.rerunning import rerun, said_by, steps_taken
from simulations.scenarios import scenario_of

PORTION = 100


def fingerprint_of(regrade: RunRegrade) -> str:
    """A hash of both versions and of every finished run with the outcome it has: what a dry run is about. One query."""
    finished = Playthrough.objects.filter(version=regrade.played_id, status=RunStatus.FINISHED)
    runs = finished.order_by("pk").values_list("pk", "ending", "total", "passed", "judged_by")
    return content_hash(
        {
            "played": regrade.played_id,
            "corrected": regrade.corrected_id,
            "runs": [[str(pk), ending, str(total), passed, by] for pk, ending, total, passed, by in runs],
        }
    )


def check_fresh(regrade: RunRegrade) -> None:
    """Raises Refusal (code "stale") when what was tried is no longer so."""
    if not regrade.tried_on or regrade.tried_on != fingerprint_of(regrade):
        raise Refusal(
            _("Runs have been finished or judged since the dry run. Try it again and look at what it says."),
            code="stale",
        )


def try_portion(*, regrade: RunRegrade, now: datetime) -> bool:
    """Look at what comes next of a dry run, in one transaction; whether there may be more to do."""
    with transaction.atomic():
        rows = RunRegrade.objects.select_for_update(of=("self",)).select_related("played", "corrected")
        found = rows.filter(pk=regrade.pk, status=RunRegradeStatus.TRYING).first()
        if found is None:
            return False
        more = _list_runs(found) or _try_runs(found) or consequences.look_at_portion(found, now)
        if not more:
            found.move_to(RunRegradeStatus.TRIED)
        found.touched_at = now
        found.save(update_fields=["status", "touched_at"])
    return more


def _list_runs(regrade: RunRegrade) -> bool:
    """Write down every finished run, at the beginning; whether there were any to write down."""
    return not regrade.lines.exists() and list_runs(regrade) > 0


def list_runs(regrade: RunRegrade) -> int:
    """Add a line for every finished run of the version that has none; how many. Twice is once."""
    listed = regrade.lines.values("playthrough")
    finished = Playthrough.objects.filter(version=regrade.played_id, status=RunStatus.FINISHED)
    runs = finished.exclude(pk__in=listed).order_by("finished_at", "pk").values_list("pk", flat=True)
    lines = [RunRegradeLine(regrade=regrade, playthrough_id=pk) for pk in runs]
    RunRegradeLine.objects.bulk_create(lines, batch_size=500, ignore_conflicts=True)
    return len(lines)


def _try_runs(regrade: RunRegrade) -> bool:
    lines = list(
        regrade.lines.filter(before__isnull=True)
        .order_by("pk")
        .select_related("playthrough__version", "playthrough__judged_by")[:PORTION]
    )
    if not lines:
        return False
    taken = steps_taken([line.playthrough for line in lines])
    scenario = scenario_of(regrade.corrected)
    for line in lines:
        run, steps = line.playthrough, taken[line.playthrough_id]
        again = rerun(scenario, steps)
        line.before, line.after, line.obstacle = said_by(run), again.said, again.obstacle
        if again.outcome is not None:
            stood = rerun(scenario_of(run.standing_version), steps)
            line.changes = line.before != line.after or stood.leaf != again.leaf
            line.flips = line.before["passed"] != again.outcome.passed
    RunRegradeLine.objects.bulk_update(lines, ["before", "after", "obstacle", "changes", "flips"])
    return True
