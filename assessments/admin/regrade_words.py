"""What a regrade changes, question by question: what holds before, and what would hold after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.admin.regrade_choices import VOIDS, key_in_words
from assessments.models import ExamItem, QuestionVersion, Regrade
from assessments.regrading.terms import Terms, keys_named, terms_of

Versions = Mapping[int, QuestionVersion]


@dataclass(frozen=True)
class ChangeLine:
    """One change: what about, what holds before and after. `question_id` is the number of the question's page in the
    bank, None for the rule of passing."""

    title: str
    before: str
    after: str
    stem: str = ""
    question_id: int | None = None


def change_lines(regrade: Regrade) -> list[ChangeLine]:
    """Each change of the regrade beside what held before it. Three queries, a fourth where a key is corrected."""
    numbers = {change["item"] for change in regrade.changes if "item" in change}
    items = {
        item.number: item
        for item in ExamItem.objects.filter(
            exam_version=regrade.exam_version_id, number__in=numbers
        ).select_related("question_version")
    }
    terms = terms_of(regrade.exam_version, upto=_number_before(regrade))
    keys = keys_named(regrade.changes)
    return [_line(change, items, terms, keys) for change in regrade.changes]


def _number_before(regrade: Regrade) -> int | None:
    """The number of the correction that was in force before this one; None for the newest there is."""
    return regrade.correction.number - 1 if regrade.correction else None


def _line(
    change: Mapping[str, Any], items: Mapping[int, ExamItem], terms: Terms, keys: Versions
) -> ChangeLine:
    if change["kind"] == "pass":
        return ChangeLine(
            _("Rule of passing"), _percent(terms.pass_percent_text), _percent(change["percent"])
        )
    item = items[change["item"]]
    before, after = _sides(change, item, terms, keys)
    version = item.question_version
    title = _("Question %(number)s") % {"number": item.number}
    return ChangeLine(title, before, after, version.body["stem"], version.question_id)


def _sides(change: Mapping[str, Any], item: ExamItem, terms: Terms, keys: Versions) -> tuple[str, str]:
    holds = terms.of(item)
    match change["kind"]:
        case "key":
            version = keys[change["question_version"]]
            return key_in_words(item.question_version, holds.answer), key_in_words(version, version.answer)
        case "points":
            return _points(holds.points_text), _points(change["points"])
        case _:
            counts = _("counts with %(points)s points") % {"points": holds.points_text}
            return str(VOIDS.get(holds.void, counts)), str(VOIDS.get(change["how"], counts))


def _points(points: str) -> str:
    return _("%(points)s points") % {"points": points}


def _percent(percent: str) -> str:
    return _("pass from %(percent)s%%") % {"percent": percent}
