"""Which lessons train an ability: by the self-checks they ask, else by their course; released ones only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from courses.models import CoursePage
from courses.releasing import release_course
from courses.training import lessons_training
from tests.assessments.making import make_question
from tests.courses.factories import add_lesson, make_course

pytestmark = pytest.mark.django_db


def add_asking(course: CoursePage, slug: str, *keys: str) -> None:
    body: list[dict[str, Any]] = [
        {"type": "self_check", "id": f"check-{key}", "value": {"question": key, "prompt": ""}} for key in keys
    ]
    add_lesson(course, slug, body=[{"type": "text", "id": "t1", "value": "<h2>段</h2><p>文。</p>"}, *body])


@pytest.fixture
def released(now: datetime) -> None:
    """A course with a lesson that asks about law, one that asks about technique twice, one that asks nothing."""
    for key, leaf in (("K-LAW", "LAW"), ("K-DIG", "DIG"), ("K-DIG2", "DIG")):
        make_question(key, leaves={leaf: 1})
    course = make_course("mixed", lessons=0)
    add_asking(course, "law", "K-LAW")
    add_asking(course, "technique", "K-LAW", "K-DIG", "K-DIG2")
    add_asking(course, "reading")
    release_course(page=CoursePage.objects.get(pk=course.pk), by=None, now=now)


def slugs(*leaves: str) -> list[str]:
    return [each.url.split("/")[-2] for each in lessons_training(leaves)]


def test_lessons_that_ask_about_it_most_come_first(released: None) -> None:
    assert slugs("DIG")[0] == "technique"
    assert "law" not in slugs("DIG")


def test_lesson_that_asks_nothing_is_about_what_its_course_is_about(released: None) -> None:
    assert slugs("SWK") == ["reading"]
    assert slugs("LAW") == ["law", "technique", "reading"]


def test_ability_that_no_course_is_about_has_no_lesson(released: None) -> None:
    assert slugs("INN") == []


def test_course_that_is_not_released_is_not_offered(released: None, now: datetime) -> None:
    draft = make_course("draft", lessons=0)
    add_asking(draft, "unreleased", "K-DIG")
    assert "unreleased" not in slugs("DIG")


def test_lessons_are_found_in_two_queries_at_one_and_at_three_courses(
    released: None, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        lessons_training(["DIG", "LAW"])
    for slug in ("two", "three"):
        course = make_course(slug, lessons=0)
        add_asking(course, f"{slug}-lesson", "K-DIG")
        release_course(page=CoursePage.objects.get(pk=course.pk), by=None, now=now)
    with django_assert_num_queries(2):
        lessons_training(["DIG", "LAW"])
