"""Which lessons train which abilities, for whoever failed an exam."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from assessments.models import QuestionVersion
from assessments.results.next_steps import LessonToTake
from courses.models import CourseVersion


def lessons_training(leaves: Sequence[str]) -> list[LessonToTake]:
    """Lessons of every newest release that touch one of these leaves, the most fitting first. Two queries.

    What a lesson is about is known from the self-checks it asks; one that asks none is about what its course is about.
    First come lessons whose own checks touch the leaf, by how many do, then those of the courses that weigh it most.
    """
    courses = list(CourseVersion.objects.newest().order_by("key").values_list("outline", flat=True))
    asked = {key for outline in courses for lesson in outline["lessons"] for key in _checks(lesson)}
    versions = QuestionVersion.objects.shown().filter(question__key__in=asked)
    touched = dict(versions.values_list("question__key", "leaves")) if asked else {}
    found = [each for outline in courses for each in _ranked(outline, touched, leaves)]
    return [lesson for _rank, lesson in sorted(found, key=lambda each: each[0])]


def _ranked(
    outline: Mapping[str, Any], touched: Mapping[str, Mapping[str, str]], leaves: Sequence[str]
) -> Iterator[tuple[tuple[Any, ...], LessonToTake]]:
    """The course's lessons that fit, each with what it is sorted by."""
    for number, lesson in enumerate(outline["lessons"]):
        keys = [key for key in _checks(lesson) if key in touched]
        own = {leaf for key in keys for leaf in touched[key]}
        wanted = [leaf for leaf in leaves if leaf in (own or outline["leaves"])]
        if not wanted:
            continue
        fitting = sum(wanted[0] in touched[key] for key in keys)
        weight = Decimal(outline["leaves"].get(wanted[0], 0))
        url = reverse("courses:lesson", args=[outline["key"], lesson["slug"]])
        title = f"{outline['title']}　{lesson['title']}"
        rank = (leaves.index(wanted[0]), -fitting, -weight, outline["key"], number)
        yield rank, LessonToTake(title, url, frozenset(wanted))


def _checks(lesson: Mapping[str, Any]) -> list[str]:
    """The questions a lesson asks; releases from before outlines named them have none."""
    return list(lesson.get("checks", {}).values())
