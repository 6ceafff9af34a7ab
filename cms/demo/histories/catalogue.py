"""What there is to learn and to sit, as far as a history needs to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Question:
    """A question of the bank with its key (`answer`); see `assessments.items`. Difficulty is 1 to 5."""

    key: str
    type: str
    body: Mapping[str, Any]
    answer: Mapping[str, Any]
    difficulty: int


@dataclass(frozen=True)
class Lesson:
    """A released lesson. `checks` maps the blocks that ask something to what they ask; `reflections` are those that
    invite a few words to oneself."""

    id: str
    slug: str
    minutes: int
    checks: Mapping[str, Question]
    reflections: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExamItem:
    """A question and what it is worth in this exam."""

    question: Question
    points: Decimal


@dataclass(frozen=True)
class Exam:
    """A released exam; `pass_percent` is 0 to 100."""

    key: str
    minutes: int
    pass_percent: Decimal
    items: tuple[ExamItem, ...]


@dataclass(frozen=True)
class Catalogue:
    """Courses (their lessons in order) and exams, by key."""

    courses: Mapping[str, tuple[Lesson, ...]]
    exams: Mapping[str, Exam]
