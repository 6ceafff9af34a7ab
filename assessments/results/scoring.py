"""From a paper's answers and marks to a numbered result, and from a complete result to evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from assessments.items import RubricType, Score, item_type
from assessments.items.base import share_of
from assessments.marking.given import given_in, given_marks, rules_of
from assessments.marking.settling import Standing, settle
from assessments.models import Answer, Attempt, ExamItem, Result
from assessments.regrading.terms import Terms, Void, terms_of
from assessments.results.crediting import credit
from assessments.results.passing import Earned, has_passed, parts_of
from competencies.models import Evidence


@dataclass(frozen=True)
class ScoredAnswer:
    """An answer and what it earned; `void` says that the question counts for nobody, or in full for everybody."""

    answer: Answer
    score: Score
    void: Void = Void.NO

    @property
    def earned(self) -> Earned:
        """The same for what decides about passing."""
        item = self.answer.item
        return Earned(item.section, item.question_version.leaves, self.score.points, self.score.max)

    def as_json(self) -> dict[str, Any]:
        """Its line in a result."""
        void = {"void": str(self.void)} if self.void else {}
        return {"slot": self.answer.slot, **self.score.as_json(), **void}


@dataclass(frozen=True)
class ScoredPaper:
    """Every answer of a paper, in its order, and the terms on which they were scored."""

    answers: tuple[ScoredAnswer, ...]
    terms: Terms

    def __iter__(self) -> Iterator[ScoredAnswer]:
        return iter(self.answers)


def score_answers(attempt: Attempt, terms: Terms | None = None) -> ScoredPaper:
    """Every answer of the attempt scored by its type, or by the marks that stand, on the terms in force where none are
    given. Three queries, two with terms. Call it under the attempt's lock where something is to come of it."""
    terms = terms or terms_of(attempt.exam_version)
    marks = standing_marks(attempt)
    answers = attempt.answers.select_related("item__question_version").order_by("slot")
    return _scored(answers, marks, terms)


def score_papers(
    attempts: Sequence[Attempt], terms: Terms, items: Mapping[int, ExamItem]
) -> dict[UUID, ScoredPaper]:
    """The same for several attempts of one release, by their ids. `items` are those of the release by id, each with its
    question. Two queries, however many attempts there are."""
    if not attempts:
        return {}
    rules = rules_of(attempts[0])
    answers = Answer.objects.filter(attempt__in=attempts)
    given = given_marks(answers.order_by())
    settled = {pk: settle(each, rules).standing for pk, each in given.items()}
    marks = {pk: standing for pk, standing in settled.items() if standing is not None}
    papers: dict[UUID, list[Answer]] = {attempt.pk: [] for attempt in attempts}
    for answer in answers.order_by("attempt", "slot"):
        answer.item = items[answer.item_id]
        papers[answer.attempt_id].append(answer)
    return {pk: _scored(paper, marks, terms) for pk, paper in papers.items()}


def _scored(answers: Iterable[Answer], marks: Mapping[int, Standing], terms: Terms) -> ScoredPaper:
    return ScoredPaper(
        tuple(
            ScoredAnswer(
                answer,
                score_answer(answer, marks.get(answer.pk), terms),
                terms.void_of(answer.item.number),
            )
            for answer in answers
        ),
        terms,
    )


def standing_marks(attempt: Attempt) -> dict[int, Standing]:
    """What counts of the marks by answer id, where enough were given to the answer as it stands now. One query."""
    rules = rules_of(attempt)
    settled = {answer: settle(given, rules).standing for answer, given in given_in(attempt).items()}
    return {answer: standing for answer, standing in settled.items() if standing is not None}


def record_result(attempt: Attempt, scored: ScoredPaper, *, now: datetime, reason: str = "") -> Result:
    """Append the attempt's next result; complete when nothing waits for a marker. Call it under the attempt's lock."""
    result = result_of(attempt, scored)
    result.number = attempt.results.count() + 1
    result.reason, result.recorded_at = reason, now
    result.save(force_insert=True)
    return result


def result_of(attempt: Attempt, scored: ScoredPaper) -> Result:
    """What the answers come to, not stored: points, what every part asked for, and whether the paper is passed."""
    earned = [each.earned for each in scored]
    complete = not any(each.score.needs_marking for each in scored)
    parts = parts_of(attempt.exam_version.document, earned) if complete else ()
    passed = has_passed(scored.terms.pass_percent, earned, parts) if complete else None
    return Result(
        attempt=attempt,
        items=[each.as_json() for each in scored],
        parts=[part.as_json() for part in parts],
        points=sum((each.score.points for each in scored), Decimal(0)),
        max_points=sum((each.score.max for each in scored), Decimal(0)),
        complete=complete,
        passed=passed,
        correction_id=scored.terms.correction_id,
    )


def record_exam_evidence(
    attempt: Attempt, result: Result, scored: Iterable[ScoredAnswer], *, now: datetime
) -> Evidence | None:
    """Put a complete result into the ledger, passed or not, as the exam's way of grading has it (see `crediting`)."""
    return credit(attempt, result, (each.earned for each in scored), now=now)


def score_answer(answer: Answer, standing: Standing | None, terms: Terms) -> Score:
    """One answer scored by its type, by the marks where a person marks, or by an imported mark whatever its type.

    The answer comes with its question. Marks are out of what the release gave for the question: where a correction
    gives it other points they are scaled, and where it is void they rest. An imported mark, or what a recheck gives
    instead, is worth no more than the question.
    """
    version, item = answer.item.question_version, terms.of(answer.item)
    if item.void:
        points = item.points if item.void == Void.FULL else Decimal(0)
        return Score(points, points)
    kind = item_type(version.type)
    if standing is not None and (standing.imported or not isinstance(kind, RubricType)):
        score = Score(min(standing.points, item.given), item.given, detail=detail_of(standing))
        return _scaled(score, item.points)
    if standing is not None and isinstance(kind, RubricType):
        return _scaled(kind.score_marks(item.answer, standing.marks, standing.penalty), item.points)
    return kind.score(version.body, item.answer, answer.response, item.points)


def _scaled(score: Score, points: Decimal) -> Score:
    """The same share of these points."""
    if score.max == points:
        return score
    earned = share_of(points, Fraction(score.points) / Fraction(score.max))
    return replace(score, points=earned, max=points)


def detail_of(standing: Standing) -> dict[str, str]:
    """Marks by criterion with the penalty, as a score says them; of an imported mark, what its file said."""
    return {**standing.marks, "penalty": standing.penalty} if standing.marks else {}


def items_by_slot(result: Result) -> dict[int, dict[str, Any]]:
    """The result's lines by slot."""
    return {line["slot"]: line for line in result.items}
