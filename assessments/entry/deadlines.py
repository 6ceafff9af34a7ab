"""When a sitting ends. Pure: times and numbers in, a time out.

    end = min(start + duration, close) + own time,   own time = duration · (factor - 1) + minutes added

What is somebody's own stands outside the cut: whoever has more time has it after the close too, and is not late by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

# How long after the deadline an answer still on its way is taken.
GRACE = timedelta(seconds=60)
MICROSECOND = timedelta(microseconds=1)


def deadline(
    *,
    started_at: datetime,
    duration: timedelta,
    closes_at: datetime | None = None,
    time_factor: Decimal = Decimal(1),
    minutes_added: int = 0,
) -> datetime:
    """The last moment of a sitting that starts then, never before it starts.

    `closes_at` is the end of the exam's window or of the session, None without one; `time_factor` is 1 or more;
    `minutes_added` is the sum of the extensions that hold for this person.
    """
    usual = started_at + duration
    end = usual if closes_at is None else max(started_at, min(usual, closes_at))
    return end + own_time(duration, time_factor=time_factor, minutes_added=minutes_added)


def own_time(duration: timedelta, *, time_factor: Decimal, minutes_added: int = 0) -> timedelta:
    """What this person has on top of everybody's duration, to the microsecond, rounded down."""
    more = Decimal(duration // MICROSECOND) * (time_factor - 1)
    return int(more) * MICROSECOND + timedelta(minutes=minutes_added)
