"""A sitting that is under way and gets time of its own, because an arrangement was granted meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from assessments.entry.deadlines import GRACE, own_time
from assessments.models import Attempt, AttemptStatus, EventKind, SittingEvent
from people.models import Person

MINUTE = timedelta(minutes=1)


def open_sittings(person: Person, exam_key: str, *, now: datetime) -> list[Attempt]:
    """Sittings of this exam ("": of any) that still run, locked in one order; also one within the grace."""
    running = Attempt.objects.filter(person=person, status=AttemptStatus.OPEN, deadline_at__gte=now - GRACE)
    if exam_key:
        running = running.filter(exam_key=exam_key)
    return list(running.select_for_update(of=("self",)).select_related("exam_version").order_by("pk"))


def give_own_time(attempt: Attempt, *, before: Decimal, after: Decimal, now: datetime) -> None:
    """Move the deadline of a locked sitting by what the greater factor gives on top, and write it into its journal.

    A smaller factor takes nothing away: what was promised to somebody who sits there stays.
    """
    duration = timedelta(minutes=attempt.exam_version.minutes)
    more = own_time(duration, time_factor=after) - own_time(duration, time_factor=before)
    if more <= timedelta(0):
        return
    attempt.deadline_at += more
    attempt.save(update_fields=["deadline_at"])
    SittingEvent.objects.create(
        attempt=attempt,
        kind=EventKind.EXTENDED,
        happened_at=now,
        detail={"minutes": -(-more // MINUTE)},
    )
