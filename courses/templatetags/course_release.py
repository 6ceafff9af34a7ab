"""Where a course stands on its way to the learners, for the editor's admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from courses.admin_views import may_release, release_url
from courses.drafts import DraftState, state_of, with_releases
from courses.models import CoursePage

register = template.Library()


@dataclass(frozen=True)
class Standing:
    """A course's draft beside its newest version; `waits`: a release would change what learners read."""

    course: Any
    state: DraftState
    url: str
    may_release: bool

    @property
    def waits(self) -> bool:
        return self.state in (DraftState.UNSEEN, DraftState.PUBLISHED)


@register.simple_tag
def release_standing(page: Any, user: Any) -> Standing | None:
    """The standing of the course that a course or lesson page belongs to; None while the page is not saved."""
    if page.pk is None:
        return None
    course_id = page.pk if isinstance(page, CoursePage) else page.get_parent().pk
    course = with_releases(CoursePage.objects.filter(pk=course_id)).get()
    state = state_of(course, on=timezone.localdate())
    return Standing(course, state, release_url(course), may_release(user, course))
