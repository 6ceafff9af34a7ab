"""Learners of the demo working through courses: each self-check answered as the key says, then the lesson completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.bank import newest_version as newest_question
from cms.demo.pack import moment
from courses.enrolments import enrol
from courses.lessons import lesson_with, newest_version, self_checks
from courses.models import Enrolment, LessonProgress
from courses.progress import answer_check, complete_lesson, open_lesson
from people.models import Person


def study(person: Person, story: Mapping[str, Any]) -> None:
    """Enrol and complete the lessons the story names, each at its time."""
    enrolment = enrol(person=person, course_key=story["course"], now=moment(story["enrolled_at"]))
    version = newest_version(story["course"])
    assert version is not None, story["course"]  # noqa: S101  (the builder released it just before)
    for done in story.get("lessons", ()):
        lesson = lesson_with(version.content, slug=done["lesson"])
        assert lesson is not None, done["lesson"]  # noqa: S101  (a mistake in the pack)
        _complete(enrolment, lesson, done["completed_at"])


def _complete(enrolment: Enrolment, lesson: Mapping[str, Any], completed_at: str) -> None:
    completed = LessonProgress.objects.filter(enrolment=enrolment, lesson_id=lesson["id"])
    if completed.exclude(completed_at=None).exists():
        return
    now = moment(completed_at)
    open_lesson(enrolment=enrolment, lesson_id=lesson["id"], now=now)
    for block_id, question in self_checks(lesson).items():
        raw = _right_answer(newest_question(question).answer)
        answer_check(enrolment=enrolment, lesson_id=lesson["id"], block_id=block_id, raw=raw, now=now)
    complete_lesson(enrolment=enrolment, lesson_id=lesson["id"], now=now)


def _right_answer(key: Mapping[str, Any]) -> Any:
    """The response that a question's key calls right."""
    if "orders" in key:
        return key["orders"][0]
    return key["pairs"] if "pairs" in key else key["correct"]
