"""What a person's runs of one scenario say in the ledger once some of them are judged again.

Hours belong to the first run that passes, so judging one run may move them to another one. Everything here follows from
the outcomes alone: in whatever order runs are judged again, the same rows stand at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from competencies.ledger import record_evidence
from competencies.models import Evidence, EvidenceKind, SubjectKind
from simulations.evidence import Claim, source_key_of
from simulations.models import Playthrough, RunJudgement, RunStatus

FIELDS = ("version_hash", "score", "weights", "leaf_scores", "hours")


@dataclass(frozen=True)
class Change:
    """A row that no longer says what holds, and what takes its place."""

    run: Playthrough
    row: Evidence
    fields: Mapping[str, Any]


def runs_of_people(people: Iterable[UUID], scenario_key: str) -> dict[UUID, list[Playthrough]]:
    """Everybody's finished runs of a scenario in their order, by person id, each with its versions (without
    documents). One query."""
    found: dict[UUID, list[Playthrough]] = {}
    runs = Playthrough.objects.filter(person__in=people, scenario_key=scenario_key, status=RunStatus.FINISHED)
    runs = runs.select_related("version", "judged_by").defer("version__document", "judged_by__document")
    for run in runs.order_by("ordinal"):
        found.setdefault(run.person_id, []).append(run)
    return found


def run_named(row: Evidence) -> str:
    """The id of the run that left the row, "" for any other row."""
    kind, _colon, rest = row.source_key.partition(":")
    return rest.partition(":")[0] if kind == "playthrough" else ""


def changes_of(
    runs: Sequence[Playthrough], rows: Iterable[Evidence], claims: Mapping[UUID, Claim]
) -> list[Change]:
    """What would stand otherwise for one person: `runs` as they are judged now, in their order, `rows` as they stand,
    `claims` of the runs judged again, by run id. Runs without a row (practice from a point) say nothing."""
    standing = {run_named(row): row for row in rows}
    credited = [run for run in runs if str(run.pk) in standing]
    holder = next((run for run in credited if run.passed), None)
    found = []
    for run in credited:
        row = standing[str(run.pk)]
        claim = claims.get(run.pk)
        fields = claim.fields() if claim else _fields_of(row)
        fields["hours"] = run.standing_version.hours if run is holder else Decimal(0)
        if _texts(fields) != _texts({name: getattr(row, name) for name in FIELDS}):
            found.append(Change(run, row, fields))
    return found


def credit_again(*, judgement: RunJudgement, run: Playthrough, claim: Claim, now: datetime) -> list[Evidence]:
    """Supersede what no longer holds after this judgement; the new rows. Call it under the person's lock."""
    runs = runs_of_people([run.person_id], run.scenario_key).get(run.person_id, [])
    rows = Evidence.objects.standing().filter(
        person=run.person_id, kind=EvidenceKind.SCENARIO, source_key__startswith="playthrough:"
    )
    rows = rows.filter(subject__kind=SubjectKind.SCENARIO, subject__key=run.scenario_key)
    return [
        record_evidence(
            person=run.person,
            subject=change.row.subject,
            kind=EvidenceKind.SCENARIO,
            source_key=_key_of(change.run, judgement),
            occurred_at=change.row.occurred_at,
            now=now,
            supersedes=change.row,
            **change.fields,
        )
        for change in changes_of(runs, rows.select_related("subject"), {run.pk: claim})
    ]


def unstored(change: Change, pk: int) -> Evidence:
    """The row that would take the place of the other, for whoever only tries it."""
    row = change.row
    said = {**change.fields, "weights": _text(change.fields["weights"])}
    said["leaf_scores"] = _text(change.fields["leaf_scores"])
    return Evidence(
        pk=pk,
        person_id=row.person_id,
        subject=row.subject,
        kind=row.kind,
        source_key=row.source_key,
        occurred_at=row.occurred_at,
        passed=row.passed,
        **said,
    )


def _key_of(run: Playthrough, judgement: RunJudgement) -> str:
    if run.pk == judgement.playthrough_id:
        return f"{source_key_of(run)}:regrade:{judgement.regrade_id}"
    return f"{source_key_of(run)}:hours:{judgement.pk}"


def _fields_of(row: Evidence) -> dict[str, Any]:
    return {
        "version_hash": row.version_hash,
        "score": row.score,
        "weights": {leaf: Decimal(weight) for leaf, weight in row.weights.items()},
        "leaf_scores": {leaf: Decimal(score) for leaf, score in row.leaf_scores.items()},
    }


def _texts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As the ledger would write them, to be compared."""
    return {
        "version_hash": fields["version_hash"],
        "score": None if fields["score"] is None else Decimal(fields["score"]),
        "hours": Decimal(fields["hours"]),
        **{
            name: {leaf: Decimal(of) for leaf, of in fields[name].items()}
            for name in ("weights", "leaf_scores")
        },
    }


def _text(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {leaf: format(number, "f") for leaf, number in sorted(numbers.items())}
