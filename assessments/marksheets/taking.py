"""The lines of one paper become marks, and the paper's result goes out when nothing of it waits any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from assessments.marking.completing import complete_if_settled
from assessments.marking.given import given_marks
from assessments.marksheets.fates import fate_of
from assessments.marksheets.steps import TAKEABLE
from assessments.marksheets.worth import Worth
from assessments.models import (
    Answer,
    Attempt,
    AttemptStatus,
    Mark,
    MarkComment,
    MarkingLease,
    MarkLine,
    MarkLineFate,
)
from core import audit
from people.models import Person


def import_marks(
    *, attempt: Attempt, lines: Sequence[MarkLine], reachable: bool, by: Person, now: datetime
) -> int:
    """Take the lines that mean this paper; returns how many marks were written.

    Call it in a transaction: it takes the paper's lock, asks again what each line would do by now, and writes down with
    the line what was done. Lines of a paper that is not `reachable` any more for whoever brought them are skipped.
    Nothing that a person gave is touched, and no paper whose result is out.
    """
    locked = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
    attempt = locked.get(pk=attempt.pk)
    answers = {each.pk: each for each in attempt.answers.filter(pk__in=[line.answer_id for line in lines])}
    given = given_marks(Answer.objects.filter(pk__in=answers).order_by())
    count = 0
    for line in lines:
        answer = answers[line.answer_id or 0]
        worth = worth_in(line)
        fate, reason = fate_of(worth, given.get(answer.pk, ()), AttemptStatus(attempt.status))
        if not reachable:
            fate, reason = MarkLineFate.SKIPPED, _("You may not bring marks for this candidate any more.")
        line.fate, line.reason, line.taken_at = fate, reason, now if fate in TAKEABLE else None
        if fate in TAKEABLE:
            _write(answer, worth, line, by, now)
            count += 1
    MarkLine.objects.bulk_update(lines, ["fate", "reason", "taken_at"])
    if count:
        complete_if_settled(attempt, now=now)
    return count


def worth_in(line: MarkLine) -> Worth:
    """What a line that can be taken gives; its `marks` hold the penalty too, as a score's details do."""
    assert line.points is not None  # noqa: S101 -- the database has it so
    marks = dict(line.marks)
    penalty = marks.pop("penalty", "0")
    return Worth(line.points, marks, penalty, line.comment)


def _write(answer: Answer, worth: Worth, line: MarkLine, by: Person, now: datetime) -> None:
    mark = Mark.objects.create(
        answer=answer,
        marks=worth.marks,
        penalty=worth.penalty,
        points=worth.points,
        imported=True,
        marked_by=by,
        marked_at=now,
    )
    if worth.comment:
        MarkComment.objects.create(mark=mark, text=worth.comment)
    MarkingLease.objects.filter(answer=answer).delete()
    audit.record(
        action="answer.mark_imported",
        target=f"assessments.attempt:{answer.attempt_id}",
        by=by,
        now=now,
        slot=answer.slot,
        mark=mark.pk,
        sheet=str(line.sheet_id),
        line=line.number,
    )
