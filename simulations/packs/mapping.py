"""The map of a story on paper: its situations from the top down, those not everybody comes to beside the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulations.engine.scenario import Node, Scenario

ROW, PAGE = 13.0, 222.0
BOX_WIDTH, BOX_HEIGHT = 58.0, 8.0
MAIN_X, SIDE_X = 24.0, 88.0
"""Millimetres. The main way stands left, what is conditional right of it; long stories close up to fit the page."""


@dataclass(frozen=True)
class Box:
    """A situation: its corner, its words, and the endings a choice leads to straight from here."""

    x: float
    y: float
    label: str
    stage: str
    endings: str


@dataclass(frozen=True)
class Way:
    """A line from one situation to a later one (`d` is an SVG path); `is_back` leads up again."""

    d: str
    is_back: bool


@dataclass(frozen=True)
class Map:
    """What is drawn; `height` in millimetres."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    height: float


def map_of(scenario: Scenario) -> Map:
    """The situations in the author's order, a row each, and every way between them once."""
    keys = list(scenario.nodes)
    place = {key: number for number, key in enumerate(keys)}
    ways = sorted({(place[a], place[b]) for a in keys for b in _targets(scenario.nodes[a]) if b in place})
    beside = {each for each in place.values() if any(a < each < b for a, b in ways)}
    row = min(ROW, PAGE / len(keys))
    boxes = tuple(
        _box(scenario, scenario.nodes[key], 1 + row * number, is_beside=number in beside)
        for key, number in place.items()
    )
    lines = tuple(_way(boxes[a], boxes[b], a, b) for a, b in ways)
    return Map(boxes, lines, row * len(keys) + 2)


def _targets(node: Node) -> Iterator[str]:
    for choice in node.choices:
        for route in choice.routes:
            yield route.to


def _box(scenario: Scenario, node: Node, y: float, *, is_beside: bool) -> Box:
    own = [to for to in dict.fromkeys(_targets(node)) if to in scenario.endings]
    titles = [scenario.endings[to].title.split("：")[0] for to in own]
    x = SIDE_X if is_beside else MAIN_X
    return Box(x, round(y, 2), f"{node.id} {node.title}", node.stage, "、".join(titles))


def _way(start: Box, end: Box, a: int, b: int) -> Way:
    """Straight to the next row; further ones swing out beside the boxes."""
    if start.x == end.x and b == a + 1:
        x = start.x + 12
        return Way(f"M{x} {start.y + BOX_HEIGHT} V{end.y}", False)
    if start.x != end.x and b > a:
        near, far = (12, BOX_WIDTH - 8) if end.x < start.x else (BOX_WIDTH - 8, 12)
        x1, x2 = start.x + near, end.x + far
        y1, y2 = start.y + BOX_HEIGHT, end.y
        return Way(f"M{x1} {y1} C{x1} {y1 + 4} {x2} {y2 - 4} {x2} {y2}", False)
    swing = min(8 + 3 * abs(b - a), 22)
    x, y1, y2 = start.x, start.y + BOX_HEIGHT - 2, end.y + 2
    return Way(f"M{x} {y1} C{x - swing} {y1} {x - swing} {y2} {x} {y2}", b <= a)
