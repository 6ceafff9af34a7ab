"""From the grade over somebody's sittings of an exam to evidence in the ledger.

What the ledger should say (see `claims`) is computed from the results alone and compared with what stands, under the
person's lock: delivered twice, or after a rescoring, the same results leave the same rows standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.exams.settings import ExamSettings
from assessments.models import Attempt, Result
from assessments.results.claims import Claim, claim_of, claims_over, read_claims
from assessments.results.grading import read_outcomes
from assessments.results.passing import Earned
from competencies.ledger import record_evidence, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from people.models import Person


def credit(attempt: Attempt, result: Result, earned: Iterable[Earned], *, now: datetime) -> Evidence | None:
    """Put a complete result, and what it makes of the grade, into the ledger; the row that stands for the attempt.

    None where none does: practice papers and rehearsals give no evidence, and with the first sitting as grade later
    ones do not. Call it under the attempt's lock.
    """
    settings = ExamSettings.of(attempt.exam_version.document)
    if settings.practice or settings.rehearsal:
        return None
    subject = Subject.objects.get(kind=SubjectKind.EXAM, key=attempt.exam_key)
    if not _rows(attempt.person_id, subject).exists():
        claim = claim_of(attempt, result, f"attempt:{attempt.pk}", earned)
        return _record(attempt.person, subject, claim, claim.key, None, now)
    Person.objects.select_for_update(no_key=True).get(pk=attempt.person_id)
    claims = _claims(attempt.person_id, attempt.exam_key)
    standing = _reconcile(attempt.person, subject, claims, now)
    return next((standing[each.key] for each in claims if each.attempt_id == attempt.pk), None)


def _rows(person_id: UUID, subject: Subject) -> Any:
    """Every row that sittings of this exam ever left, standing or not."""
    of_sittings = Q(source_key__startswith="attempt:") | Q(source_key__startswith="average:")
    return Evidence.objects.filter(of_sittings, person=person_id, subject=subject, kind=EvidenceKind.EXAM)


def _claims(person_id: UUID, exam_key: str) -> list[Claim]:
    """What should stand now. Four queries at most."""
    outcomes = read_outcomes(person_id, exam_key)
    return claims_over(outcomes, read_claims(each.attempt_id for each in outcomes if each.points is not None))


def _reconcile(
    person: Person, subject: Subject, claims: Sequence[Claim], now: datetime
) -> dict[str, Evidence]:
    """Make the standing rows say what is claimed, no more and no less; by key of the claim."""
    taken = set(_rows(person.pk, subject).values_list("source_key", flat=True))
    rows = _rows(person.pk, subject).filter(superseded_by=None, withdrawn=False).order_by("id")
    standing = {claim_named(row): row for row in rows}
    wanted = {claim.key for claim in claims}
    leftover = [row for key, row in standing.items() if key not in wanted]
    for claim in claims:
        if claim.key not in standing:
            old = _to_supersede(claim, claims, leftover)
            key = _free(claim.key, taken)
            standing[claim.key] = _record(person, subject, claim, key, old, now)
    for row in leftover:
        withdraw_evidence(evidence=row, source_key=f"{row.source_key}/withdrawn", now=now)
    return standing


def _to_supersede(claim: Claim, claims: Sequence[Claim], leftover: list[Evidence]) -> Evidence | None:
    """Take from the rows that no longer hold the one of the same sitting, or else one that no claim's sitting left."""
    claimed = tuple(f"attempt:{each.attempt_id}" for each in claims)
    own = [row for row in leftover if row.source_key.startswith(f"attempt:{claim.attempt_id}")]
    free = [row for row in leftover if not row.source_key.startswith(claimed)]
    old = next(iter(own or free[::-1]), None)
    if old:
        leftover.remove(old)
    return old


def is_of_sittings(row: Evidence, subject: Subject) -> bool:
    """Whether the row is one that sittings of this exam left."""
    named = row.source_key.startswith(("attempt:", "average:"))
    return named and row.subject_id == subject.pk and row.kind == EvidenceKind.EXAM


def claim_named(row: Evidence) -> str:
    """The claim that the row made: what a row said again is numbered after a slash."""
    return row.source_key.split("/")[0]


def _free(key: str, taken: set[str]) -> str:
    """The claim's own key, or a numbered one where a row that no longer stands has it."""
    numbered = (f"{key}/{number}" for number in count(2))
    free = key if key not in taken else next(each for each in numbered if each not in taken)
    taken.add(free)
    return free


def _record(
    person: Person, subject: Subject, claim: Claim, key: str, supersedes: Evidence | None, now: datetime
) -> Evidence:
    return record_evidence(
        person=person,
        subject=subject,
        kind=EvidenceKind.EXAM,
        source_key=key,
        now=now,
        supersedes=supersedes,
        **claim.fields(),
    )
