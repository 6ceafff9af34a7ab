"""Questions inside lessons: shown with their options shuffled, checked on the server, never recorded here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.bank.storing import shown_version
from assessments.items import ResponseInvalid, item_type
from assessments.items.checking import as_text
from assessments.models import Question, QuestionVersion
from assessments.presenting import PresentedItem, present_item
from assessments.wording import refusal_of


@dataclass(frozen=True)
class Verdict:
    """What a self-check says: whether all marks were earned, how many of how many, and why."""

    correct: bool
    points: Decimal
    max_points: Decimal
    explanation: str

    @property
    def points_text(self) -> str:
        return as_text(self.points)

    @property
    def max_points_text(self) -> str:
        return as_text(self.max_points)


def present(
    question_key: str,
    seed: str | int,
    *,
    response: Any = None,
    name: str = "answer",
    disabled: bool = False,
) -> PresentedItem:
    """The question for `assessments/item.html`; the same seed gives the same order. Raises Refusal if unknown."""
    version = shown_version(question_key)
    return present_item(version, order=_order(version, seed), response=response, name=name, disabled=disabled)


def check(question_key: str, raw: Any, *, seed: str | int | None = None) -> Verdict:
    """What `raw` (see `presenting.posted_response`) is worth.

    Give the seed the question was presented with, so that the explanation names options as they were shown. Raises
    Refusal for an unknown question or an answer that is none.
    """
    version = shown_version(question_key)
    kind = item_type(version.type)
    try:
        response = kind.clean_response(version.body, raw)
    except ResponseInvalid as error:
        raise refusal_of(error) from error
    score = kind.score(version.body, version.answer, response, version.points)
    explanation = version.explanation
    if seed is not None:
        explanation = kind.explain(version.body, version.answer, explanation, _order(version, seed))
    return Verdict(
        score.points == score.max and not score.needs_marking, score.points, score.max, explanation
    )


def missing_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that no question in the bank has, in their order: for checks before a release."""
    wanted = list(dict.fromkeys(keys))
    known = set(Question.objects.filter(key__in=wanted).values_list("key", flat=True))
    return tuple(key for key in wanted if key not in known)


def _order(version: QuestionVersion, seed: str | int) -> list[str]:
    return item_type(version.type).option_order(version.body, f"{seed}:{version.question.key}")
