"""Where a draft stands beside its release."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from courses.drafts import DraftState, courses_waiting, state_of, with_releases
from courses.models import CoursePage, LessonPage
from courses.releasing import release_course
from tests.courses.factories import make_course

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def standing(page: CoursePage) -> DraftState:
    return state_of(with_releases(CoursePage.objects.filter(pk=page.pk)).get(), on=TODAY)


def waiting() -> list[str]:
    return [course.slug for course in courses_waiting(on=TODAY)]


def touch(page: Page, at: datetime) -> None:
    """Say when a page was published last, as publishing would."""
    Page.objects.filter(pk=page.pk).update(last_published_at=at)


def test_course_that_was_never_released_waits(now: datetime) -> None:
    course = make_course()
    assert (standing(course), waiting()) == (DraftState.UNSEEN, ["lift"])


def test_released_course_is_current_and_waits_for_nothing(now: datetime) -> None:
    course = make_course(lessons=2)
    touch(course, now - timedelta(days=2))
    release_course(page=course, by=None, now=now - timedelta(days=1))
    found = with_releases(CoursePage.objects.all()).get()
    assert (standing(course), waiting()) == (DraftState.CURRENT, [])
    assert (found.newest_number, found.released_at, found.lessons) == (1, now - timedelta(days=1), 2)


def test_lesson_published_after_the_release_makes_the_course_wait(now: datetime) -> None:
    course = make_course()
    release_course(page=course, by=None, now=now - timedelta(days=1))
    touch(LessonPage.objects.get(), now)
    assert (standing(course), waiting()) == (DraftState.PUBLISHED, ["lift"])


def test_lesson_of_another_course_does_not(now: datetime) -> None:
    course, other = make_course(), make_course("other")
    for page in (course, other):
        release_course(page=page, by=None, now=now - timedelta(days=1))
    touch(LessonPage.objects.child_of(other).get(), now)
    assert (standing(course), waiting()) == (DraftState.CURRENT, ["other"])


def test_saved_change_that_is_not_published_is_told_apart(now: datetime) -> None:
    course = make_course()
    release_course(page=course, by=None, now=now)
    Page.objects.filter(pk=LessonPage.objects.get().pk).update(has_unpublished_changes=True)
    assert (standing(course), waiting()) == (DraftState.EDITED, ["lift"])


def test_course_is_due_on_the_day_of_its_review(now: datetime) -> None:
    course = make_course(review_by=TODAY)
    release_course(page=course, by=None, now=now)
    assert (standing(course), waiting()) == (DraftState.DUE, ["lift"])
    CoursePage.objects.update(review_by=TODAY + timedelta(days=1))
    assert (standing(course), waiting()) == (DraftState.CURRENT, [])


@pytest.mark.parametrize("number", [1, 3])
def test_waiting_courses_are_one_query(number: int, now: datetime) -> None:
    for each in range(number):
        make_course(f"course-{each}")
    with CaptureQueriesContext(connection) as asked:
        assert len(list(courses_waiting(on=TODAY))) == number
    assert len(asked) == 1
