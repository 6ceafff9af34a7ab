"""When things happen: people learn in the evening or over lunch, offices work by day, and not on holidays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cms.demo.histories.chance import between, fraction

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
LUNCH, EVENING = "lunch", "evening"
LONGEST_AT_LUNCH = 25


@dataclass(frozen=True)
class Calendar:
    """The half year, both days included, and the public holidays in it."""

    first_on: date
    last_on: date
    holidays: Collection[date]

    def office_day(self, day: date) -> date:
        """This day, or the next on which offices work."""
        while day.weekday() in (SATURDAY, SUNDAY) or day in self.holidays:
            day += DAY
        return day

    def covers(self, moment: datetime) -> bool:
        """Whether the half year knows of this moment."""
        return self.first_on <= moment.date() <= self.last_on


def at(day: date, hour: int, minute: int) -> datetime:
    """That time of day in Beijing."""
    return datetime.combine(day, time(hour, minute), ZONE)


def in_office(day: date, *names: object) -> datetime:
    """A time of day when offices work."""
    hour = (9, 10, 11, 14, 15, 16)[between(0, 5, "hour", *names)]
    return at(day, hour, between(3, 52, "minute", *names))


def after_work(day: date, *names: object) -> datetime:
    """A time in the evening."""
    return at(day, between(19, 20, "hour", *names), between(2, 57, "minute", *names))


@dataclass
class Diary:
    """One person's lunches and evenings. What is entered stands: nobody does two things at once."""

    owner: str
    calendar: Calendar
    taken: set[tuple[date, str]] = field(default_factory=set)

    def enter(self, day: date, minutes: int, *names: object, after: datetime | None = None) -> datetime:
        """When something that takes `minutes` begins: on `day` or soon after it, and later than `after`."""
        if after:
            day = max(day, after.date())
        while True:
            for part in self._parts(day, minutes, *names):
                begin = self._time(day, part, *names)
                if (day, part) not in self.taken and (after is None or begin > after):
                    self.taken.add((day, part))
                    return begin
            day += DAY

    def _parts(self, day: date, minutes: int, *names: object) -> tuple[str, ...]:
        if day.weekday() == SATURDAY or day in self.calendar.holidays:
            return ()
        if minutes > LONGEST_AT_LUNCH or day.weekday() == SUNDAY:
            return (EVENING,)
        lunch_first = fraction(self.owner, "lunch", *names) < 0.3
        return (LUNCH, EVENING) if lunch_first else (EVENING,)

    def _time(self, day: date, part: str, *names: object) -> datetime:
        if part == LUNCH:
            return at(day, 12, between(12, 33, self.owner, day, *names))
        return at(day, between(19, 20, self.owner, day, *names), between(4, 38, self.owner, *names))
