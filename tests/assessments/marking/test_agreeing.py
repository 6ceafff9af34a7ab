"""First and second markings side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.marking.agreeing import pairs_of_exam, pairs_of_item
from assessments.marking.undoing import undo_mark
from tests.assessments.marking.scripts import (
    TWICE,
    answer_of,
    item_of,
    make_marker,
    make_papers,
    make_written,
    mark,
)

pytestmark = pytest.mark.django_db


def test_pairs_are_the_newest_marks_of_both_rounds(now: datetime, django_assert_num_queries: Any) -> None:
    papers = make_written(4, now=now, **TWICE)
    one, two, three = (make_marker() for _number in range(3))
    given = [("0", "2"), ("1", "1"), ("2", "0.5"), ("1", "2")]
    for attempt, (first, second) in zip(papers, given, strict=True):
        mark(attempt, one, now, first)
        last = mark(attempt, two, now, second)
    undo_mark(mark=last, by=two, now=now)
    mark(papers[0], one, now, "0.5")
    mark(papers[2], three, now, "1")
    item = item_of(papers[0])
    with django_assert_num_queries(1):
        pairs = pairs_of_item(item)
    answers = [answer_of(each).pk for each in papers[:3]]
    by_answer = dict(zip(pairs.answers, zip(pairs.first, pairs.second, strict=True), strict=True))
    assert by_answer == dict(zip(answers, [(0.5, 2), (1, 1), (2, 0.5)], strict=True))
    assert (len(pairs), pairs.first.dtype.name) == (3, "float64")


def test_pairs_of_an_exam_are_by_question(now: datetime, django_assert_num_queries: Any) -> None:
    (attempt,) = make_written(now=now, **TWICE)
    one, two = make_marker(), make_marker()
    for count in (1, 2):
        for paper in [attempt] if count == 1 else make_papers(2, now):
            mark(paper, one, now, "1")
            mark(paper, two, now, "2")
        with django_assert_num_queries(2):
            pairs = pairs_of_exam(attempt.exam_version)
        assert {item: list(each.second) for item, each in pairs.items()} == {
            item_of(attempt).pk: [2.0] * (1 if count == 1 else 3)
        }


def test_what_was_marked_once_has_no_pairs(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    mark(attempt, make_marker(), now)
    assert (len(pairs_of_item(item_of(attempt))), pairs_of_exam(attempt.exam_version)) == (0, {})
