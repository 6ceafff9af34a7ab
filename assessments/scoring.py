"""From a paper's answers and marks to a numbered result, and from a complete result to evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from assessments.items import RubricType, Score, item_type
from assessments.models import Answer, Attempt, Mark, Result
from competencies.ledger import record_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class ScoredAnswer:
    """An answer and what it earned."""

    answer: Answer
    score: Score


def score_answers(attempt: Attempt) -> tuple[ScoredAnswer, ...]:
    """Every answer of the attempt scored by its type, the newest mark where a person marks. Two queries."""
    marks = newest_marks(attempt)
    answers = attempt.answers.select_related("item__question_version").order_by("slot")
    return tuple(ScoredAnswer(answer, _score(answer, marks.get(answer.pk))) for answer in answers)


def newest_marks(attempt: Attempt) -> dict[int, Mark]:
    """The mark that counts, by answer id."""
    marks = Mark.objects.filter(answer__attempt=attempt).select_related("comment").order_by("id")
    return {mark.answer_id: mark for mark in marks}


def record_result(attempt: Attempt, scored: Iterable[ScoredAnswer], *, now: datetime) -> Result:
    """Append the attempt's next result; complete when nothing waits for a marker. Call it under the attempt's lock."""
    scored = tuple(scored)
    points = sum((each.score.points for each in scored), Decimal(0))
    max_points = sum((each.score.max for each in scored), Decimal(0))
    complete = not any(each.score.needs_marking for each in scored)
    passed = points * 100 >= attempt.exam_version.pass_percent * max_points if complete else None
    return Result.objects.create(
        attempt=attempt,
        number=attempt.results.count() + 1,
        items=[{"slot": each.answer.slot, **each.score.as_json()} for each in scored],
        points=points,
        max_points=max_points,
        complete=complete,
        passed=passed,
        recorded_at=now,
    )


def record_exam_evidence(
    attempt: Attempt, result: Result, scored: Iterable[ScoredAnswer], *, now: datetime
) -> Evidence | None:
    """Put a complete result into the ledger, passed or not; once per attempt. A practice paper gives no evidence."""
    version = attempt.exam_version
    if version.document.get("practice"):
        return None
    weights, leaf_scores = leaf_shares(scored)
    return record_evidence(
        person=attempt.person,
        subject=Subject.objects.get(kind=SubjectKind.EXAM, key=version.key),
        kind=EvidenceKind.EXAM,
        version_hash=version.content_hash,
        source_key=f"attempt:{attempt.pk}",
        occurred_at=attempt.submitted_at or now,
        now=now,
        score=_share(result.points, result.max_points),
        weights=weights,
        leaf_scores=leaf_scores,
    )


def leaf_shares(scored: Iterable[ScoredAnswer]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Per leaf: the share of the exam's points that touch it, and the share of those that was earned.

    An item's points are spread over its leaves in proportion to their weights.
    """
    earned: defaultdict[str, Decimal] = defaultdict(Decimal)
    attainable: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in scored:
        for leaf, part in _parts(each.answer.item.question_version.leaves).items():
            earned[leaf] += each.score.points * part
            attainable[leaf] += each.score.max * part
    total = sum(attainable.values(), Decimal(0))
    weights = {leaf: _share(points, total) for leaf, points in attainable.items()}
    return weights, {leaf: _share(earned[leaf], attainable[leaf]) for leaf in attainable}


def _parts(leaves: Mapping[str, str]) -> dict[str, Decimal]:
    total = sum(map(Decimal, leaves.values()))
    return {leaf: Decimal(weight) / total for leaf, weight in leaves.items()}


def _share(part: Decimal, whole: Decimal) -> Decimal:
    """Rounded down, so that 59.996 % never counts as 60."""
    return (part / whole).quantize(FOUR_PLACES, ROUND_DOWN)


def _score(answer: Answer, mark: Mark | None) -> Score:
    version, points = answer.item.question_version, answer.item.points
    kind = item_type(version.type)
    if mark is not None and isinstance(kind, RubricType):
        return kind.score_marks(version.answer, mark.marks, mark.penalty)
    return kind.score(version.body, version.answer, answer.response, points)


def items_by_slot(result: Result) -> dict[int, dict[str, Any]]:
    """The result's lines by slot."""
    return {line["slot"]: line for line in result.items}
