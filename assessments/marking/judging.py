"""What a marker decided about an answer, checked against the rubric: half points, nothing above a criterion's most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.items import MarksInvalid, RubricType, item_type
from assessments.models import QuestionVersion
from assessments.wording import refusal_of
from core.errors import Refusal

STEP = Decimal("0.5")
Numbers = Mapping[str, Decimal | int | str]


@dataclass(frozen=True)
class Judgement:
    """Marks by criterion and a penalty as decimal text, as `Mark` holds them, and the points they come to."""

    marks: dict[str, str]
    penalty: str
    points: Decimal

    def is_that_of(self, mark: Any) -> bool:
        """Whether a mark, in whatever shape, says the same."""
        return (self.marks, self.penalty, self.points) == (dict(mark.marks), mark.penalty, mark.points)

    def fields(self) -> dict[str, Any]:
        """Under the names that marks and anchors have for them."""
        return {"marks": self.marks, "penalty": self.penalty, "points": self.points}


def judge(version: QuestionVersion, marks: Numbers, penalty: Decimal | int | str = 0) -> Judgement:
    """The marks in their one form. Raises Refusal: they do not fit the rubric ("invalid"), or there is none
    ("not_found")."""
    kind = item_type(version.type)
    if not isinstance(kind, RubricType):
        raise Refusal(_("There is nothing to mark here."), code="not_found")
    try:
        score = kind.score_marks(version.answer, marks, penalty)
    except MarksInvalid as error:
        raise refusal_of(error) from error
    if any(Decimal(number) % STEP for number in score.detail.values()):
        raise Refusal(_("Give marks in steps of half a point."), code="invalid")
    given = dict(score.detail)
    return Judgement(marks=given, penalty=given.pop("penalty"), points=score.points)
