"""What a marker marked last, so that it can be taken back: read from the marks, whatever window one looks from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from assessments.items.checking import as_text
from assessments.marking.plans import terms_for
from assessments.marking.recording import candidate_name
from assessments.models import AttemptStatus, ExamItem, Mark
from people.models import Person


@dataclass(frozen=True)
class Last:
    """The newest mark that can be taken back; `until` is when its result may go out, None where other answers of the
    paper still wait for their marks or nothing keeps it."""

    mark: int
    candidate: str
    points: str
    url: str
    until: datetime | None


def last_marked(marker: Person, item: ExamItem, *, at: datetime) -> Last | None:
    """The marker's newest mark at this question, None once it stands for good. Two queries at most."""
    own = Mark.objects.filter(
        marked_by=marker,
        answer__item=item,
        imported=False,
        undoes=None,
        undone_by=None,
        answer__attempt__status=AttemptStatus.MARKING,
    )
    newest = own.select_related("answer__attempt__exam_version", "answer__attempt__person__account").order_by(
        "-id"
    )
    mark = newest.first()
    if mark is None:
        return None
    attempt = mark.answer.attempt
    undo = terms_for(attempt.exam_key).undo
    until = mark.marked_at + undo if undo else None
    return Last(
        mark=mark.pk,
        candidate=candidate_name(attempt),
        points=as_text(mark.points),
        url=reverse("assessments:mark", args=[attempt.pk, mark.answer.slot]),
        until=until if until and until > at else None,
    )
