"""One paper of a regrade that was carried out: its results side by side, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from assessments.admin.regrade_lines import names_for, numbered, outcome_text
from assessments.admin.regrades import RegradeView, title_of
from assessments.models import RegradeLine, Result
from assessments.results.rescoring import reason_text
from assessments.results.scoring import items_by_slot
from people.accounts import current_person


@dataclass(frozen=True)
class ResultColumn:
    """A result of the paper: which one, when, why, and what came of it."""

    result: Result
    reason: str
    outcome: str


@dataclass(frozen=True)
class QuestionRow:
    """A question of the paper: its number in the release, what it asks, and its points in each result."""

    number: int
    slot: int
    stem: str
    points: Sequence[str]

    @property
    def differs(self) -> bool:
        return len(set(self.points)) > 1


class CompareView(RegradeView):
    """Every result the paper has, the newest last. Answers are not here: they are the candidate's."""

    template_name = "assessments/admin/regrade_compare.html"
    page_title = gettext_lazy("One paper, before and after")

    @cached_property
    def line(self) -> RegradeLine:
        lines = self.regrade.lines.select_related("attempt", "result")
        return get_object_or_404(lines, pk=self.kwargs["line_id"], done_at__isnull=False)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((title_of(self.regrade), reverse("regrades:regrade", args=[self.regrade.pk])))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attempt = self.line.attempt
        names = names_for(current_person(self.request), [self.line], at=timezone.now())
        results = list(attempt.results.order_by("number"))
        return super().get_context_data(
            line=self.line,
            candidate=names.get(attempt.person_id) or numbered(self.line),
            columns=[ResultColumn(each, reason_text(each), outcome_text(each.passed)) for each in results],
            rows=_rows(attempt, results),
            **kwargs,
        )


def _rows(attempt: Any, results: Sequence[Result]) -> list[QuestionRow]:
    said: list[Mapping[int, Mapping[str, Any]]] = [items_by_slot(each) for each in results]
    answers = attempt.answers.order_by("item__number").values_list(
        "slot", "item__number", "item__question_version__body__stem"
    )
    return [
        QuestionRow(number, slot, stem, [_points(each.get(slot)) for each in said])
        for slot, number, stem in answers
    ]


def _points(item: Mapping[str, Any] | None) -> str:
    if item is None:
        return ""
    return f"{item['points']} / {item['max']}"
