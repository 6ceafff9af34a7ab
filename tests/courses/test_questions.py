"""Which lessons ask which questions: told to the bank, which lies below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.bank.usage import LessonUse, lessons_asking
from courses.releasing import release_course
from tests.assessments.making import make_question
from tests.courses.factories import make_course

pytestmark = pytest.mark.django_db


def test_released_lessons_are_listed_by_question(now: datetime, django_assert_num_queries: Any) -> None:
    for key in ("CHK-1", "CHK-2"):
        make_question(key)
    release_course(page=make_course("lift", checks=("CHK-1", "CHK-2")), by=None, now=now)
    make_course("draft", checks=("CHK-1",))
    with django_assert_num_queries(1):
        uses = lessons_asking(["CHK-2"])
    assert [(use.question_key, use.title) for use in uses] == [("CHK-2", "加装电梯　课 lesson-1")]
    assert uses[0].url == "/courses/lift/lessons/lesson-1/"
    assert {use.question_key for use in lessons_asking(None)} == {"CHK-1", "CHK-2"}
    assert isinstance(uses[0], LessonUse)
