"""Inboxes: everybody reads theirs now and then, so that only what came lately is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from cms.demo.histories.chance import between
from cms.demo.histories.hours import DAY, Calendar, at
from cms.demo.histories.steps import InboxRead

DAYS_BETWEEN = 30
LAST_READ = (8, 20)  # days before the end of the half year


def read_inboxes(joined: Mapping[str, date], calendar: Calendar) -> Iterator[InboxRead]:
    """In the morning of a working day, from the last time backwards. `joined` are days by staff number."""
    for person, joined_on in joined.items():
        day = calendar.last_on - between(*LAST_READ, "inbox", person) * DAY
        while day > max(joined_on, calendar.first_on):
            yield InboxRead(at(calendar.office_day(day), 8, between(31, 58, person, day)), person)
            day -= DAYS_BETWEEN * DAY
