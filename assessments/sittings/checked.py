"""Right or wrong after each question: the candidate asks for the mark of one answer, which then no longer changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from assessments.attempts import AttemptClosed, refuse_unknown
from assessments.entry.deadlines import GRACE
from assessments.exams.settings import TELLING, ExamSettings, Phase, Shown
from assessments.items import item_type
from assessments.models import Answer, Attempt, AttemptStatus
from assessments.regrading.terms import Terms, terms_of
from assessments.results.report_lines import KeyLines, key_lines_of
from assessments.results.scoring import score_answer
from core.errors import Refusal
from people.models import Person


@dataclass(frozen=True)
class Told:
    """What a candidate is told of an answer they checked. Points are text, "" where the exam does not tell the mark.

    `key` is None where neither the right answer nor the explanation shows; `response` is the answer in words.
    """

    slot: int
    response: str
    points: str
    max: str
    full: bool
    key: KeyLines | None


def check_answer(*, attempt_id: UUID, person: Person, slot: int, now: datetime) -> Told:
    """Settle the stored answer in this slot of the person's own open attempt, and tell what came of it.

    Save what stands on the page first (`saving.save_answer`). Once is enough: checked again, the same is told. Raises
    NoSuchAnswer, AttemptClosed, or Refusal where the exam tells at its end ("at_end"), where a person marks
    ("by_person") and where nothing was answered yet ("unanswered").
    """
    answer = (
        Answer.objects.select_related("attempt__exam_version", "item__question_version")
        .filter(attempt=attempt_id, attempt__person=person, slot=slot)
        .first()
    ) or refuse_unknown()
    _check_may_be_told(answer)
    if answer.checked_at is None:
        _settle(answer, now)
        answer.refresh_from_db(fields=["response", "checked_at"])
    return told_of(answer.attempt, [answer])[slot]


def read_told(attempt: Attempt, slot: int | None = None) -> dict[int, Told]:
    """What shows of this answer, or of every one of the paper, by slot; of checked ones only.

    Two queries, and none where the exam tells at its end.
    """
    if not ExamSettings.of(attempt.exam_version.document).checks_each:
        return {}
    answers = attempt.answers.filter(checked_at__isnull=False).select_related("item__question_version")
    return told_of(attempt, answers if slot is None else answers.filter(slot=slot))


def told_of(attempt: Attempt, answers: Iterable[Answer]) -> dict[int, Told]:
    """What shows of those of the answers that were checked, by slot, on the terms in force. The answers come with their
    questions and keys. One query where any was checked."""
    shown = ExamSettings.of(attempt.exam_version.document).review[Phase.DURING]
    checked = [answer for answer in answers if answer.checked_at]
    if not checked:
        return {}
    terms = terms_of(attempt.exam_version)
    return {answer.slot: _told(answer, shown, terms) for answer in checked}


def _check_may_be_told(answer: Answer) -> None:
    if not ExamSettings.of(answer.attempt.exam_version.document).checks_each:
        raise Refusal(_("This exam tells right and wrong after it was handed in."), code="at_end")
    if item_type(answer.item.question_version.type).marked_by_person:
        raise Refusal(_("A person marks this answer, after you have handed in."), code="by_person")
    if answer.response is None:
        raise Refusal(_("Answer the question first, then check it."), code="unanswered")


def _settle(answer: Answer, now: datetime) -> None:
    """One statement: whoever saves at the same moment comes before it, or finds the answer settled."""
    running = Attempt.objects.filter(
        pk=OuterRef("attempt"), status=AttemptStatus.OPEN, deadline_at__gte=now - GRACE
    )
    unsettled = Answer.objects.filter(Exists(running), pk=answer.pk, checked_at=None, response__isnull=False)
    if (
        not unsettled.update(checked_at=now)
        and not Answer.objects.filter(pk=answer.pk, checked_at__isnull=False).exists()
    ):
        raise AttemptClosed(
            _("Time is over, and what was saved in time has been kept. Open the result page to read on.")
        )


def _told(answer: Answer, shown: frozenset[Shown], terms: Terms) -> Told:
    version = answer.item.question_version
    score, marks = score_answer(answer, None, terms), Shown.MARK in shown
    line = score.as_json()
    return Told(
        slot=answer.slot,
        response=item_type(version.type).in_words(version.body, answer.order, answer.response),
        points=line["points"] if marks else "",
        max=line["max"] if marks else "",
        full=marks and score.points == score.max,
        key=key_lines_of(version, terms.of(answer.item), order=answer.order, shown=shown)
        if shown & TELLING
        else None,
    )
