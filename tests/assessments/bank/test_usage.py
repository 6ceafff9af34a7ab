"""Where questions are used: exams, lessons, papers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import pytest

from assessments.bank import usage
from assessments.bank.storing import store_question
from assessments.bank.usage import LessonUse, Usage, exams_with, lessons_asking, never_used, usage_of
from assessments.exams.releasing import release_exam
from assessments.models import Question
from tests.assessments.making import make_attempt, make_exam, make_question, question_item, save
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """One lesson asks base-1, twice; nothing else is asked anywhere."""
    uses = (LessonUse("base-1", "课程　一", "/courses/a/"), LessonUse("base-1", "课程　一", "/courses/a/"))

    def lister(keys: Collection[str] | None) -> Iterator[LessonUse]:
        return (use for use in uses if keys is None or use.question_key in keys)

    monkeypatch.setattr(usage, "_listers", [lister])


def test_a_question_nobody_used_says_so(lessons: None) -> None:
    make_question("Q1")
    assert usage_of(["Q1", "unknown"]) == {"Q1": Usage(), "unknown": Usage()}


@pytest.mark.postgres
def test_papers_answers_exams_and_lessons_are_counted(lessons: None, now: datetime) -> None:
    make_exam()
    first = make_attempt(make_person(), now=LONG_AGO_AT)
    make_attempt(make_person(), now=now)
    save(first, 1, ["o2"], sequence=1, now=LONG_AGO_AT)
    assert usage_of(["base-1"]) == {
        "base-1": Usage(exams=1, lessons=1, shown=2, answered=1, last_shown_at=now)
    }
    assert usage_of(["base-1"])["base-1"].uses == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_of_questions_takes_two_queries(
    number: int, lessons: None, django_assert_num_queries: Any
) -> None:
    make_exam(types=("single",) * 3)
    with django_assert_num_queries(2):
        usage_of([f"base-{each}" for each in range(1, number + 1)])


def test_an_exam_tells_which_version_it_pins_and_whether_it_still_does(now: datetime) -> None:
    make_exam(types=("single", "multiple"))
    store_question(item=question_item("base-1", explanation="改过"), by=None, now=now, live=True)
    definition = {"key": "base", "title": "考试二", "minutes": 20, "pass_percent": 60}
    release_exam(definition={**definition, "questions": [{"key": "base-1", "points": 2}]}, by=None, now=now)
    ((first), (second)) = (exams_with("base-1"), exams_with("base-2"))
    assert [(use.number, use.version_number, use.current, use.title) for use in first] == [
        (2, 2, True, "考试二")
    ]
    assert [(use.number, use.version_number, use.current) for use in second] == [(1, 1, False)]


def test_never_used_means_no_exam_and_no_lesson(lessons: None) -> None:
    make_exam()
    for key in ("Q1", "Q2"):
        make_question(key)
    assert [each.key for each in never_used(Question.objects.order_by("key"))] == ["Q1", "Q2"]


def test_without_a_lister_no_lesson_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_listers", [])
    assert lessons_asking(None) == ()
