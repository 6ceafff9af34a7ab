"""What other pages show of courses, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from courses.models import CourseVersion, Enrolment, LessonProgress
from courses.models.pages import Module
from people.models import Person

ORDER = list(Module)


@dataclass(frozen=True)
class CourseCard:
    """A released course on the shelf. `hours` is decimal text."""

    key: str
    title: str
    url: str
    book_label: str
    book_kind: str
    summary: str
    module: str
    module_title: str
    hours: str
    lessons: int
    minutes: int


@dataclass(frozen=True)
class NextLesson:
    """Where to go on; the address leads to the block last seen."""

    title: str
    url: str
    minutes: int


@dataclass(frozen=True)
class CourseProgress:
    """How far a person is in a course: lessons done of all lessons of the newest version."""

    course_key: str
    title: str
    url: str
    book_label: str
    book_kind: str
    done: int
    total: int
    next_lesson: NextLesson | None
    completed_at: datetime | None
    last_at: datetime


def catalogue() -> tuple[CourseCard, ...]:
    """Every released course: base modules, special modules, open courses; by key within each. One query."""
    outlines = [version.outline for version in CourseVersion.objects.newest().outlined()]
    outlines.sort(key=lambda outline: (ORDER.index(outline["module"]), outline["key"]))
    return tuple(_card(outline) for outline in outlines)


def progress_of(people: Iterable[Person]) -> dict[UUID, tuple[CourseProgress, ...]]:
    """The courses each person takes, the one last touched first. Three queries for any number of people.

    People without a course are absent.
    """
    enrolments = list(Enrolment.objects.filter(person__in=list(people)).order_by("-last_at", "-pk"))
    if not enrolments:
        return {}
    outlines = _outlines({enrolment.course_key for enrolment in enrolments})
    completed = completed_lessons(enrolments)
    found: dict[UUID, list[CourseProgress]] = {}
    for enrolment in enrolments:
        progress = progress_in(outlines[enrolment.course_key], enrolment, completed.get(enrolment.pk, set()))
        found.setdefault(enrolment.person_id, []).append(progress)
    return {person_id: tuple(courses) for person_id, courses in found.items()}


def progress_in(outline: Mapping[str, Any], enrolment: Enrolment, completed: set[str]) -> CourseProgress:
    """One person's progress, from what is already loaded."""
    lessons = outline["lessons"]
    open_lessons = [lesson for lesson in lessons if lesson["id"] not in completed]
    return CourseProgress(
        course_key=enrolment.course_key,
        title=outline["title"],
        url=reverse("courses:course", args=[enrolment.course_key]),
        book_label=outline["book_label"],
        book_kind=outline["book_kind"],
        done=len(lessons) - len(open_lessons),
        total=len(lessons),
        next_lesson=_next_lesson(enrolment, open_lessons),
        completed_at=enrolment.completed_at,
        last_at=enrolment.last_at,
    )


def completed_lessons(enrolments: Collection[Enrolment]) -> dict[int, set[str]]:
    """Enrolment id → ids of completed lessons. One query."""
    rows = LessonProgress.objects.filter(enrolment__in=enrolments, completed_at__isnull=False)
    found: dict[int, set[str]] = {}
    for enrolment_id, lesson_id in rows.values_list("enrolment_id", "lesson_id"):
        found.setdefault(enrolment_id, set()).add(lesson_id)
    return found


def _outlines(keys: set[str]) -> dict[str, Mapping[str, Any]]:
    versions = CourseVersion.objects.newest().outlined().filter(key__in=keys)
    return {version.key: version.outline for version in versions}


def _next_lesson(enrolment: Enrolment, open_lessons: list[Mapping[str, Any]]) -> NextLesson | None:
    """The lesson somebody was reading if it is not complete, else the first that is not."""
    if not open_lessons:
        return None
    current = [lesson for lesson in open_lessons if lesson["id"] == enrolment.last_lesson]
    lesson = (current or open_lessons)[0]
    url = reverse("courses:lesson", args=[enrolment.course_key, lesson["slug"]])
    if current and enrolment.last_block:
        url += f"#block-{enrolment.last_block}"
    return NextLesson(lesson["title"], url, lesson["minutes"])


def _card(outline: Mapping[str, Any]) -> CourseCard:
    return CourseCard(
        key=outline["key"],
        title=outline["title"],
        url=reverse("courses:course", args=[outline["key"]]),
        book_label=outline["book_label"],
        book_kind=outline["book_kind"],
        summary=outline["summary"],
        module=outline["module"],
        module_title=str(Module(outline["module"]).label),
        hours=outline["hours"],
        lessons=len(outline["lessons"]),
        minutes=sum(lesson["minutes"] for lesson in outline["lessons"]),
    )
