"""What one row gives one answer, or what is wrong with it and in which column."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.items import RubricType, item_type
from assessments.items.checking import as_decimal, as_text
from assessments.items.rubric import HUNDREDTH
from assessments.items.writing import clean_text
from assessments.marksheets.columns import COMMENT, PENALTY, POINTS, Row
from assessments.models import Answer, ExamItem

LONGEST_COMMENT = 2_000


class RowInvalid(Exception):
    """A row that gives nothing: `column` names the cell, `message` says what to do, `answer` which one it means, where
    that is known."""

    def __init__(self, column: str, message: str, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.column, self.message, self.answer = column, message, answer


@dataclass(frozen=True)
class Worth:
    """What a file gives an answer. `marks` by criterion and `penalty` are decimal text; `marks` is empty where the file
    gives points alone."""

    points: Decimal
    marks: dict[str, str] = field(default_factory=dict)
    penalty: str = "0"
    comment: str = ""


def worth_of(row: Row, item: ExamItem) -> Worth:
    """What the row gives an answer to this question; the item comes with its question. Raises RowInvalid."""
    version = item.question_version
    kind = item_type(version.type)
    comment = clean_text("comment", row[COMMENT][: 2 * LONGEST_COMMENT])
    if len(comment) > LONGEST_COMMENT:
        most = {"most": LONGEST_COMMENT}
        raise RowInvalid(COMMENT, _("The comment is longer than %(most)s characters.") % most)
    if not isinstance(kind, RubricType):
        _refuse_parts(row, _("This question has no criteria: write its marks under 得分 alone."))
        return Worth(_number(row, POINTS, item.points), comment=comment)
    if not row.criteria:
        _refuse_parts(row, _("Write 扣分 beside the marks of every criterion, or take it off 得分 yourself."))
        return Worth(_number(row, POINTS, kind.full_marks(version.answer)), comment=comment)
    return _by_criteria(row, version.answer["criteria"], comment)


def _by_criteria(row: Row, criteria: list[dict[str, object]], comment: str) -> Worth:
    marks: dict[str, Decimal] = {}
    for place, criterion in enumerate(criteria, start=1):
        marks[str(criterion["id"])] = _number(row, f"评分点{place}", Decimal(str(criterion["max"])))
    unknown = sorted(each for each in row.criteria if each > len(criteria))
    if unknown:
        count = {"count": len(criteria)}
        raise RowInvalid(f"评分点{unknown[0]}", _("The rubric has only %(count)s criteria.") % count)
    total = sum(marks.values(), Decimal(0))
    most = sum((Decimal(str(each["max"])) for each in criteria), Decimal(0))
    penalty = _number(row, PENALTY, most) if row[PENALTY] else Decimal(0)
    points = max(total - penalty, Decimal(0))
    if row[POINTS] and (said := _number(row, POINTS, most)) != points:
        numbers = {"sum": as_text(points), "said": as_text(said)}
        raise RowInvalid(POINTS, _("The criteria come to %(sum)s, not to %(said)s.") % numbers)
    given = {each: as_text(mark) for each, mark in marks.items()}
    return Worth(points, given, as_text(penalty), comment)


def _refuse_parts(row: Row, message: str) -> None:
    parts = [f"评分点{each}" for each in row.criteria] + ([PENALTY] if row[PENALTY] else [])
    if parts:
        raise RowInvalid(parts[0], message)


def _number(row: Row, column: str, most: Decimal) -> Decimal:
    text = unicodedata.normalize("NFKC", row[column])
    if not text:
        raise RowInvalid(column, _("No marks are written here; 0 is written as 0."))
    number = as_decimal(text)
    if number is None or not 0 <= number <= most:
        said = {"most": as_text(most), "said": text[:20]}
        raise RowInvalid(column, _("Give a number from 0 to %(most)s instead of “%(said)s”.") % said)
    if number != number.quantize(HUNDREDTH):
        raise RowInvalid(column, _("Give at most two decimal places."))
    return number.quantize(HUNDREDTH)
