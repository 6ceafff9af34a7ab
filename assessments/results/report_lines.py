"""One question of a paper that was handed in, or checked, as its candidate may see it; and what its key says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.bank.media import Size
from assessments.exams.settings import ALL_SHOWN, TELLING, Shown
from assessments.items import ItemType, RubricType, item_type
from assessments.marking.settling import Standing
from assessments.models import Answer, QuestionVersion
from assessments.presenting import PresentedItem, files_address, present_item


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
    """One question of the paper. `key` is None, and points are "", while they must not be shown.

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


def line_of(
    answer: Answer,
    score: Mapping[str, Any],
    mark: Standing | None,
    sizes: Mapping[str, Size],
    shown: frozenset[Shown],
) -> ReportLine:
    """One question, with as much of it as may be shown; `score` is its line of the result. Asks nothing."""
    version = answer.item.question_version
    kind, order = item_type(version.type), answer.order
    response = answer.response if Shown.ANSWER in shown else None
    item = present_item(
        version,
        order=order,
        response=response,
        name=f"answer-{answer.slot}",
        disabled=True,
        sizes=sizes,
        files_at=files_address(answer.attempt_id, answer.slot),
    )
    marks = Shown.MARK in shown
    mark = mark if marks else None
    return ReportLine(
        slot=answer.slot,
        item=item,
        shown=tuple(kind.cited(version.body, order)),
        response=kind.in_words(version.body, order, response),
        picked=any(option.chosen for option in item.form.options),
        points=score["points"] if marks else "",
        max=score["max"] if marks else "",
        needs_marking=score["needs_marking"],
        full=marks and score["points"] == score["max"],
        comment=mark.comment if mark else "",
        key=key_lines_of(version, order=order, mark=mark, shown=shown) if shown & TELLING else None,
    )


def key_lines_of(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    mark: Standing | None = None,
    shown: frozenset[Shown] = ALL_SHOWN,
) -> KeyLines:
    """What gives the answer away, as far as it is `shown`, with options named as in this order.

    The caller checks who may see it.
    """
    kind, keys = item_type(version.type), Shown.KEY in shown
    rubric = version.answer if keys and isinstance(kind, RubricType) else {}
    explained = kind.explain(version.body, version.answer, version.explanation, order)
    return KeyLines(
        right=_right_answers(kind, version, order) if keys else (),
        explanation=explained if Shown.EXPLANATION in shown else "",
        criteria=_criteria(rubric, mark),
        penalty=mark.penalty if keys and mark and mark.penalty != "0" else "",
        sample=rubric.get("sample", ""),
    )


def _right_answers(kind: ItemType, version: QuestionVersion, order: Sequence[str]) -> tuple[str, ...]:
    accepted = kind.right_responses(version.body, version.answer)
    return tuple(kind.in_words(version.body, order, each) for each in accepted)


def _criteria(rubric: Mapping[str, Any], mark: Standing | None) -> tuple[CriterionLine, ...]:
    given = mark.marks if mark else {}
    unknown = "–" if mark and mark.imported else "0"
    return tuple(
        CriterionLine(each["text"], given.get(each["id"], unknown), str(each["max"]))
        for each in rubric.get("criteria", ())
    )
