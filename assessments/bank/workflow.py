"""The life of a question: draft, reviewed, in use, suspect, retired, and who moved it where for what reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import (
    QUESTION_TRANSITIONS,
    Question,
    QuestionMove,
    QuestionStatus,
)
from core import audit
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

NEEDS_A_REASON = frozenset({QuestionStatus.SUSPECT, QuestionStatus.RETIRED})


@dataclass(frozen=True)
class Moved:
    """What came of moving several questions: the keys that are there now, and those that could not be moved."""

    moved: tuple[str, ...]
    refused: tuple[str, ...]


def can_move(question: Question, to: QuestionStatus) -> bool:
    """Whether the table of transitions has this step."""
    return to in QUESTION_TRANSITIONS[QuestionStatus(question.status)]


def move_question(
    *, question: Question, to: QuestionStatus, by: Person | None, now: datetime, reason: str = ""
) -> Question:
    """Take a question one step further. A question that is there already is returned as it is.

    In use means that new exams take its newest version, and lessons show it. Suspect and retired questions are taken
    by no new exam; papers that have them keep them, and lessons go on showing the last version that was in use.
    Raises Refusal where the table of transitions has no such step or a reason is missing, NotAllowed for somebody who
    is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=question.pk)
        if question.status == to:
            return question
        check_move(question, to, reason)
        number = question.versions.order_by("-number").values_list("number", flat=True)[0]
        _set_status(question, to, number)
        QuestionMove.objects.create(
            question=question, number=number, status=to, reason=reason.strip(), moved_at=now, moved_by=by
        )
        audit.record(
            action="question.moved",
            target=f"assessments.question:{question.key}",
            by=by,
            now=now,
            number=number,
            status=to.value,
        )
    return question


def move_questions(
    *, keys: Collection[str], to: QuestionStatus, by: Person, now: datetime, reason: str = ""
) -> Moved:
    """Take each of these questions one step further; one that cannot go there stops no other.

    Raises Refusal without a reason where one is needed, NotAllowed for somebody who is not an author.
    """
    check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    _check_reason(to, reason)
    moved, refused = [], []
    for question in Question.objects.filter(key__in=keys).order_by("key"):
        try:
            move_question(question=question, to=to, by=by, now=now, reason=reason)
            moved.append(question.key)
        except Refusal:
            refused.append(question.key)
    return Moved(tuple(moved), tuple(refused))


def check_move(question: Question, to: QuestionStatus, reason: str) -> None:
    """Raises Refusal unless `can_move`, and unless there is a reason where one is needed."""
    if not can_move(question, to):
        raise Refusal(
            _("%(key)s is “%(now)s”; from there it cannot become “%(to)s”.")
            % {"key": question.key, "now": question.get_status_display(), "to": to.label},
            code="transition",
        )
    _check_reason(to, reason)


def _check_reason(to: QuestionStatus, reason: str) -> None:
    if to in NEEDS_A_REASON and not reason.strip():
        raise Refusal(_("Say in a word why, so that others can follow it."), code="reason")


def _set_status(question: Question, to: QuestionStatus, number: int) -> None:
    question.status = to
    if to == QuestionStatus.LIVE:
        question.live_number = question.shown_number = number
    elif to in NEEDS_A_REASON:
        question.live_number = None
    question.save(update_fields=["status", "live_number", "shown_number"])
