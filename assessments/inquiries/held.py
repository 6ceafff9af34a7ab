"""Answers kept beside a paper, each next to what stands in the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.items import item_type
from assessments.models import Answer, Attempt, HeldAnswer, HeldStatus, QuestionVersion

Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HeldLine:
    """One answer beside the paper. `stored` is what the paper says, `written` what came besides, each as (label, text)
    for every part; empty where nothing was answered."""

    held: HeldAnswer
    stem: str
    stored: Texts
    written: Texts

    @property
    def waits(self) -> bool:
        return self.held.status == HeldStatus.HELD


def held_lines(attempt: Attempt, *, answers: bool) -> tuple[HeldLine, ...]:
    """What is kept beside this paper, in the order of its questions; without `answers` no word of it.

    Two queries, one where nothing is kept.
    """
    held = list(attempt.held_answers.order_by("slot", "fence", "sequence"))
    slots = {each.slot for each in held} if answers else set()
    found = attempt.answers.filter(slot__in=slots).select_related("item__question_version")
    rows = found.defer("item__question_version__answer", "item__question_version__explanation")
    by_slot = {answer.slot: answer for answer in rows} if slots else {}
    return tuple(_line(each, by_slot.get(each.slot)) for each in held)


def _line(held: HeldAnswer, answer: Answer | None) -> HeldLine:
    if answer is None:
        return HeldLine(held, "", (), ())
    version = answer.item.question_version
    before = held.replaced if held.status == HeldStatus.ACCEPTED else answer.response
    return HeldLine(
        held,
        stem=version.body["stem"],
        stored=_texts(version, answer.order, before),
        written=_texts(version, answer.order, held.response),
    )


def _texts(version: QuestionVersion, order: list[str], response: Any) -> Texts:
    """Written answers whole, part by part; what was chosen in words."""
    kind = item_type(version.type)
    boxes = kind.form(version.body, order, response, "").boxes
    if boxes:
        return tuple((box.label, box.text) for box in boxes if box.text)
    words = kind.in_words(version.body, order, response)
    return (("", words),) if words else ()
