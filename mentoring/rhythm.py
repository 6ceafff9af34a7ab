"""How often mentor and mentee meet: within a week of the agreement, then once a month, as plans are split by month."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings

FIRST_WITHIN = timedelta(days=7)
EVERY_DAYS = 31


def next_session_by(*, since_on: date, last_session_on: date | None) -> date:
    """The day by which the next session should have been: a week after the agreement began, then a month after the
    last one (setting MENTORING_SESSION_DAYS)."""
    if last_session_on is None:
        return since_on + FIRST_WITHIN
    return last_session_on + timedelta(days=getattr(settings, "MENTORING_SESSION_DAYS", EVERY_DAYS))
