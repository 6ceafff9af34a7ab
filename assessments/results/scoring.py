"""From a paper's answers and marks to a numbered result, and from a complete result to evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.items import RubricType, Score, item_type
from assessments.marking.given import given_in, rules_of
from assessments.marking.settling import Standing, settle
from assessments.models import Answer, Attempt, Result
from assessments.results.crediting import credit
from assessments.results.passing import Earned, has_passed, parts_of
from competencies.models import Evidence


@dataclass(frozen=True)
class ScoredAnswer:
    """An answer and what it earned."""

    answer: Answer
    score: Score

    @property
    def earned(self) -> Earned:
        """The same for what decides about passing."""
        item = self.answer.item
        return Earned(item.section, item.question_version.leaves, self.score.points, self.score.max)


def score_answers(attempt: Attempt) -> tuple[ScoredAnswer, ...]:
    """Every answer of the attempt scored by its type, or by the marks that stand. Two queries."""
    marks = standing_marks(attempt)
    answers = attempt.answers.select_related("item__question_version").order_by("slot")
    return tuple(ScoredAnswer(answer, score_answer(answer, marks.get(answer.pk))) for answer in answers)


def standing_marks(attempt: Attempt) -> dict[int, Standing]:
    """What counts of the marks by answer id, where enough were given to the answer as it stands now. One query."""
    rules = rules_of(attempt)
    settled = {answer: settle(given, rules).standing for answer, given in given_in(attempt).items()}
    return {answer: standing for answer, standing in settled.items() if standing is not None}


def record_result(
    attempt: Attempt, scored: Iterable[ScoredAnswer], *, now: datetime, reason: str = ""
) -> Result:
    """Append the attempt's next result; complete when nothing waits for a marker. Call it under the attempt's lock."""
    result = result_of(attempt, scored)
    result.number = attempt.results.count() + 1
    result.reason, result.recorded_at = reason, now
    result.save(force_insert=True)
    return result


def result_of(attempt: Attempt, scored: Iterable[ScoredAnswer]) -> Result:
    """What the answers come to, not stored: points, what every part asked for, and whether the paper is passed."""
    scored = tuple(scored)
    earned = [each.earned for each in scored]
    complete = not any(each.score.needs_marking for each in scored)
    parts = parts_of(attempt.exam_version.document, earned) if complete else ()
    passed = has_passed(attempt.exam_version.pass_percent, earned, parts) if complete else None
    return Result(
        attempt=attempt,
        items=[{"slot": each.answer.slot, **each.score.as_json()} for each in scored],
        parts=[part.as_json() for part in parts],
        points=sum((each.score.points for each in scored), Decimal(0)),
        max_points=sum((each.score.max for each in scored), Decimal(0)),
        complete=complete,
        passed=passed,
    )


def record_exam_evidence(
    attempt: Attempt, result: Result, scored: Iterable[ScoredAnswer], *, now: datetime
) -> Evidence | None:
    """Put a complete result into the ledger, passed or not, as the exam's way of grading has it (see `crediting`)."""
    return credit(attempt, result, (each.earned for each in scored), now=now)


def score_answer(answer: Answer, standing: Standing | None = None) -> Score:
    """One answer scored by its type, by the marks where a person marks, or by an imported mark whatever its type.

    The answer comes with its question. An imported mark is worth no more than the question.
    """
    version, points = answer.item.question_version, answer.item.points
    kind = item_type(version.type)
    if standing is not None and standing.imported:
        return Score(min(standing.points, points), points, detail=detail_of(standing))
    if standing is not None and isinstance(kind, RubricType):
        return kind.score_marks(version.answer, standing.marks, standing.penalty)
    return kind.score(version.body, version.answer, answer.response, points)


def detail_of(standing: Standing) -> dict[str, str]:
    """Marks by criterion with the penalty, as a score says them; of an imported mark, what its file said."""
    return {**standing.marks, "penalty": standing.penalty} if standing.marks else {}


def items_by_slot(result: Result) -> dict[int, dict[str, Any]]:
    """The result's lines by slot."""
    return {line["slot"]: line for line in result.items}
