"""What a regrade of runs does beyond outcomes: to the ledger, and through it to decisions; and what it left on a run.

Decisions are made in a room that this one does not know. Whoever knows both registers a comparison at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from competencies.models import Evidence
from competencies.queries import StandingEvidence, standing_evidence
from people.models import Person
from simulations.evidence import Claim, claim_of
from simulations.models import Playthrough, RunJudgement, RunRegrade, RunRegradeLine
from simulations.regrading.crediting import changes_of, run_named, runs_of_people, unstored
from simulations.regrading.rerunning import rerun, steps_taken
from simulations.scenarios import scenario_of

PORTION = 100

Compare = Callable[[StandingEvidence, StandingEvidence, datetime], Mapping[UUID, Sequence[Mapping[str, Any]]]]
"""Evidence as it stands and as it would → by person id the decisions that differ, {scheme, before, after}."""
_comparisons: list[Compare] = []


@dataclass(frozen=True)
class Flip:
    """A decision of a scheme release that would come out differently for somebody."""

    person_id: UUID
    scheme_version_id: int
    before: bool
    after: bool


@dataclass(frozen=True)
class JudgedAgain:
    """What a regrade made of a run, for its player: what stood before and after, why, and by which version."""

    before: Mapping[str, Any]
    ending: str
    total: Decimal
    passed: bool
    reason: str
    number: int
    judged_at: datetime

    @property
    def changed(self) -> bool:
        """Whether ending, total or passing came out differently."""
        after = {"title": self.ending, "total": format(self.total, ".1f"), "passed": self.passed}
        return any(self.before.get(name) != value for name, value in after.items())


def register_comparison(compare: Compare) -> None:
    """Called once at start-up by the room that knows decisions."""
    _comparisons.append(compare)


def judgements_of(run: Playthrough) -> tuple[JudgedAgain, ...]:
    """What regrades made of this run, the first one first. One query."""
    rows = RunJudgement.objects.filter(playthrough=run).select_related("regrade", "version")
    return tuple(
        JudgedAgain(
            before=row.before,
            ending=row.ending_title,
            total=row.total,
            passed=row.passed,
            reason=row.regrade.reason,
            number=row.version.number,
            judged_at=row.judged_at,
        )
        for row in rows.defer("version__document").order_by("judged_at", "pk")
    )


def decisions_flipping(regrade: RunRegrade) -> list[Flip]:
    """What the dry run found, by scheme and person. One query: it is stored with the lines."""
    lines = regrade.lines.filter(decisions__isnull=False).exclude(decisions=[])
    flips = [
        Flip(person_id, each["scheme"], each["before"], each["after"])
        for person_id, decisions in lines.values_list("playthrough__person", "decisions")
        for each in decisions or ()
    ]
    return sorted(flips, key=lambda flip: (flip.scheme_version_id, flip.person_id))


def look_at_portion(regrade: RunRegrade, now: datetime) -> bool:
    """Note the decisions that would flip for the next people of a dry run; whether there were any people left.

    Call it in a transaction, under the regrade's lock, when every run has been looked at.
    """
    due = regrade.lines.filter(decisions__isnull=True).order_by("pk")
    people = set(due.values_list("playthrough__person", flat=True)[:PORTION])
    if not people:
        return False
    lines = list(
        regrade.lines.filter(playthrough__person__in=people)
        .order_by("pk")
        .select_related("playthrough__version")
    )
    standing = standing_evidence([Person(pk=person) for person in people])
    after = evidence_after(regrade, lines, standing)
    flips = {person: list(each) for person, each in _differences(standing, after, now).items()}
    for line in lines:  # of several lines of one person the first says it
        line.decisions = flips.pop(line.playthrough.person_id, [])
    RunRegradeLine.objects.bulk_update(lines, ["decisions"])
    return True


def evidence_after(
    regrade: RunRegrade, lines: Sequence[RunRegradeLine], standing: StandingEvidence
) -> StandingEvidence:
    """What would stand in the ledger for these people if all their lines were carried out. Rows that are not stored
    have a negative pk. Writes nothing; the number of queries does not grow."""
    judged = [line.playthrough for line in lines if line.after is not None]
    claims = _claims(regrade, judged)
    outcomes = {line.playthrough_id: line.after for line in lines if line.after is not None}
    runs = runs_of_people({line.playthrough.person_id for line in lines}, regrade.played.key)
    for run in (run for each in runs.values() for run in each):
        if run.pk in outcomes:  # as it would be, never saved
            run.passed, run.judged_by = outcomes[run.pk]["passed"], regrade.corrected
    return {person: _rows_after(rows, runs.get(person, ()), claims) for person, rows in standing.items()}


def _differences(
    before: StandingEvidence, after: StandingEvidence, now: datetime
) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    return next((compare(before, after, now) for compare in _comparisons), {})


def _claims(regrade: RunRegrade, runs: Sequence[Playthrough]) -> dict[UUID, Claim]:
    scenario, taken = scenario_of(regrade.corrected), steps_taken(runs)
    found = {}
    for run in runs:
        outcome = rerun(scenario, taken[run.pk]).outcome
        if outcome is not None:
            found[run.pk] = claim_of(run=run, version=regrade.corrected, scenario=scenario, outcome=outcome)
    return found


def _rows_after(
    rows: Sequence[Evidence], runs: Collection[Playthrough], claims: Mapping[UUID, Claim]
) -> list[Evidence]:
    own = {str(run.pk) for run in runs}
    changes = changes_of(list(runs), [row for row in rows if run_named(row) in own], claims)
    instead = {change.row.pk: unstored(change, -number) for number, change in enumerate(changes, start=1)}
    return [instead.get(row.pk, row) for row in rows]
