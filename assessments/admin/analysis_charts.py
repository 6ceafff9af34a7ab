"""The pictures of an analysis in the coordinates of their drawings; each has a table with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from assessments.items.forms import LETTERS

WIDTH, HEIGHT = 360, 240
LEFT, RIGHT, TOP, BOTTOM = 42, 22, 12, 30
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
TICKS = (0, 20, 40, 60, 80, 100)
MOST_STYLES = 6
"""Lines are told apart by their dashes, after which these begin again; each has its letter at its end."""
LETTER_HEIGHT = 13


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what stands there."""

    at: int
    text: str


@dataclass(frozen=True)
class Frame:
    """The drawing's size, the edges of the plot, and the marks on both axes."""

    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM
    y_text: int = LEFT - 6
    x_text: int = HEIGHT - BOTTOM + 16


@dataclass(frozen=True)
class Point:
    """One item on the map; a doubted one is drawn as a square with its number beside it."""

    number: int
    x: int
    y: int
    is_doubted: bool

    @property
    def square_x(self) -> int:
        return self.x - 5

    @property
    def square_y(self) -> int:
        return self.y - 5

    @property
    def text_x(self) -> int:
        """The number stands to the left where there is no room to the right."""
        return self.x + 9 if self.x < WIDTH - 48 else self.x - 9

    @property
    def anchor(self) -> str:
        return "start" if self.x < WIDTH - 48 else "end"

    @property
    def text_y(self) -> int:
        return self.y + 4


@dataclass(frozen=True)
class ItemMap:
    """Items by facility (to the right) and discrimination (upwards); `zero` is the height of no discrimination."""

    frame: Frame
    points: tuple[Point, ...]
    zero: int


@dataclass(frozen=True)
class Bar:
    """Papers from `low` to `high` percent; the lowest `passed_height` of the bar are those that pass."""

    x: int
    width: int
    y: int
    height: int
    passed_y: int
    passed_height: int
    low: int
    high: int
    n: int
    passed: int


@dataclass(frozen=True)
class ScoreChart:
    """Papers by percent of the points, and where the line to pass stands."""

    frame: Frame
    bars: tuple[Bar, ...]
    pass_x: int | None


@dataclass(frozen=True)
class Curve:
    """How the share that chose one option goes from weak to strong; `shares` are percent texts for the table."""

    letter: str
    text: str
    is_key: bool
    style: int
    points: str
    end_x: int
    end_y: int
    shares: tuple[str, ...]


@dataclass(frozen=True)
class CurveChart:
    """The curves of one item's options over groups of candidates, the weakest first."""

    frame: Frame
    curves: tuple[Curve, ...]
    groups: tuple[int, ...]


def item_map(items: Sequence[Mapping[str, Any]]) -> ItemMap | None:
    """None while no item has both figures."""
    known = [each for each in items if None not in (each["facility"], each["discrimination_index"])]
    if not known:
        return None
    low = min(0, min(_down_to_tens(each["discrimination_index"]) for each in known))
    high = max(50, max(-_down_to_tens(-each["discrimination_index"]) for each in known))
    ticks = range(low, high + 1, 20 if high - low > 60 else 10)
    points = tuple(
        Point(
            number=each["number"],
            x=_across(each["facility"]),
            y=_up((each["discrimination_index"] - low) / (high - low)),
            is_doubted=bool(each["suspicions"]),
        )
        for each in known
    )
    frame = Frame(
        _percent_ticks(), tuple(Tick(_up((each - low) / (high - low)), f"{each}%") for each in ticks)
    )
    return ItemMap(frame, tuple(sorted(points, key=lambda each: each.is_doubted)), _up(-low / (high - low)))


def score_chart(histogram: Mapping[str, Any]) -> ScoreChart:
    """The bars, the tallest as high as the plot."""
    bins = histogram["bins"]
    most = max(1, max(each["n"] for each in bins))
    width = PLOT_WIDTH // len(bins)
    step = max(1, -(-most // 4))
    ticks = tuple(Tick(_up(each / most), str(each)) for each in range(0, most + 1, step))
    bars = tuple(_bar(each, place, len(bins), width, most) for place, each in enumerate(bins))
    percent = histogram["pass_percent"]
    return ScoreChart(
        Frame(_percent_ticks(), ticks), bars, None if percent is None else _across(percent / 100)
    )


def curve_chart(choices: Mapping[str, Any]) -> CurveChart:
    """One line for each option, past groups without anybody; each carries its letter at the end, none over another."""
    groups = choices["groups"]
    places = [_across(place / max(1, len(groups) - 1) * 0.92) for place in range(len(groups))]
    x_ticks = tuple(Tick(x, str(place)) for place, x in enumerate(places, start=1))
    frame = Frame(x_ticks, tuple(Tick(_up(each / 100), f"{each}%") for each in TICKS))
    drawn = [_curve(each, groups, places) for each in choices["options"]]
    heights = _apart([each.end_y for each in drawn])
    return CurveChart(
        frame,
        tuple(replace(each, end_y=height) for each, height in zip(drawn, heights, strict=True)),
        tuple(groups),
    )


def _curve(option: Mapping[str, Any], groups: Sequence[int], places: Sequence[int]) -> Curve:
    shares = [chose / size if size else None for chose, size in zip(option["curve"], groups, strict=True)]
    points = [(x, _up(share)) for x, share in zip(places, shares, strict=True) if share is not None]
    return Curve(
        letter=letter_of(option["place"]),
        text=option["text"],
        is_key=option["is_key"],
        style=option["place"] % MOST_STYLES,
        points=" ".join(f"{x},{y}" for x, y in points),
        end_x=places[-1] + 8,
        end_y=(points[-1][1] if points else HEIGHT - BOTTOM) + 4,
        shares=tuple("—" if share is None else f"{100 * share:.0f}%" for share in shares),
    )


def letter_of(place: int) -> str:
    """A, B, C in stored order; a number beyond Z."""
    return LETTERS[place] if place < len(LETTERS) else str(place + 1)


def _apart(heights: Sequence[int]) -> list[int]:
    """The same heights, moved so far that letters do not lie on each other, and back up where they ran out."""
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    placed = list(heights)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + LETTER_HEIGHT)
    beyond = max(0, max(placed, default=0) - (HEIGHT - 4))
    return [each - beyond for each in placed]


def _bar(each: Mapping[str, Any], place: int, count: int, width: int, most: int) -> Bar:
    tall, passed = round(PLOT_HEIGHT * each["n"] / most), round(PLOT_HEIGHT * each["passed"] / most)
    bottom = HEIGHT - BOTTOM
    return Bar(
        x=LEFT + round(PLOT_WIDTH * place / count),
        width=width - 1,
        y=bottom - tall,
        height=tall - passed,
        passed_y=bottom - passed,
        passed_height=passed,
        low=round(each["low"]),
        high=round(each["high"]),
        n=each["n"],
        passed=each["passed"],
    )


def _across(share: float) -> int:
    return LEFT + round(PLOT_WIDTH * min(1.0, max(0.0, share)))


def _up(share: float) -> int:
    return HEIGHT - BOTTOM - round(PLOT_HEIGHT * min(1.0, max(0.0, share)))


def _down_to_tens(percent: float) -> int:
    return int(percent // 10) * 10


def _percent_ticks() -> tuple[Tick, ...]:
    return tuple(Tick(_across(each / 100), f"{each}%") for each in TICKS)
