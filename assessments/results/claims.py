"""What sittings of an exam say for the ledger: one by one, and together by the exam's way of grading.

With the best as grade every sitting is evidence; with the last or the first it is that one's; with the average one row
stands for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from assessments.exams.settings import Grading
from assessments.models import Answer, Attempt, Result
from assessments.results.grading import Outcome, counted_of, grade_of
from assessments.results.passing import Earned
from core.hashing import content_hash

Shares = Mapping[str, Fraction]
Question = tuple[int, int, Mapping[str, str]]
"""Slot, section, weights of the leaves."""


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

    def fields(self) -> dict[str, Any]:
        """As a row of the ledger has it."""
        return {
            "version_hash": self.version_hash,
            "occurred_at": self.occurred_at,
            "score": _four_places(self.score),
            "weights": {leaf: _four_places(weight) for leaf, weight in self.weights.items()},
            "leaf_scores": {leaf: _four_places(score) for leaf, score in self.leaf_scores.items()},
            "passed": self.passed,
        }

    def says_as(self, other: Claim) -> bool:
        """Whether both would be the same row but for its key."""
        return self.fields() == other.fields()


def claims_over(outcomes: Sequence[Outcome], claims: Mapping[UUID, Claim]) -> list[Claim]:
    """What one person's sittings of an exam should say in the ledger, by the way of grading. `claims` are
    those of every sitting with a result, by attempt id. Asks nothing."""
    grade, counted = grade_of(outcomes), counted_of(outcomes)
    if grade is None:
        return []
    if grade.grading == Grading.BEST:
        counted = tuple(each for each in outcomes if each.points is not None)
    chosen = [claims[each.attempt_id] for each in counted]
    if grade.grading == Grading.AVERAGE and len(chosen) > 1:
        return [_average(chosen, passed=grade.passed)]
    return chosen


def read_claims(attempts: Iterable[UUID]) -> dict[UUID, Claim]:
    """What the newest complete result of each of these sittings says, by attempt id. Three queries, however many.

    The claim is named after the first result that said it: a later one that repeats it for the ledger, say with another
    key shown, changes nothing there.
    """
    found = (
        Attempt.objects.select_related("exam_version").defer("exam_version__document").in_bulk(list(attempts))
    )
    results: dict[UUID, list[Result]] = {}
    for result in Result.objects.filter(attempt__in=found, complete=True).order_by("number"):
        results.setdefault(result.attempt_id, []).append(result)
    questions = _questions(results)
    return {pk: _newest_claim(found[pk], each, questions[pk]) for pk, each in results.items()}


def _newest_claim(attempt: Attempt, results: Sequence[Result], questions: Iterable[Question]) -> Claim:
    questions = tuple(questions)
    at = len(results) - 1
    newest = claim_of(attempt, results[at], _key(attempt, results, at), _earned(results[at], questions))
    while at and newest.says_as(
        earlier := claim_of(
            attempt, results[at - 1], _key(attempt, results, at - 1), _earned(results[at - 1], questions)
        )
    ):
        newest, at = earlier, at - 1
    return newest


def _key(attempt: Attempt, results: Sequence[Result], at: int) -> str:
    """The first complete result has no number in its key."""
    return f"attempt:{attempt.pk}:{results[at].number}" if at else f"attempt:{attempt.pk}"


def _questions(attempts: Iterable[UUID]) -> dict[UUID, list[Question]]:
    """By attempt id: slot, section and leaves of each question. One query."""
    found: dict[UUID, list[Question]] = {pk: [] for pk in attempts}
    rows = Answer.objects.filter(attempt__in=found).values_list(
        "attempt", "slot", "item__section", "item__question_version__leaves"
    )
    for pk, *question in rows.order_by("attempt", "slot"):
        found[pk].append((question[0], question[1], question[2]))
    return found


def _earned(result: Result, questions: Iterable[Question]) -> list[Earned]:
    """What a result says of each question."""
    lines = {line["slot"]: line for line in result.items}
    return [
        Earned(section, leaves, Decimal(lines[slot]["points"]), Decimal(lines[slot]["max"]))
        for slot, section, leaves in questions
    ]


def claim_of(attempt: Attempt, result: Result, key: str, earned: Iterable[Earned]) -> Claim:
    """What one complete result, stored or not, says under this key."""
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


def _four_places(number: Fraction) -> Decimal:
    """Rounded down, so that 59.996 % never counts as 60."""
    return Decimal(number * 10_000 // 1).scaleb(-4)
