"""The pictures of a check in the coordinates of their drawings; each stands beside a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from simulations.engine.scenario import Scenario

WIDTH, HEIGHT, EDGE = 320, 200, 16
SCALE = 100


@dataclass(frozen=True)
class Bar:
    """The least and the most of something, and where that lies on a scale of 100. `limit` says in words how far it is
    proved."""

    name: str
    least: float
    most: float
    x: float
    width: float
    proven: bool


@dataclass(frozen=True)
class Dot:
    """An option: how its sign and its points differ from the mean of its node, and where it is drawn."""

    name: str
    sign: float
    points: float
    x: float
    y: float


@dataclass(frozen=True)
class Scatter:
    """Options by an outward sign and their points; the middle of the drawing is the mean of a node."""

    dots: tuple[Dot, ...]
    width: int = WIDTH
    height: int = HEIGHT
    middle_x: int = WIDTH // 2
    middle_y: int = HEIGHT // 2


def total_bars(report: Mapping[str, Any]) -> list[Bar]:
    """The total, then the axes of every view; all 0–100."""
    spans = [(_("Total"), report.get("totals"))]
    for axes in report.get("axes", {}).values():
        spans += list(axes.items())
    return [_bar(name, span, 0, 100) for name, span in spans if span]


def variable_bars(report: Mapping[str, Any], scenario: Scenario) -> list[Bar]:
    """Every variable at the end of a play, on its own scale: its bounds, where these are near, else what was seen."""
    return [
        _bar(variable.label, span, *_bounds(variable, span))
        for key, span in report.get("variables", {}).items()
        if span and (variable := scenario.variables.get(key))
    ]


def scatters(scenario: Scenario) -> dict[str, Scatter]:
    """Length and place of every option against its points."""
    return {
        "length": _scatter(scenario, lambda number, text: len(text)),
        "position": _scatter(scenario, lambda number, text: number),
    }


def _bounds(variable: Any, span: Mapping[str, Any]) -> tuple[float, float]:
    low, high, init = (variable.outward(value) for value in (variable.lo, variable.hi, variable.init))
    if high - low <= 2 * SCALE:
        return low, high
    return min(span["min"], init, 0), max(span["max"], init)


def _bar(name: str, span: Mapping[str, Any], low: float, high: float) -> Bar:
    size = (high - low) or 1
    start, end = (SCALE * (span[side] - low) / size for side in ("min", "max"))
    start, end = max(0.0, start), min(float(SCALE), end)
    return Bar(name, span["min"], span["max"], round(start, 2), round(max(end - start, 1), 2), span["proven"])


def _scatter(scenario: Scenario, measure: Any) -> Scatter:
    rows = [row for node in scenario.nodes.values() for row in _centred(scenario, node, measure)]
    across = max((abs(sign) for _name, sign, _points in rows), default=0) or 1
    high = max((abs(points) for _name, _sign, points in rows), default=0) or 1
    half_width, half_height = WIDTH / 2 - EDGE, HEIGHT / 2 - EDGE
    return Scatter(
        tuple(
            Dot(
                name,
                round(sign, 1),
                round(points, 1),
                round(WIDTH / 2 + half_width * sign / across, 1),
                round(HEIGHT / 2 - half_height * points / high, 1),
            )
            for name, sign, points in rows
        )
    )


def _centred(scenario: Scenario, node: Any, measure: Any) -> Iterator[tuple[str, float, float]]:
    """Each option with its distance from the node's mean in both."""
    if len(node.choices) < 2:
        return
    signs = [measure(number, choice.text) for number, choice in enumerate(node.choices, start=1)]
    points = [sum(choice.points) for choice in node.choices]
    for choice, sign, earned in zip(node.choices, signs, points, strict=True):
        name = f"{node.id} {choice.id}"
        yield name, sign - _mean(signs), earned - _mean(points)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
