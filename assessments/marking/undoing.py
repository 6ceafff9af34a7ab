"""Taking a mark back, while its result is not out: by a new row that says so. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.marking.given import given_marks, rules_of
from assessments.marking.plans import terms_for
from assessments.marking.settling import left_of, settle
from assessments.models import Answer, Attempt, AttemptStatus, Mark, MarkingLease
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person


def undo_mark(*, mark: Mark, by: Person, now: datetime) -> Mark:
    """Take back the newest mark one gave an answer; gives the row that says so, the same one when done already. The
    script comes back into the marker's hand where it waits for that round again and nobody else has it.

    Raises NotAllowed for somebody else's mark, and Refusal: the result is out ("final"), it is not one's newest mark
    of this answer or no longer counts ("not_newest").
    """
    with transaction.atomic():
        attempts = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version")
        attempt = attempts.get(answers__marks=mark)
        mark = Mark.objects.select_related("answer").get(pk=mark.pk)
        if mark.marked_by_id != by.pk or mark.imported:
            raise NotAllowed(_("Only whoever gave a mark takes it back."))
        undone = Mark.objects.filter(undoes=mark).first()
        if undone:
            return undone
        if attempt.status == AttemptStatus.COMPLETE:
            raise Refusal(_("The result is out; its marks no longer change."), code="final")
        given = given_marks(Answer.objects.filter(pk=mark.answer_id)).get(mark.answer_id, ())
        own = [each for each in left_of(given) if each.marker == by.pk and not each.imported]
        if not own or own[-1].id != mark.pk:
            raise Refusal(_("Only your newest mark of an answer can be taken back."), code="not_newest")
        undone = _take_back(mark, by, now)
        _hand_back(attempt, mark, now)
    return undone


def _take_back(mark: Mark, by: Person, now: datetime) -> Mark:
    undone = Mark.objects.create(
        answer=mark.answer,
        marks=mark.marks,
        penalty=mark.penalty,
        points=mark.points,
        round=mark.round,
        undoes=mark,
        marked_by=by,
        marked_at=now,
    )
    target, slot = f"assessments.attempt:{mark.answer.attempt_id}", mark.answer.slot
    audit.record(action="mark.undone", target=target, by=by, now=now, slot=slot, mark=mark.pk)
    return undone


def _hand_back(attempt: Attempt, mark: Mark, now: datetime) -> None:
    """Into the hand of whoever took it back, who is about to mark it again."""
    given = given_marks(Answer.objects.filter(pk=mark.answer_id)).get(mark.answer_id, ())
    if settle(given, rules_of(attempt)).wanted != mark.round:
        return
    lease = MarkingLease(
        answer=mark.answer,
        round=mark.round,
        marker_id=mark.marked_by_id,
        taken_at=now,
        expires_at=now + terms_for(attempt.exam_key).lease,
    )
    MarkingLease.objects.filter(answer=mark.answer, expires_at__lte=now).delete()
    MarkingLease.objects.bulk_create([lease], ignore_conflicts=True)
