"""Marks of two markers side by side, as `statistics.agreement` takes them. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assessments.marking.given import given_marks
from assessments.marking.rounds import written_answers
from assessments.marking.settling import Given, Round, newest_by_round
from assessments.models import Answer, ExamItem, ExamVersion


@dataclass(frozen=True)
class Pairs:
    """Points of first and second markings of the same answers, one place per answer, in the order of the answers."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    answers: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.answers)


def pairs_of_item(item: ExamItem) -> Pairs:
    """Both marks of every answer of a question that was marked twice. One query."""
    return pairs_in(given_marks(written_answers().filter(item=item).order_by()).items())


def pairs_of_exam(exam_version: ExamVersion) -> dict[int, Pairs]:
    """The same for every question of a release that has such answers, by item. Two queries."""
    answers = written_answers().filter(item__exam_version=exam_version).order_by()
    given = given_marks(answers)
    items = dict(Answer.objects.filter(item__exam_version=exam_version).values_list("pk", "item"))
    found: dict[int, list[tuple[int, tuple[Given, ...]]]] = {}
    for answer, marks in given.items():
        found.setdefault(items[answer], []).append((answer, marks))
    pairs = {item: pairs_in(rows) for item, rows in found.items()}
    return {item: each for item, each in pairs.items() if len(each)}


def pairs_in(given: Iterable[tuple[int, Iterable[Given]]]) -> Pairs:
    """The pairs among the marks of these answers. Marks taken back and imported ones are none."""
    rows: list[tuple[int, Decimal, Decimal]] = []
    for answer, marks in sorted(given, key=lambda each: each[0]):
        newest = newest_by_round(marks)
        if Round.FIRST in newest and Round.SECOND in newest:
            rows.append((answer, newest[Round.FIRST].points, newest[Round.SECOND].points))
    return Pairs(
        first=np.array([first for _answer, first, _second in rows], dtype=np.float64),
        second=np.array([second for _answer, _first, second in rows], dtype=np.float64),
        answers=tuple(answer for answer, _first, _second in rows),
    )
