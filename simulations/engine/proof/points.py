"""The points of a scenario as the search for extremes needs them: by axis, node and choice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..lots import Lot
from ..play import MAX_STEPS
from ..scenario import Scenario
from ..scoring import TIME_AT_DEADLINE
from .ways import components, is_cyclic, ways

PROCESS_SHARE = 30.0
"""What the process is worth in a total at most: 0.3 × 100."""

Axis = tuple[str, ...]
"""The leaves that are one axis."""


@dataclass(frozen=True)
class Points:
    """Points of each axis: `got` by node and number of the choice, `most` by node.

    `ever` is, by axis, more than which no play can be offered in all.
    """

    axes: tuple[Axis, ...]
    got: Mapping[str, tuple[tuple[int, ...], ...]]
    most: Mapping[str, tuple[int, ...]]
    ever: tuple[int, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """What one point of each axis is worth in a total at least, were everything offered that can be."""
        return tuple(PROCESS_SHARE / len(self.axes) / max(ever, 1) for ever in self.ever)

    def of_path(self, scenario: Scenario, path: Iterable[str], axis: int) -> tuple[int, int]:
        """Points got and on offer along a written path."""
        got = most = 0
        for name in path:
            node, choice = scenario.choice_names[name]
            number = next(n for n, of in enumerate(scenario.nodes[node].choices) if of.id == choice)
            got += self.got[node][number][axis]
            most += self.most[node][axis]
        return got, most


def points_of(scenario: Scenario, axes: Iterable[Axis]) -> Points:
    listed = tuple(axes)
    got = {
        node.id: tuple(_by_axis(scenario, choice.points, listed) for choice in node.choices)
        for node in scenario.nodes.values()
    }
    most = {node.id: _by_axis(scenario, node.most_points, listed) for node in scenario.nodes.values()}
    return Points(listed, got, most, _ever(scenario, most, len(listed)))


def bound_axes(scenario: Scenario) -> tuple[Axis, ...]:
    """The axes that the total is made of."""
    return tuple(leaves for _axis, leaves in scenario.views[scenario.marks.view].axes)


def _by_axis(scenario: Scenario, points: tuple[int, ...], axes: tuple[Axis, ...]) -> tuple[int, ...]:
    by_leaf = dict(zip(scenario.leaves, points, strict=True))
    return tuple(sum(by_leaf[leaf] for leaf in axis) for axis in axes)


def _ever(scenario: Scenario, most: Mapping[str, tuple[int, ...]], count: int) -> tuple[int, ...]:
    """By axis the most on offer along any way through the nodes."""
    graph = ways(scenario)
    ahead: dict[str, list[int]] = {}
    for component in reversed(components(graph, scenario.start)):
        inside = set(component)
        after = [ahead[to] for key in component for to in graph[key] - inside]
        later = [max((of[axis] for of in after), default=0) for axis in range(count)]
        times = MAX_STEPS if is_cyclic(graph, component) else 1
        here = [times * max(most[key][axis] for key in component) for axis in range(count)]
        total = [a + b for a, b in zip(here, later, strict=True)]
        ahead |= dict.fromkeys(component, total)
    return tuple(ahead[scenario.start])


def apart_from_process(scenario: Scenario, ending: str, lot: Lot) -> Any:
    """What base and result make of the total, for states as they ended: floats, good to a millionth."""
    marks = scenario.marks

    def share(key: str) -> Any:
        of = scenario.variables[key]
        return (lot.columns[of.slot] - of.lo) * (100.0 / (of.hi - of.lo))

    base = share(marks.compliance)
    if marks.time:
        left = lot.columns[scenario.variables[marks.time].slot] / 100.0
        in_hand = float(marks.time_in_hand)
        time = TIME_AT_DEADLINE + (100 - TIME_AT_DEADLINE) * np.minimum(left, in_hand) / in_hand
        base = 0.6 * base + 0.4 * np.where(left < 0, 0.0, time)
    result = sum(share(key) for key in marks.outcome) / len(marks.outcome)
    return 0.3 * base + 0.4 * float(scenario.endings[ending].factor) * result


def process_of(got: Any, most: Any) -> Any:
    """The mean of the axes, rounded as scoring rounds them. `got` and `most` are axes × plays."""
    tenths = np.where(most > 0, (2000 * got.astype(np.int64) + most) // np.maximum(2 * most, 1), 0)
    judged = (most > 0).sum(axis=0)
    return tenths.sum(axis=0) / 10.0 / np.maximum(judged, 1)
