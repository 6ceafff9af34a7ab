"""What people left behind in their courses, read at once: enrolments, lessons, wrong self-checks, reflections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value

from courses.models import CheckAnswer, Enrolment, Reflection
from people.models import Person

ENROLMENT = (
    "id",
    "person_id",
    "course_key",
    "enrolled_at",
    "completed_at",
    "last_at",
    "last_lesson",
    "last_block",
)
LESSON, CHECK, REFLECTION = "lesson", "check", "reflection"


@dataclass
class Traces:
    """One enrolment and what belongs to it: lesson ids opened, lesson id → when completed, keys of self-checks whose
    newest answer is wrong, ids of reflection blocks written."""

    enrolment: Enrolment
    opened: set[str] = field(default_factory=set)
    completed: dict[str, datetime] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def add(self, kind: str, key: str | None, at: datetime | None) -> None:
        """Take in one row of `traces_of`."""
        if key is None:
            return  # enrolled, and nothing opened yet
        if kind == LESSON:
            self.opened.add(key)
            if at:
                self.completed[key] = at
        elif kind == CHECK:
            self.wrong.add(key)
        else:
            self.written.add(key)


def traces_of(people: Iterable[Person]) -> list[Traces]:
    """Every enrolment of these people, the one last touched first. One query."""
    wanted = list(people)
    below = {"enrolment__person__in": wanted}
    lessons = Enrolment.objects.filter(person__in=wanted).values_list(
        *ENROLMENT, Value(LESSON), "lessons__lesson_id", "lessons__completed_at"
    )
    checks = CheckAnswer.objects.filter(**below, correct=False)
    rows = lessons.union(
        _beside(checks, CHECK, "question_key", "answered_at"),
        _beside(Reflection.objects.filter(**below), REFLECTION, "block_id", "written_at"),
        all=True,
    )
    found: dict[int, Traces] = {}
    for row in rows:
        fields = dict(zip(ENROLMENT, row, strict=False))
        traces = found.setdefault(fields["id"], Traces(Enrolment(**fields)))
        traces.add(*row[len(ENROLMENT) :])
    return sorted(found.values(), key=lambda one: (one.enrolment.last_at, one.enrolment.pk), reverse=True)


def _beside(rows: QuerySet[Any], kind: str, key: str, at: str) -> QuerySet[Any]:
    """The enrolment's columns, then what this row adds to it."""
    return rows.values_list(*(f"enrolment__{name}" for name in ENROLMENT), Value(kind), key, at)
