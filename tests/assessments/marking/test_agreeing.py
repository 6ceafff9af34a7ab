"""First and second markings side by side."""

from __future__ import annotations

from datetime import datetime

import pytest

from assessments.marking.agreeing import pairs_in
from assessments.marking.given import given_marks
from assessments.marking.undoing import undo_mark
from assessments.models import Answer, Mark
from tests.assessments.marking.scripts import TWICE, answer_of, make_marker, make_written, mark

pytestmark = pytest.mark.django_db


def test_pairs_are_the_newest_marks_of_both_rounds(now: datetime) -> None:
    papers = make_written(5, now=now, **TWICE)
    one, two, three = (make_marker() for _number in range(3))
    given = [("0", "2"), ("1", "1"), ("2", "0.5"), ("1", "2")]
    for attempt, (first, second) in zip(papers, given, strict=False):
        mark(attempt, one, now, first)
        last = mark(attempt, two, now, second)
    undo_mark(mark=last, by=two, now=now)
    mark(papers[0], one, now, "0.5")
    mark(papers[2], three, now, "1")
    answer, clerk = answer_of(papers[4]), make_marker()
    for round in (1, 2):
        said = {"marks": {}, "penalty": "0", "points": 1, "imported": True, "round": round}
        Mark.objects.create(answer=answer, marked_by=clerk, marked_at=now, **said)
    pairs = pairs_in(given_marks(Answer.objects.filter(attempt__in=papers)).items())
    assert pairs.answers == tuple(sorted(answer_of(each).pk for each in papers[:3]))
    by_answer = dict(zip(pairs.answers, zip(pairs.first, pairs.second, strict=True), strict=True))
    expected = [(0.5, 2), (1, 1), (2, 0.5)]
    assert [by_answer[answer_of(each).pk] for each in papers[:3]] == expected
    assert (len(pairs), pairs.first.dtype.name) == (3, "float64")


def test_what_was_marked_once_has_no_pairs(now: datetime) -> None:
    (attempt,) = make_written(now=now)
    mark(attempt, make_marker(), now)
    assert len(pairs_in(given_marks(Answer.objects.filter(attempt=attempt)).items())) == 0
