"""What people left behind in their courses, read at once: enrolments, lessons, wrong self-checks, reflections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Value

from core.prepared import prepared
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
    found: dict[int, Traces] = {}
    for row in _rows([person.pk for person in people]):
        fields = dict(zip(ENROLMENT, row, strict=False))
        traces = found.setdefault(fields["id"], Traces(Enrolment(**fields)))
        traces.add(*row[len(ENROLMENT) :])
    return sorted(found.values(), key=lambda one: (one.enrolment.last_at, one.enrolment.pk), reverse=True)


@prepared
def _rows(people: Sequence[UUID]) -> QuerySet[Enrolment, tuple[Any, ...]]:
    """The columns of an enrolment, and one thing that was left behind in it."""
    lessons = Enrolment.objects.filter(person__in=people).values_list(
        *ENROLMENT, Value(LESSON), "lessons__lesson_id", "lessons__completed_at"
    )
    checks = CheckAnswer.objects.filter(enrolment__person__in=people, correct=False)
    reflections = Reflection.objects.filter(enrolment__person__in=people)
    return lessons.union(
        _beside(checks, CHECK, "question_key", "answered_at"),
        _beside(reflections, REFLECTION, "block_id", "written_at"),
        all=True,
    )


def _beside(rows: QuerySet[Any], kind: str, key: str, at: str) -> QuerySet[Any]:
    """The enrolment's columns, then what this row adds to it."""
    return rows.values_list(*(f"enrolment__{name}" for name in ENROLMENT), Value(kind), key, at)
