"""A result as its candidate reads it: points, own answers and the marker's comment at once, keys once it is passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.bank.media import Size, sizes_for
from assessments.items import ItemType, RubricType, item_type
from assessments.models import Answer, Attempt, AttemptStatus, Mark, QuestionVersion, Result
from assessments.presenting import PresentedItem, files_address, present_item
from assessments.scoring import newest_marks


@dataclass(frozen=True)
class CriterionLine:
    """One criterion of a rubric and what was given for it."""

    text: str
    points: str
    max: str


@dataclass(frozen=True)
class KeyLines:
    """What gives the answer away. `right` is one line per accepted answer."""

    right: tuple[str, ...]
    explanation: str
    criteria: tuple[CriterionLine, ...]
    penalty: str
    sample: str


@dataclass(frozen=True)
class ReportLine:
    """One question of the paper. `key` is None while it must not be shown.

    `shown` are the options as this paper had them, (label, text): explanations cite them by label, and so does the
    `response` where something was `picked` from them.
    """

    slot: int
    item: PresentedItem
    shown: tuple[tuple[str, str], ...]
    response: str
    picked: bool
    points: str
    max: str
    needs_marking: bool
    full: bool
    comment: str
    key: KeyLines | None


@dataclass(frozen=True)
class Report:
    """The newest result, the earlier ones, and the paper line by line. `closing` is what the exam says to this end."""

    newest: Result
    earlier: tuple[Result, ...]
    lines: tuple[ReportLine, ...]
    shows_key: bool
    closing: str


def read_report(attempt: Attempt) -> Report:
    """The report of an attempt that was handed in. Four queries, and one where questions show pictures.

    Keys show once the exam is passed or no attempt is left, and never while the same person sits it again: a blank
    paper must not buy the answers to the next one. A practice paper counts for nothing: its keys show with its result.
    """
    results = list(attempt.results.order_by("-number"))
    settled = results[0].passed or (
        results[0].complete and (_is_practice(attempt) or _attempts_used(attempt))
    )
    shows_key = bool(settled) and not _sits_again(attempt)
    answers = list(attempt.answers.select_related("item__question_version").order_by("slot"))
    sizes = sizes_for(answer.item.question_version.body for answer in answers)
    marks = newest_marks(attempt) if results[0].complete else {}
    scores = {line["slot"]: line for line in results[0].items}
    lines = tuple(
        _line(answer, scores[answer.slot], marks.get(answer.pk), sizes, shows_key=shows_key)
        for answer in answers
    )
    return Report(results[0], tuple(results[1:]), lines, shows_key, _closing(attempt, results[0]))


def _closing(attempt: Attempt, newest: Result) -> str:
    if not newest.complete:
        return ""
    text: str = attempt.exam_version.document.get("pass_text" if newest.passed else "fail_text", "")
    return text


def _is_practice(attempt: Attempt) -> bool:
    return bool(attempt.exam_version.document.get("practice"))


def _attempts_used(attempt: Attempt) -> bool:
    most = attempt.exam_version.document["max_attempts"]
    if most is None:
        return False
    return Attempt.objects.filter(person=attempt.person_id, exam_key=attempt.exam_key).count() >= most


def _sits_again(attempt: Attempt) -> bool:
    others = Attempt.objects.filter(
        person=attempt.person_id, exam_key=attempt.exam_key, status=AttemptStatus.OPEN
    )
    return others.exists()


def _line(
    answer: Answer, score: Mapping[str, Any], mark: Mark | None, sizes: Mapping[str, Size], *, shows_key: bool
) -> ReportLine:
    version = answer.item.question_version
    name = f"answer-{answer.slot}"
    kind, order = item_type(version.type), answer.order
    item = present_item(
        version,
        order=order,
        response=answer.response,
        name=name,
        disabled=True,
        sizes=sizes,
        files_at=files_address(answer.attempt_id, answer.slot),
    )
    return ReportLine(
        slot=answer.slot,
        item=item,
        shown=tuple(kind.cited(version.body, order)),
        response=kind.in_words(version.body, order, answer.response),
        picked=any(option.chosen for option in item.form.options),
        points=score["points"],
        max=score["max"],
        needs_marking=score["needs_marking"],
        full=score["points"] == score["max"],
        comment=mark.comment.text if mark and hasattr(mark, "comment") else "",
        key=key_lines_of(version, order=order, mark=mark) if shows_key else None,
    )


def key_lines_of(version: QuestionVersion, *, order: Sequence[str], mark: Mark | None = None) -> KeyLines:
    """Everything that gives the answer away, with options named as in this order. The caller checks who may see it."""
    kind = item_type(version.type)
    rubric = version.answer if isinstance(kind, RubricType) else {}
    return KeyLines(
        right=_right_answers(kind, version, order),
        explanation=kind.explain(version.body, version.answer, version.explanation, order),
        criteria=_criteria(rubric, mark),
        penalty=mark.penalty if mark and mark.penalty != "0" else "",
        sample=rubric.get("sample", ""),
    )


def _right_answers(kind: ItemType, version: QuestionVersion, order: Sequence[str]) -> tuple[str, ...]:
    accepted = kind.right_responses(version.body, version.answer)
    return tuple(kind.in_words(version.body, order, each) for each in accepted)


def _criteria(rubric: Mapping[str, Any], mark: Mark | None) -> tuple[CriterionLine, ...]:
    given = mark.marks if mark else {}
    return tuple(
        CriterionLine(each["text"], given.get(each["id"], "0"), str(each["max"]))
        for each in rubric.get("criteria", ())
    )
