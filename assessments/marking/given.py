"""The marks of answers as `settling` reads them: those that were given to the answer as it stands now."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from assessments.exams.settings import ExamSettings
from assessments.marking.settling import Given, Rules
from assessments.models import Answer, Attempt, Mark

STILL = Q(answer__saved_at=None) | Q(marked_at__gte=F("answer__saved_at"))
FIELDS = (
    "answer",
    "id",
    "marked_by",
    "round",
    "points",
    "marks",
    "penalty",
    "marked_at",
    "imported",
    "undoes",
    "comment__text",
)


def given_marks(answers: QuerySet[Answer]) -> dict[int, tuple[Given, ...]]:
    """The marks of these answers by answer id, oldest first; nothing for an answer without. One query."""
    found: dict[int, tuple[Given, ...]] = {}
    marks = Mark.objects.filter(STILL, answer__in=answers).order_by("id")
    for answer, *said, comment in marks.values_list(*FIELDS):
        found[answer] = (*found.get(answer, ()), Given(*(*said, comment or "")))
    return found


def given_in(attempt: Attempt) -> dict[int, tuple[Given, ...]]:
    """The same for one paper."""
    return given_marks(Answer.objects.filter(attempt=attempt).order_by())


def rules_of(attempt: Attempt) -> Rules:
    """How the marks of this paper come together, as its release has it."""
    settings = ExamSettings.of(attempt.exam_version.document)
    return Rules(settings.double_marking, settings.marking_tolerance)
