"""From the grade over somebody's sittings of an exam to evidence in the ledger.

With the best as grade every sitting is evidence; with the last or the first it is that one's; with the average one row
stands for all of them. What the ledger should say is computed from the results alone and compared with what stands,
under the person's lock: delivered twice, or after a rescoring, the same results leave the same rows standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.exams.settings import ExamSettings, Grading
from assessments.models import Answer, Attempt, Result
from assessments.results.grading import Outcome, counted_of, grade_of, read_outcomes
from assessments.results.passing import Earned
from competencies.ledger import record_evidence, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from core.hashing import content_hash
from people.models import Person

Shares = Mapping[str, Fraction]


@dataclass(frozen=True)
class Claim:
    """What one row of the ledger should say. `key` names the results it rests on."""

    key: str
    attempt_id: UUID
    version_hash: str
    occurred_at: datetime
    score: Fraction
    weights: Shares
    leaf_scores: Shares
    passed: bool


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
        claim = _claim_of(attempt, result, f"attempt:{attempt.pk}", earned)
        return _record(attempt.person, subject, claim, claim.key, None, now)
    Person.objects.select_for_update(no_key=True).get(pk=attempt.person_id)
    claims = _claims(attempt.person_id, attempt.exam_key)
    standing = _reconcile(attempt.person, subject, claims, now)
    return next((standing[each.key] for each in claims if each.attempt_id == attempt.pk), None)


def leaf_shares(earned: Iterable[Earned]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Per leaf: the share of the exam's points that touch it, and the share of those that was earned; exact.

    An item's points are spread over its leaves in proportion to their weights.
    """
    points: dict[str, Fraction] = {}
    attainable: dict[str, Fraction] = {}
    for each in earned:
        for leaf, part in each.shares().items():
            points[leaf] = points.get(leaf, Fraction(0)) + part * Fraction(each.points)
            attainable[leaf] = attainable.get(leaf, Fraction(0)) + part * Fraction(each.max)
    touched = {leaf: worth for leaf, worth in attainable.items() if worth}
    total = sum(touched.values(), Fraction(0))
    weights = {leaf: worth / total for leaf, worth in touched.items()}
    return weights, {leaf: points[leaf] / worth for leaf, worth in touched.items()}


def _rows(person_id: UUID, subject: Subject) -> Any:
    """Every row that sittings of this exam ever left, standing or not."""
    of_sittings = Q(source_key__startswith="attempt:") | Q(source_key__startswith="average:")
    return Evidence.objects.filter(of_sittings, person=person_id, subject=subject, kind=EvidenceKind.EXAM)


def _claims(person_id: UUID, exam_key: str) -> list[Claim]:
    """What should stand now. Four queries at most."""
    outcomes = read_outcomes(person_id, exam_key)
    grade, counted = grade_of(outcomes), counted_of(outcomes)
    if grade is None:
        return []
    if grade.grading == Grading.BEST:
        counted = tuple(each for each in outcomes if each.points is not None)
    claims = _claims_of(counted)
    if grade.grading == Grading.AVERAGE and len(claims) > 1:
        return [_average(claims, passed=grade.passed)]
    return claims


def _claims_of(outcomes: Sequence[Outcome]) -> list[Claim]:
    attempts = Attempt.objects.select_related("exam_version").in_bulk([each.attempt_id for each in outcomes])
    found: dict[UUID, list[Result]] = {}
    for result in Result.objects.filter(attempt__in=attempts, complete=True).order_by("number"):
        found.setdefault(result.attempt_id, []).append(result)
    earned = _earned({pk: results[-1] for pk, results in found.items()})
    claims = []
    for outcome in outcomes:
        attempt, results = attempts[outcome.attempt_id], found[outcome.attempt_id]
        number = f":{results[-1].number}" if len(results) > 1 else ""
        key = f"attempt:{attempt.pk}{number}"
        claims.append(_claim_of(attempt, results[-1], key, earned[attempt.pk]))
    return claims


def _earned(results: Mapping[UUID, Result]) -> dict[UUID, list[Earned]]:
    """By attempt id, what a result says of each question. One query."""
    lines = {pk: {line["slot"]: line for line in result.items} for pk, result in results.items()}
    earned: dict[UUID, list[Earned]] = {pk: [] for pk in results}
    rows = Answer.objects.filter(attempt__in=results).values_list(
        "attempt", "slot", "item__section", "item__question_version__leaves"
    )
    for pk, slot, section, leaves in rows.order_by("attempt", "slot"):
        line = lines[pk][slot]
        earned[pk].append(Earned(section, leaves, Decimal(line["points"]), Decimal(line["max"])))
    return earned


def _claim_of(attempt: Attempt, result: Result, key: str, earned: Iterable[Earned]) -> Claim:
    weights, leaf_scores = leaf_shares(earned)
    return Claim(
        key=key,
        attempt_id=attempt.pk,
        version_hash=attempt.exam_version.content_hash,
        occurred_at=attempt.submitted_at or result.recorded_at,
        score=Fraction(result.points) / Fraction(result.max_points) if result.max_points else Fraction(0),
        weights=weights,
        leaf_scores=leaf_scores,
        passed=bool(result.passed),
    )


def _average(claims: Sequence[Claim], *, passed: bool) -> Claim:
    """One claim for several sittings: dated and versioned like the last, each number the mean.

    A leaf's score is the mean over the sittings that asked for it.
    """
    newest = claims[-1]
    leaves = sorted({leaf for each in claims for leaf in each.weights})
    return Claim(
        key=f"average:{content_hash([each.key for each in claims])}",
        attempt_id=newest.attempt_id,
        version_hash=newest.version_hash,
        occurred_at=newest.occurred_at,
        score=_mean([each.score for each in claims]),
        weights={leaf: _mean([each.weights.get(leaf, Fraction(0)) for each in claims]) for leaf in leaves},
        leaf_scores={
            leaf: _mean([each.leaf_scores[leaf] for each in claims if leaf in each.leaf_scores])
            for leaf in leaves
        },
        passed=passed,
    )


def _mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


def _reconcile(
    person: Person, subject: Subject, claims: Sequence[Claim], now: datetime
) -> dict[str, Evidence]:
    """Make the standing rows say what is claimed, no more and no less; by key of the claim."""
    taken = set(_rows(person.pk, subject).values_list("source_key", flat=True))
    rows = _rows(person.pk, subject).filter(superseded_by=None, withdrawn=False).order_by("id")
    standing = {_key_of(row): row for row in rows}
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


def _key_of(row: Evidence) -> str:
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
        version_hash=claim.version_hash,
        source_key=key,
        occurred_at=claim.occurred_at,
        now=now,
        score=_four_places(claim.score),
        weights={leaf: _four_places(weight) for leaf, weight in claim.weights.items()},
        leaf_scores={leaf: _four_places(score) for leaf, score in claim.leaf_scores.items()},
        supersedes=supersedes,
        passed=claim.passed,
    )


def _four_places(number: Fraction) -> Decimal:
    """Rounded down, so that 59.996 % never counts as 60."""
    return Decimal(number * 10_000 // 1).scaleb(-4)
