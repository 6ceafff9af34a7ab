"""The geometry of a radar chart: numbers in, ready SVG coordinates out.

Knows no Django, no colour and no words: `components/radar.html` of the site draws what this module measures.
All coordinates are text with one decimal, so that a template can print them under any locale.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby

WIDTH = 300.0
RADIUS = 82.0
RINGS = 4
LONGEST_LINE = 6  # characters of a title before it takes two lines
LETTER = 16.0  # font size of titles in components/radar.html
LEADING = 18.0
ABSENCE = 4 * 15.0  # the words for no evidence, in the smaller letters of figures
GAP = 7.0  # between the web and a label
MARGIN = 4.0

Number = Decimal | float | int


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis to draw: `value` and `goal` are 0..100; None means no evidence, and no requirement."""

    title: str
    value: Number | None
    goal: Number | None = None


@dataclass(frozen=True, slots=True)
class Point:
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, centred on `x` with its baseline at `y`."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnAxis:
    """An axis with the end of its spoke (`x`, `y`), its label and, if there is evidence, its dot.

    `value` and `goal` are the numbers to print (at most one decimal), None where there is none.
    `figure` is where the number, or the words for its absence, stand.
    """

    title: str
    value: str | None
    goal: str | None
    x: str
    y: str
    dot: Point | None
    label: tuple[Line, ...]
    figure: Point


@dataclass(frozen=True, slots=True)
class Radar:
    """A drawn radar; `x`, `y` is its centre.

    `shape` fills what the evidence covers: through the centre where an axis has none, None without any evidence.
    `edges` and `goals` are polylines: one closed run when every axis has a number, else one for each run of
    neighbours that have.
    """

    view_box: str
    x: str
    y: str
    rings: tuple[str, ...]
    axes: tuple[DrawnAxis, ...]
    shape: str | None
    edges: tuple[str, ...]
    goals: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the picture says, in a line: two radars with the same key look the same."""
        return ";".join(f"{axis.title}:{axis.value}:{axis.goal}" for axis in self.axes)


def draw(axes: Iterable[Axis]) -> Radar:
    """Lay out three to ten axes clockwise, the first one pointing up. The same numbers are laid out once.

    Raises ValueError for another number of axes or a value or goal outside 0..100.
    """
    return _laid_out(tuple(axes))


@lru_cache(maxsize=4096)
def _laid_out(axes: tuple[Axis, ...]) -> Radar:
    if not 3 <= len(axes) <= 10:
        raise ValueError(f"A radar has three to ten axes, not {len(axes)}")
    wheel = _Wheel(len(axes))
    values = [_percent(axis.value) for axis in axes]
    goals = [_percent(axis.goal) for axis in axes]
    boxes = [_box(wheel, i, axis) for i, axis in enumerate(axes)]
    top = min(box.top for box in boxes) - MARGIN
    bottom = max(box.bottom for box in boxes) + MARGIN
    return Radar(
        view_box=f"0 {_text(top)} {_text(WIDTH)} {_text(bottom - top)}",
        x=_text(wheel.x),
        y=_text(wheel.y),
        rings=tuple(wheel.path([100 * ring / RINGS] * len(axes)) for ring in range(1, RINGS + 1)),
        axes=tuple(_drawn(wheel, i, axis, boxes[i]) for i, axis in enumerate(axes)),
        shape=None if all(v is None for v in values) else wheel.path([v or 0.0 for v in values]),
        edges=_runs(wheel, values),
        goals=_runs(wheel, goals),
    )


@dataclass(frozen=True, slots=True)
class _Wheel:
    """The directions of the axes around the centre."""

    count: int
    x: float = WIDTH / 2
    y: float = 132.0

    def direction(self, index: int) -> tuple[float, float]:
        angle = 2 * math.pi * index / self.count
        return math.sin(angle), -math.cos(angle)

    def point(self, index: int, percent: float) -> Point:
        dx, dy = self.direction(index)
        reach = RADIUS * percent / 100
        return Point(_text(self.x + dx * reach), _text(self.y + dy * reach))

    def path(self, percents: Sequence[float]) -> str:
        return _joined(self.point(i, percent) for i, percent in enumerate(percents))


@dataclass(frozen=True, slots=True)
class _Box:
    """Where the label of an axis stands: lines of the title, then one line for the number."""

    lines: tuple[str, ...]
    x: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + LEADING * (len(self.lines) + 1)

    def baseline(self, row: int) -> str:
        return _text(self.top + LEADING * row + LETTER * 0.92)


def _box(wheel: _Wheel, index: int, axis: Axis) -> _Box:
    lines = _lines(axis.title)
    figure = ABSENCE if axis.value is None else 0.0
    width, height = max(figure, *(_width(line) for line in lines)), LEADING * (len(lines) + 1)
    dx, dy = wheel.direction(index)
    x = wheel.x + dx * (RADIUS + GAP) + _beside(dx) * width / 2
    y = wheel.y + dy * (RADIUS + GAP) + _beside(dy) * height / 2
    return _Box(lines, x=min(max(x, width / 2), WIDTH - width / 2), top=y - height / 2)


def _beside(share: float) -> float:
    """How far a box steps aside in one direction; on a diagonal it stands with its corner to the axis."""
    return max(-1.0, min(1.0, share * math.sqrt(2)))


def _drawn(wheel: _Wheel, index: int, axis: Axis, box: _Box) -> DrawnAxis:
    end = wheel.point(index, 100)
    x = _text(box.x)
    return DrawnAxis(
        title=axis.title,
        value=_figure(axis.value),
        goal=_figure(axis.goal),
        x=end.x,
        y=end.y,
        dot=None if axis.value is None else wheel.point(index, float(axis.value)),
        label=tuple(Line(x, box.baseline(row), text) for row, text in enumerate(box.lines)),
        figure=Point(x, box.baseline(len(box.lines))),
    )


def _runs(wheel: _Wheel, values: Sequence[float | None]) -> tuple[str, ...]:
    """Polylines through neighbours that have a number, going round; a lone one makes no line."""
    count = len(values)
    if None not in values:
        return (_joined(wheel.point(i % count, values[i % count] or 0.0) for i in range(count + 1)),)
    after_gap = values.index(None) + 1
    turn = [(after_gap + step) % count for step in range(count)]
    runs = (list(group) for known, group in groupby(turn, lambda i: values[i] is not None) if known)
    return tuple(_joined(wheel.point(i, values[i] or 0.0) for i in run) for run in runs if len(run) > 1)


def _percent(value: Number | None) -> float | None:
    if value is not None and not 0 <= value <= 100:
        raise ValueError(f"A radar shows 0 to 100, not {value}")
    return None if value is None else float(value)


def _figure(value: Number | None) -> str | None:
    """The number as people write it: at most one decimal, half up, no trailing zero."""
    if value is None:
        return None
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded:f}".removesuffix(".0")


def _lines(title: str) -> tuple[str, ...]:
    """A long title on two lines: at the space nearest to its middle, else (Chinese) in halves."""
    if _width(title) <= LONGEST_LINE * LETTER:
        return (title,)
    middle = (len(title) + 1) // 2
    spaces = [i for i, letter in enumerate(title) if letter == " "]
    cut = min(spaces, key=lambda i: abs(i - middle), default=middle)
    return (title[:cut].rstrip(), title[cut:].lstrip())


def _width(text: str) -> float:
    """About how wide a line is drawn: a Chinese character is a full square, a Latin letter half of one."""
    return sum(LETTER if unicodedata.east_asian_width(c) in "WF" else LETTER * 0.56 for c in text)


def _joined(points: Iterable[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _text(length: float) -> str:
    return f"{length:.1f}"
