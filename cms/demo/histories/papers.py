"""What a candidate of some ability writes, worked out from the keys, so that it stays so when questions change.

Pure. A response is what a form posts (see `assessments.items`); marks are what a marker would give for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessments.items import ResponseInvalid, RubricType, item_type
from cms.demo.histories.catalogue import Exam, ExamItem, Question
from cms.demo.histories.chance import fraction, pick

PASS, FAIL = "pass", "fail"
MARGIN = 4  # percent: nobody of the demo hangs on half a point
GOOD, FAIR, WEAK = "good", "fair", "weak"
WORTH = {GOOD: (0.8, 1.0), FAIR: (0.5, 0.8), WEAK: (0.1, 0.4)}
HALF = Decimal("0.5")

Words = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Paper:
    """Responses by question key; for written answers also marks by criterion, and the marker's comment."""

    responses: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


def fill(
    exam: Exam,
    words: Words,
    *,
    ability: float,
    names: Sequence[object],
    outcome: str = "",
    given: Paper | None = None,
) -> Paper:
    """A paper of somebody of this ability (0..1), who passes or fails if `outcome` says so.

    `words` are written answers by question key, "*" for all others: {quality, text or parts, comments}. `names` say
    whose paper it is. What is `given` stands as it is, as long as the exam asks for it and it still is an answer.
    """
    paper = _begin(exam, given or Paper())
    fixed = frozenset(paper.responses)
    for item in exam.items:
        question = item.question
        if is_written(question):
            if question.key not in paper.marks:
                quality = _quality(ability, *names, question.key)
                _write(paper, item, words, quality, names, keep=question.key in fixed)
        elif question.key not in fixed:
            knows = fraction(*names, question.key) < ability + 0.1 - 0.05 * question.difficulty
            paper.responses[question.key] = right(question) if knows else wrong(question, *names)
    _settle(paper, exam, words, outcome, fixed, names)
    return paper


def percent(paper: Paper, exam: Exam) -> Decimal:
    """What the paper earns, marks included, in percent of the exam's points."""
    earned = sum((_points(paper, item) for item in exam.items), Decimal(0))
    return 100 * earned / sum((item.points for item in exam.items), Decimal(0))


def is_written(question: Question) -> bool:
    """Whether a person marks it."""
    return item_type(question.type).marked_by_person


def right(question: Question) -> Any:
    """The response that the key calls right."""
    return item_type(question.type).right_responses(question.body, question.answer)[0]


def wrong(question: Question, *names: object) -> Any:
    """A response that somebody might give who was not sure."""
    key, body = question.answer, question.body
    if "orders" in key:
        return _swapped(key["orders"], *names)
    if "pairs" in key:
        return _crossed(key["pairs"], *names)
    parts = key.get("blanks") or key.get("gaps")
    if parts:
        return _one_open(right(question), *names)
    ids = [option["id"] for option in body["options"]]
    if isinstance(key["correct"], str):
        return pick([each for each in ids if each != key["correct"]], question.key, *names)
    if len(key["correct"]) > 1:
        left_out = pick(key["correct"], question.key, *names)
        return [each for each in key["correct"] if each != left_out]
    return [*key["correct"], pick([each for each in ids if each not in key["correct"]], *names)]


def _swapped(orders: Sequence[Sequence[str]], *names: object) -> list[str]:
    """Two neighbours of the first accepted order changed round, so that no accepted order comes out."""
    order = list(orders[0])
    places = sorted(range(len(order) - 1), key=lambda place: fraction(place, *names))
    for place in places:
        swapped = [*order[:place], order[place + 1], order[place], *order[place + 2 :]]
        if swapped not in [list(each) for each in orders]:
            return swapped
    return order[::-1]


def _one_open(response: Mapping[str, str], *names: object) -> dict[str, str]:
    """One part not written."""
    return {each: text for each, text in response.items() if each != pick(list(response), *names)}


def _crossed(pairs: Mapping[str, str], *names: object) -> dict[str, str]:
    """Two partners mixed up."""
    left = sorted(pairs, key=lambda each: fraction(each, *names))
    one, other = next(
        ((a, b) for a in left for b in left if pairs[a] != pairs[b]),
        (left[0], left[-1]),
    )
    return {**pairs, one: pairs[other], other: pairs[one]}


def _begin(exam: Exam, given: Paper) -> Paper:
    asked = {item.question.key: item.question for item in exam.items}
    fits = {key: raw for key, raw in given.responses.items() if key in asked and _is_answer(asked[key], raw)}
    return Paper(fits, {key: dict(marks) for key, marks in given.marks.items() if key in fits})


def _is_answer(question: Question, raw: Any) -> bool:
    try:
        return item_type(question.type).clean_response(question.body, raw) is not None
    except ResponseInvalid:
        return False


def _quality(ability: float, *names: object) -> str:
    luck = ability + 0.3 * (fraction("words", *names) - 0.5)
    return GOOD if luck > 0.75 else FAIR if luck > 0.5 else WEAK


def _write(
    paper: Paper, item: ExamItem, words: Words, quality: str, names: Sequence[object], *, keep: bool = False
) -> None:
    """A written answer of this quality with its marks and the marker's comment; `keep`: the answer is there."""
    question = item.question
    known = words.get(question.key) or words["*"]
    fitting = [each for each in known if each["quality"] == quality] or list(known)
    chosen = pick(fitting, "answer", question.key, *names)
    if not keep:
        paper.responses[question.key] = _text(question, chosen)
    low, high = WORTH[quality]
    paper.marks[question.key] = {
        criterion["id"]: _mark(criterion, low + (high - low) * fraction(criterion["id"], *names))
        for criterion in question.answer["criteria"]
    }
    paper.comments[question.key] = pick(chosen["comments"], "comment", *names)


def _text(question: Question, chosen: Mapping[str, Any]) -> Any:
    parts = question.body.get("parts")
    if not parts:
        return chosen.get("text") or "\n".join(chosen["parts"])
    texts = chosen.get("parts") or [chosen["text"]]
    return {part["id"]: texts[place % len(texts)] for place, part in enumerate(parts)}


def _mark(criterion: Mapping[str, Any], share: float) -> Decimal:
    steps = (Decimal(str(criterion["max"])) * Decimal(str(share)) / HALF).quantize(Decimal(1), ROUND_HALF_UP)
    return min(steps * HALF, Decimal(str(criterion["max"])))


def _settle(
    paper: Paper, exam: Exam, words: Words, outcome: str, fixed: frozenset[str], names: Sequence[object]
) -> None:
    """Change answers one by one, in the order of this candidate's luck, until the outcome is as told."""
    items = sorted(exam.items, key=lambda item: fraction("settle", item.question.key, *names))
    for item in items:
        if _is_settled(paper, exam, outcome):
            return
        question = item.question
        if question.key in fixed:
            continue
        if is_written(question):
            _write(paper, item, words, GOOD if outcome == PASS else WEAK, names)
        else:
            paper.responses[question.key] = right(question) if outcome == PASS else wrong(question, *names)


def _is_settled(paper: Paper, exam: Exam, outcome: str) -> bool:
    if outcome == PASS:
        return percent(paper, exam) >= exam.pass_percent + MARGIN
    return outcome != FAIL or percent(paper, exam) < exam.pass_percent - MARGIN


def _points(paper: Paper, item: ExamItem) -> Decimal:
    question, kind = item.question, item_type(item.question.type)
    if isinstance(kind, RubricType):
        return kind.score_marks(question.answer, paper.marks[question.key]).points
    response = kind.clean_response(question.body, paper.responses[question.key])
    return kind.score(question.body, question.answer, response, item.points).points
