"""Sittings with a journal, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assessments.attempts import submit_attempt
from assessments.models import Attempt, EventKind, HeldAnswer, HeldReason, SittingEvent
from people.models import Person
from tests.assessments.making import make_attempt
from tests.factories import make_person


def make_sitting(
    now: datetime, person: Person | None = None, *, exam_key: str = "base", **fields: Any
) -> Attempt:
    """A sitting with every answer right, handed in a minute after it began."""
    person = person or make_person()
    attempt = make_attempt(person, exam_key, now=now - timedelta(minutes=1), answered=True)
    Attempt.objects.filter(pk=attempt.pk).update(**fields)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def note(attempt: Attempt, kind: EventKind, now: datetime, *, times: int = 1, **detail: Any) -> None:
    """So many lines of this kind in the journal."""
    for _time in range(times):
        SittingEvent.objects.create(attempt=attempt, kind=kind, happened_at=now, detail=detail)


def hold(
    attempt: Attempt, now: datetime, *, slot: int = 1, response: Any = "o1", sequence: int = 99
) -> HeldAnswer:
    """An answer that came late and waits."""
    return HeldAnswer.objects.create(
        attempt=attempt,
        slot=slot,
        response=response,
        sequence=sequence,
        fence=0,
        reason=HeldReason.LATE,
        received_at=now,
    )
