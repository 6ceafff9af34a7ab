"""Courses for tests: small ones built in the page tree and released, or the demo's own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wagtail.models import Page

from assessments.bank.storing import store_question
from courses.models import CourseIndexPage, CourseLeaf, CoursePage, CourseVersion, LessonPage
from courses.releasing import release_course

CANARY = "CANARY-7f3a"


def make_question(key: str = "CHK-1", *, now: datetime, **fields: Any) -> str:
    """A single choice whose right answer is o2; the explanation carries the canary. Returns the key."""
    item = {
        "key": key,
        "type": "single",
        "module": "测试",
        "points": 1,
        "difficulty": 1,
        "leaves": {"DIG": 1},
        "minutes": 1,
        "as_of": "不涉政策",
        "source": "测试",
        "body": {
            "stem": f"题干{key}",
            "options": [{"id": "o1", "text": "可以"}, {"id": "o2", "text": "不可以"}],
        },
        "answer": {"rule": "exact", "correct": "o2"},
        "explanation": f"{CANARY} 未参与不能计为同意。",
        **fields,
    }
    store_question(item=item, by=None, now=now, live=True)
    return key


def make_index() -> CourseIndexPage:
    """The folder of courses, made once."""
    existing = CourseIndexPage.objects.first()
    if existing:
        return existing
    root = Page.objects.get(depth=1)
    return root.add_child(instance=CourseIndexPage(title="课程", slug="courses"))


def make_course(
    slug: str = "lift", *, lessons: int = 1, checks: tuple[str, ...] = (), **fields: Any
) -> CoursePage:
    """A published draft with this many lessons; every lesson has a text and these self-checks."""
    values = {
        "title": "加装电梯",
        "book_label": "加装电梯",
        "summary": "把程序走对。",
        "hours": Decimal(3),
        "as_of": date(2026, 11, 20),
        **fields,
    }
    page = CoursePage(slug=slug, **values)
    page.leaves = [
        CourseLeaf(leaf="LAW", weight=Decimal("0.6")),
        CourseLeaf(leaf="SWK", weight=Decimal("0.4")),
    ]
    make_index().add_child(instance=page)
    for number in range(1, lessons + 1):
        add_lesson(page, f"lesson-{number}", checks=checks)
    return CoursePage.objects.get(pk=page.pk)


def add_lesson(
    course: CoursePage, slug: str, *, checks: tuple[str, ...] = (), body: list[dict[str, Any]] | None = None
) -> LessonPage:
    """A published lesson at the end of the course."""
    if body is None:
        body = [{"type": "text", "id": "opening", "value": "<h2>开头</h2><p>正文</p>"}]
        body += [
            {"type": "self_check", "id": f"check-{n}", "value": {"question": key, "prompt": ""}}
            for n, key in enumerate(checks, start=1)
        ]
    lesson = LessonPage(slug=slug, title=f"课 {slug}", minutes=8, summary="一句话", body=body)
    CoursePage.objects.get(pk=course.pk).add_child(instance=lesson)
    return lesson


def release(slug: str = "lift", *, now: datetime, **fields: Any) -> CourseVersion:
    """A released course; see make_course."""
    return release_course(page=make_course(slug, **fields), by=None, now=now)
