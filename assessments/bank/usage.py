"""Where questions are used: exams that pin them, lessons that ask them, papers they were shown on.

Lessons belong to a room above this one: whoever asks questions registers a lister at start-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery

from assessments.models import Answer, ExamItem, ExamVersion, Question


@dataclass(frozen=True)
class LessonUse:
    """A lesson that asks a question, with its address for readers."""

    question_key: str
    title: str
    url: str


LessonLister = Callable[[Collection[str] | None], Iterable[LessonUse]]
"""The lessons that ask any of these questions; all lessons' questions for None."""

_listers: list[LessonLister] = []


@dataclass(frozen=True)
class ExamUse:
    """An exam that pins a question: its newest release that does, and the question's version there.

    `current`: candidates who start today meet the question in it.
    """

    key: str
    title: str
    number: int
    version_number: int
    released_at: datetime
    current: bool


@dataclass(frozen=True)
class Usage:
    """How much a question is used: exams that ever pinned it, lessons that ask it, papers it stood on."""

    exams: int = 0
    lessons: int = 0
    shown: int = 0
    answered: int = 0
    last_shown_at: datetime | None = None

    @property
    def uses(self) -> int:
        """Exams and lessons together."""
        return self.exams + self.lessons


def register_lessons(lister: LessonLister) -> None:
    """Called once at start-up by the room that lessons live in."""
    _listers.append(lister)


def lessons_asking(keys: Collection[str] | None) -> tuple[LessonUse, ...]:
    """The lessons that ask any of these questions, or any at all for None."""
    return tuple(use for lister in _listers for use in lister(keys))


def usage_of(keys: Sequence[str]) -> dict[str, Usage]:
    """How much each of these questions is used, in two queries and what the listers need."""
    lessons: defaultdict[str, set[str]] = defaultdict(set)
    for use in lessons_asking(keys):
        lessons[use.question_key].add(use.url)
    exams, shown = _exams(keys), _shown(keys)
    return {
        key: replace(shown.get(key, Usage()), exams=exams.get(key, 0), lessons=len(lessons[key]))
        for key in keys
    }


def exams_with(key: str) -> tuple[ExamUse, ...]:
    """The released exams that pin the question in any version, by title. One query."""
    newest = ExamVersion.objects.filter(key=OuterRef("exam_version__key")).order_by("-number")
    items = ExamItem.objects.filter(question_version__question__key=key).annotate(
        newest_number=Subquery(newest.values("number")[:1])
    )
    rows = items.values_list(
        "exam_version__key",
        "exam_version__title",
        "exam_version__number",
        "question_version__number",
        "exam_version__released_at",
        "newest_number",
    )
    uses = {
        exam: ExamUse(exam, title, number, version, released_at, number == newest_number)
        for exam, title, number, version, released_at, newest_number in rows.order_by("exam_version__number")
    }
    return tuple(sorted(uses.values(), key=lambda use: (use.title, use.key)))


def never_used(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Those of the questions that no released exam ever pinned and no lesson asks."""
    pinned = ExamItem.objects.filter(question_version__question=OuterRef("pk"))
    asked = {use.question_key for use in lessons_asking(None)}
    return questions.filter(~Exists(pinned)).exclude(key__in=asked)


def _exams(keys: Sequence[str]) -> dict[str, int]:
    items = ExamItem.objects.filter(question_version__question__key__in=keys)
    counted = items.values_list("question_version__question__key")
    return dict(counted.annotate(exams=Count("exam_version__key", distinct=True)))


def _shown(keys: Sequence[str]) -> dict[str, Usage]:
    """What papers say, in one aggregated query."""
    answers = Answer.objects.filter(item__question_version__question__key__in=keys)
    rows = answers.values_list("item__question_version__question__key").annotate(
        shown=Count("pk"), answered=Count("response"), last=Max("attempt__started_at")
    )
    return {
        key: Usage(shown=shown, answered=answered, last_shown_at=last) for key, shown, answered, last in rows
    }
