"""The lessons of a course as `components/timeline.html` draws them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.prepared import prepared
from courses.models import Enrolment, LessonProgress
from courses.queries import CourseProgress, progress_in

Step = dict[str, Any]


def lesson_steps(
    outline: Mapping[str, Any], enrolment: Enrolment | None
) -> tuple[list[Step], CourseProgress | None]:
    """The steps, and how far one is (None for somebody who has not joined). One query at most."""
    if enrolment is None:
        return [_step(lesson) for lesson in outline["lessons"]], None
    opened = dict(_lessons_opened(enrolment.pk))
    completed = {lesson_id for lesson_id, completed_at in opened.items() if completed_at}
    standing = progress_in(outline, enrolment, completed)
    steps = []
    for lesson in outline["lessons"]:
        url = reverse("courses:lesson", args=[outline["key"], lesson["slug"]])
        current = bool(standing.next_lesson and standing.next_lesson.url.partition("#")[0] == url)
        chip = _chip(lesson["id"] in completed, lesson["id"] in opened)
        steps.append(_step(lesson) | chip | {"url": url, "current": current})
        if current:
            steps[-1]["state"] = "turn"
    return steps, standing


@prepared
def _lessons_opened(enrolment: int) -> QuerySet[LessonProgress, tuple[str, datetime | None]]:
    """Lesson id, and when it was completed."""
    return LessonProgress.objects.filter(enrolment=enrolment).values_list("lesson_id", "completed_at")


def _step(lesson: Mapping[str, Any]) -> Step:
    minutes = ngettext("about %(count)s minute", "about %(count)s minutes", lesson["minutes"]) % {
        "count": lesson["minutes"]
    }
    note = _("%(summary)s, %(minutes)s") % {"summary": lesson["summary"], "minutes": minutes}
    return {"title": lesson["title"], "note": note if lesson["summary"] else minutes}


def _chip(completed: bool, opened: bool) -> Step:
    if completed:
        return {"state": "done", "chip_state": "done", "chip_text": pgettext("course", "completed")}
    if opened:
        return {"chip_state": "doing", "chip_text": pgettext("course", "begun")}
    return {"chip_state": "open", "chip_text": pgettext("course", "not begun")}
