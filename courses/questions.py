"""Which lessons ask which questions of the bank, for whoever keeps the bank."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse

from assessments.bank.usage import LessonUse
from courses.models import CourseVersion


def lessons_asking(keys: Collection[str] | None) -> Iterator[LessonUse]:
    """The lessons of every newest release that ask any of these questions, or any at all for None. One query."""
    for course, outline in CourseVersion.objects.newest().order_by("key").values_list("key", "outline"):
        for lesson in outline["lessons"]:
            asked = set(lesson["checks"].values())
            for key in sorted(asked if keys is None else asked.intersection(keys)):
                url = reverse("courses:lesson", args=[course, lesson["slug"]])
                yield LessonUse(key, f"{outline['title']}　{lesson['title']}", url)
