"""The geometry of a time scale: what happened, on lanes over months. Dates in, positions in percent out.

Knows no database and no words: `components/timescale.html` draws and names what this module measures. Positions are
text with one decimal, so that a template prints them under any locale; lanes are measured in lines of text (em).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_TICKS = 6  # month names that still fit side by side on a phone
EDGE = 2.0  # percent kept free at both ends, so that marks at the ends are whole
HEAD = 3.0  # em: the year and the month above the lanes
LANE = 2.5  # em: the lane's title and its line


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day. `state` is met, missing, issued, due or "" (it merely happened)."""

    on: date
    lane: str
    title: str
    state: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a month and where it stands; `named` when there is room for its name."""

    on: date
    x: str
    named: bool
    opens_year: bool


@dataclass(frozen=True, slots=True)
class Spot:
    mark: Mark
    x: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the figure: the baseline of its title and the height of its line, in em."""

    title: str
    title_y: str
    y: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Timescale:
    """A drawn scale; `marks` are the same in order of time, for the table; `height` is in em."""

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    today_x: str | None
    height: str


def draw(marks: Iterable[Mark], *, until: date, since: date | None = None) -> Timescale | None:
    """Lay marks out from the month of the first one (or of `since`) to the end of the month of `until`.

    A mark after `until` (a certificate's end, a deadline) stretches the scale and shows where today is. Lanes come in
    the order of their first marks. None without marks: there is nothing to draw.
    """
    known = tuple(sorted(marks, key=lambda mark: mark.on))
    if not known:
        return None
    first = _month(min(known[0].on, since or known[0].on))
    last = _next_month(max(known[-1].on, until))
    names = tuple(dict.fromkeys(mark.lane for mark in known))
    return Timescale(
        ticks=_ticks(first, last),
        lanes=tuple(_lane(row, name, known, first, last) for row, name in enumerate(names)),
        marks=known,
        today_x=_x(until, first, last) if known[-1].on > until else None,
        height=f"{HEAD + LANE * len(names):.1f}",
    )


def _lane(row: int, name: str, marks: Sequence[Mark], first: date, last: date) -> Lane:
    top = HEAD + LANE * row
    spots = tuple(Spot(mark, _x(mark.on, first, last)) for mark in marks if mark.lane == name)
    return Lane(name, title_y=f"{top + 0.9:.1f}", y=f"{top + 1.6:.1f}", spots=spots)


def _ticks(first: date, last: date) -> tuple[Tick, ...]:
    months = [first]
    while months[-1] < last:
        months.append(_next_month(months[-1]))
    months.pop()
    step = -(-len(months) // MOST_TICKS)
    named = [months[0], *months[step : len(months) - step + 1 : step]]
    years = {year.year: year for year in reversed(named)}.values()
    return tuple(Tick(on, _x(on, first, last), on in named, on in years) for on in months)


def _x(day: date, first: date, last: date) -> str:
    share = (day - first) / (last - first)
    return f"{EDGE + (100 - 2 * EDGE) * share:.1f}"


def _month(day: date) -> date:
    return day.replace(day=1)


def _next_month(day: date) -> date:
    return _month(_month(day) + timedelta(days=31))
