"""Calendar arithmetic of schemes: whole months, in dates of Asia/Shanghai."""

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The date in Shanghai. Raises ValueError for a time without zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(SHANGHAI).date()


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a month too short for it; months may be negative."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def counts_until(occurred_at: datetime, months: int) -> date:
    """The last day on which something is not older than so many months: 2025-05-01 for 24 months from 2023-05-01."""
    return months_later(day_of(occurred_at), months)


def last_day(first: date, months: int) -> date:
    """The last day of a validity of so many months, as certificates print it: 2029-09-19 for 36 from 2026-09-20."""
    return months_later(first, months) - timedelta(days=1)
