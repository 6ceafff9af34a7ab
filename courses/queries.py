"""What other pages show of courses, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from core.prepared import prepared
from courses.models import CourseVersion, Enrolment, LessonProgress
from courses.models.pages import Module
from courses.traces import Traces, traces_of
from people.models import Person

ORDER = list(Module)
# What answering one self-check again, and writing a few sentences for oneself, typically takes.
RETRY_MINUTES, REFLECTION_MINUTES = 3, 5


@dataclass(frozen=True)
class NextLesson:
    """Where to go on; the address leads to the block last seen, which stands under the heading `stopped_at`."""

    title: str
    url: str
    minutes: int
    begun: bool = False
    stopped_at: str = ""


@dataclass(frozen=True)
class CourseCard:
    """A released course on the shelf. `hours` is decimal text; `first` its first lesson, at the course's address:
    whoever has not joined yet begins there."""

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
    first: NextLesson


@dataclass(frozen=True)
class CourseProgress:
    """How far a person is in a course: lessons done of all lessons of the newest version.

    `retries`: open lessons with a self-check answered wrong; `reflections`: lessons done whose reflection nobody has
    written. `learned_at`: when a lesson was last completed. `minutes_left`: of the lessons still open.
    """

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
    retries: tuple[NextLesson, ...] = ()
    reflections: tuple[NextLesson, ...] = ()
    learned_at: datetime | None = None
    minutes_left: int = 0

    @property
    def begun(self) -> bool:
        """Joining alone is not beginning: a lesson is done or being read."""
        return bool(self.done or (self.next_lesson and self.next_lesson.begun))


@dataclass(frozen=True)
class Learning:
    """The whole shelf, and the courses each person takes, the one last touched first; nobody without one is there."""

    shelf: tuple[CourseCard, ...]
    progress: Mapping[UUID, tuple[CourseProgress, ...]]


def catalogue() -> tuple[CourseCard, ...]:
    """Every released course: base modules, special modules, open courses; by key within each. One query."""
    return _shelf(_outlines().values())


def progress_of(people: Iterable[Person]) -> dict[UUID, tuple[CourseProgress, ...]]:
    """The courses each person takes, the one last touched first. Two queries for any number of people.

    People without a course are absent.
    """
    traces = traces_of(people)
    return _progress(traces, _outlines({one.enrolment.course_key for one in traces})) if traces else {}


def minutes_left_of(progress: Iterable[CourseProgress]) -> dict[str, int]:
    """Course key → the minutes of its open lessons, for the courses somebody is in the middle of."""
    return {course.course_key: course.minutes_left for course in progress if course.begun}


def learning_of(people: Iterable[Person]) -> Learning:
    """Shelf and progress together. Two queries for any number of people."""
    outlines = _outlines()
    return Learning(_shelf(outlines.values()), _progress(traces_of(people), outlines))


def progress_in(outline: Mapping[str, Any], enrolment: Enrolment, completed: Iterable[str]) -> CourseProgress:
    """One person's progress, from what is already loaded."""
    lessons, done = outline["lessons"], set(completed)
    open_lessons = [lesson for lesson in lessons if lesson["id"] not in done]
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
        minutes_left=sum(lesson["minutes"] for lesson in open_lessons),
    )


def completed_lessons(enrolments: Collection[Enrolment]) -> dict[int, set[str]]:
    """Enrolment id → ids of completed lessons. One query."""
    found: dict[int, set[str]] = {}
    for enrolment_id, lesson_id in _completed_in([enrolment.pk for enrolment in enrolments]):
        found.setdefault(enrolment_id, set()).add(lesson_id)
    return found


@prepared
def _completed_in(enrolments: Sequence[int]) -> QuerySet[LessonProgress, tuple[int, str]]:
    rows = LessonProgress.objects.filter(enrolment__in=enrolments, completed_at__isnull=False)
    return rows.values_list("enrolment_id", "lesson_id")


def _progress(
    traces: Iterable[Traces], outlines: Mapping[str, Mapping[str, Any]]
) -> dict[UUID, tuple[CourseProgress, ...]]:
    found: dict[UUID, list[CourseProgress]] = {}
    for one in traces:
        outline = outlines[one.enrolment.course_key]
        progress = replace(
            progress_in(outline, one.enrolment, one.completed),
            retries=tuple(_retries(one, outline)),
            reflections=tuple(_unwritten(one, outline)),
            learned_at=max(one.completed.values(), default=None),
        )
        found.setdefault(one.enrolment.person_id, []).append(progress)
    return {person_id: tuple(courses) for person_id, courses in found.items()}


def _outlines(keys: Collection[str] | None = None) -> dict[str, Mapping[str, Any]]:
    rows = _all_outlines() if keys is None else _outlines_of(tuple(keys))
    return dict(rows)


@prepared
def _all_outlines() -> QuerySet[CourseVersion, tuple[str, Mapping[str, Any]]]:
    return CourseVersion.objects.newest().values_list("key", "outline")


@prepared
def _outlines_of(keys: Sequence[str]) -> QuerySet[CourseVersion, tuple[str, Mapping[str, Any]]]:
    return CourseVersion.objects.newest().filter(key__in=keys).values_list("key", "outline")


def _shelf(outlines: Iterable[Mapping[str, Any]]) -> tuple[CourseCard, ...]:
    in_order = sorted(outlines, key=lambda outline: (ORDER.index(outline["module"]), outline["key"]))
    return tuple(_card(outline) for outline in in_order)


def _next_lesson(enrolment: Enrolment, open_lessons: list[Mapping[str, Any]]) -> NextLesson | None:
    """The lesson somebody was reading if it is not complete, else the first that is not."""
    if not open_lessons:
        return None
    current = [lesson for lesson in open_lessons if lesson["id"] == enrolment.last_lesson]
    lesson = (current or open_lessons)[0]
    block = enrolment.last_block if current else ""
    begun = replace(_at(enrolment, lesson, block), begun=bool(current))
    return replace(begun, stopped_at=lesson.get("places", {}).get(block, ""))


def _retries(one: Traces, outline: Mapping[str, Any]) -> Iterator[NextLesson]:
    """Open lessons with a wrong answer; the address leads to the first of them."""
    for lesson in outline["lessons"]:
        checks = lesson.get("checks", {})  # releases from before outlines named them have none
        wrong = [block for block, key in checks.items() if key in one.wrong]
        if wrong and lesson["id"] not in one.completed:
            yield _at(one.enrolment, lesson, wrong[0], minutes=RETRY_MINUTES)


def _unwritten(one: Traces, outline: Mapping[str, Any]) -> Iterator[NextLesson]:
    """Lessons done whose reflection is still blank."""
    for lesson in outline["lessons"]:
        blank = [block for block in lesson.get("reflections", ()) if block not in one.written]
        if blank and lesson["id"] in one.completed:
            yield _at(one.enrolment, lesson, blank[0], minutes=REFLECTION_MINUTES)


def _at(
    enrolment: Enrolment, lesson: Mapping[str, Any], block: str = "", *, minutes: int | None = None
) -> NextLesson:
    url = reverse("courses:lesson", args=[enrolment.course_key, lesson["slug"]])
    anchor = f"#block-{block}" if block else ""
    return NextLesson(lesson["title"], url + anchor, lesson["minutes"] if minutes is None else minutes)


def _card(outline: Mapping[str, Any]) -> CourseCard:
    url, first = reverse("courses:course", args=[outline["key"]]), outline["lessons"][0]
    return CourseCard(
        key=outline["key"],
        title=outline["title"],
        url=url,
        book_label=outline["book_label"],
        book_kind=outline["book_kind"],
        summary=outline["summary"],
        module=outline["module"],
        module_title=str(Module(outline["module"]).label),
        hours=outline["hours"],
        lessons=len(outline["lessons"]),
        minutes=sum(lesson["minutes"] for lesson in outline["lessons"]),
        first=NextLesson(first["title"], url, first["minutes"]),
    )
