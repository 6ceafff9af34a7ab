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
from assessments.regrading.terms import ItemTerms, Terms, Void


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
    `response` where something was `picked` from them. A question that is `void` counts for
    nobody or for everybody, and has no key.
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
    void: Void = Void.NO


def line_of(
    answer: Answer,
    score: Mapping[str, Any],
    mark: Standing | None,
    sizes: Mapping[str, Size],
    shown: frozenset[Shown],
    terms: Terms,
) -> ReportLine:
    """One question, with as much of it as may be shown; `score` is its line of the result, `terms` are those that the
    result took in. Asks nothing."""
    version, item_terms = answer.item.question_version, terms.of(answer.item)
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
        key=key_lines_of(version, item_terms, order=order, mark=mark, shown=shown)
        if shown & TELLING and not item_terms.void
        else None,
        void=item_terms.void,
    )


def key_lines_of(
    version: QuestionVersion,
    terms: ItemTerms | None = None,
    *,
    order: Sequence[str],
    mark: Standing | None = None,
    shown: frozenset[Shown] = ALL_SHOWN,
) -> KeyLines:
    """What gives the answer away, as far as it is `shown`, with options named as in this order: what the version says,
    or the terms of an exam that corrected it.

    The caller checks who may see it.
    """
    kind, keys = item_type(version.type), Shown.KEY in shown
    answer, explanation = (
        (terms.answer, terms.explanation) if terms else (version.answer, version.explanation)
    )
    rubric = answer if keys and isinstance(kind, RubricType) else {}
    explained = kind.explain(version.body, answer, explanation, order)
    return KeyLines(
        right=_right_answers(kind, version.body, answer, order) if keys else (),
        explanation=explained if Shown.EXPLANATION in shown else "",
        criteria=_criteria(rubric, mark),
        penalty=mark.penalty if keys and mark and mark.penalty != "0" else "",
        sample=rubric.get("sample", ""),
    )


def _right_answers(
    kind: ItemType, body: Mapping[str, Any], answer: Mapping[str, Any], order: Sequence[str]
) -> tuple[str, ...]:
    return tuple(kind.in_words(body, order, each) for each in kind.right_responses(body, answer))


def _criteria(rubric: Mapping[str, Any], mark: Standing | None) -> tuple[CriterionLine, ...]:
    given = mark.marks if mark else {}
    unknown = "–" if mark and mark.imported else "0"
    return tuple(
        CriterionLine(each["text"], given.get(each["id"], unknown), str(each["max"]))
        for each in rubric.get("criteria", ())
    )
