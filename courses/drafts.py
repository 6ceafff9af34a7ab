"""Drafts beside their releases: where a course stands on its way from the editor to the learners."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from courses.models import CoursePage, CourseVersion


class DraftState(models.TextChoices):
    """What waits for the author of a course, the most pressing first."""

    UNSEEN = "unseen", _("Not released: learners do not see it yet")
    PUBLISHED = "published", _("Published changes wait for a release")
    EDITED = "edited", _("Changes are saved but not published")
    DUE = "due", _("Due to be compared with its basis")
    CURRENT = "current", _("Learners read what is published")


def with_releases(courses: models.QuerySet[CoursePage]) -> models.QuerySet[CoursePage]:
    """Each with what became of it.

    `newest_number` and `released_at` of its newest version (None before the first), `published_at` of the page in it
    that was published last, `is_edited` (some page has changes that are not published) and the number of `lessons`.
    """
    newest = CourseVersion.objects.filter(page_uuid=OuterRef("translation_key")).order_by("-number")
    pages = Page.objects.filter(path__startswith=OuterRef("path")).order_by()
    published = pages.filter(live=True).exclude(last_published_at=None).order_by("-last_published_at")
    lessons = pages.filter(depth=OuterRef("depth") + 1).values("depth").annotate(number=Count("pk"))
    return courses.annotate(
        newest_number=Subquery(newest.values("number")[:1]),
        released_at=Subquery(newest.values("released_at")[:1]),
        published_at=Subquery(published.values("last_published_at")[:1]),
        is_edited=Exists(pages.filter(has_unpublished_changes=True)),
        lessons=Coalesce(Subquery(lessons.values("number")), 0),
    )


def courses_waiting(*, on: date) -> models.QuerySet[CoursePage]:
    """Courses that wait for a release or a review on this day, `with_releases`, the last edited first. One query."""
    waiting = (
        Q(released_at=None) | Q(published_at__gt=F("released_at")) | Q(is_edited=True) | Q(review_by__lte=on)
    )
    return (
        with_releases(CoursePage.objects.all())
        .filter(waiting)
        .order_by(F("latest_revision_created_at").desc(nulls_last=True), "path")
    )


def state_of(course: CoursePage, *, on: date) -> DraftState:
    """Where a course stands that was loaded `with_releases`; no query."""
    if course.released_at is None:
        return DraftState.UNSEEN
    if course.published_at and course.published_at > course.released_at:
        return DraftState.PUBLISHED
    if course.is_edited:
        return DraftState.EDITED
    if course.review_by and course.review_by <= on:
        return DraftState.DUE
    return DraftState.CURRENT
