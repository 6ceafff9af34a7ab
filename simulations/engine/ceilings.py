"""How high a play can still rise: bounds that hold whatever is chosen from a node on, and what still matters there.

A bound looks at each variable for itself and takes every gain on every way, conditional losses on none; it is never
below what can be reached and usually above. States that cannot rise above what is known already need no looking at.

What a sequence of clamped additions makes of a value v is never more than max(floor, v + sum): such a pair composes
with another effect before it, and the larger of two pairs, part by part, bounds both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from .conditions import AllOf, AnyOf, Compare, Condition, HasFlag, Not, Tree
from .lots import Lot
from .scenario import END, Choice, Effect, Scenario
from .scoring import TIME_AT_DEADLINE

Reals = NDArray[np.float64]
Counts = NDArray[np.int32]

NONE = -(10**9)
"""Lower than any value in hundredths."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What can still come from one node on, its own choices included.

    `rises` are the pairs (floor, sum) by slot, in hundredths; `points` the most that can still be earned by axis of the
    bound view; `factor` and `cap` the best of the endings that a route or END may lead to, `endings` those and the
    ones that a stop may bring. `slots` and `flags` (bits) are what anything from here on still reads.
    """

    rises: tuple[tuple[int, int], ...]
    points: Counts
    factor: float
    cap: float
    endings: frozenset[str]
    slots: frozenset[int]
    flags: int


@dataclass(frozen=True)
class Ceilings:
    """The ceilings of a scenario by node. `order` has each node before those it leads to, None where ways circle."""

    order: tuple[str, ...] | None
    by_node: Mapping[str, Ceiling]
    stop_cap: float


def axes_of(scenario: Scenario) -> tuple[tuple[int, ...], ...]:
    """The places of the dimensions that make up each axis of the bound view."""
    places = {leaf: place for place, leaf in enumerate(scenario.leaves)}
    return tuple(
        tuple(places[leaf] for leaf in leaves) for _, leaves in scenario.views[scenario.marks.view].axes
    )


def by_axis(scenario: Scenario, points: tuple[int, ...]) -> Counts:
    """Points by dimension, added up by axis of the bound view."""
    return np.array([sum(points[place] for place in axis) for axis in axes_of(scenario)], dtype=np.int32)


def ceilings_of(scenario: Scenario) -> Ceilings:
    """The ceilings of every node. Where ways circle everything can rise to the top, and all that is read matters."""
    stop_cap = max((float(scenario.endings[stop.ending].cap) for stop in scenario.stops), default=0.0)
    order = _order(scenario)
    if order is None:
        unbounded = _unbounded(scenario)
        return Ceilings(None, dict.fromkeys(scenario.nodes, unbounded), stop_cap)
    found: dict[str, Ceiling] = {}
    for node in reversed(order):
        found[node] = _ceiling(scenario, node, found)
    return Ceilings(order, found, stop_cap)


def highest_totals(
    scenario: Scenario, ceilings: Ceilings, node: str, lot: Lot, got: Counts, most: Counts
) -> tuple[Reals, Reals]:
    """By state, what the total cannot exceed from here on (unrounded), and the same of its lowest axis (0–100).

    `got` and `most` are points by state and axis, earned and on offer so far.
    """
    here, marks = ceilings.by_node[node], scenario.marks
    shares = {key: _risen_share(scenario, here, key, lot) for key in {marks.compliance, *marks.outcome}}
    base = shares[marks.compliance]
    if marks.time:
        slot = scenario.variables[marks.time].slot
        base = 0.6 * base + 0.4 * time_score(_risen(here, slot, lot) / 100, float(marks.time_in_hand))
    axes = axis_scores(got + here.points, most + here.points)
    result = sum(shares[key] for key in marks.outcome) / len(marks.outcome) * here.factor
    total = np.minimum(here.cap, 0.3 * base + 0.3 * mean_of(axes) + 0.4 * result)
    lowest: Reals = np.where(np.isnan(axes), np.inf, axes).min(axis=1)
    return np.maximum(total, ceilings.stop_cap), lowest


def axis_scores(got: Counts, most: Counts) -> Reals:
    """Axes as `scoring` rounds them, 0–100 by state and axis; NaN where nothing was on offer."""
    judged = most > 0
    tenths = (2000 * got.astype(np.int64) + most) // (2 * np.maximum(most, 1).astype(np.int64))
    scores: Reals = np.where(judged, tenths / 10, np.nan)
    return scores


def mean_of(axes: Reals) -> Reals:
    """The mean of the judged axes by state, 0 where none was."""
    judged = (~np.isnan(axes)).sum(axis=1)
    total: Reals = np.nansum(axes, axis=1) / np.maximum(judged, 1)
    return total


def time_score(left: Reals, in_hand: float) -> Reals:
    """What time left is worth, as `scoring` says: nothing past the deadline, 60 on it, 100 with enough in hand."""
    worth: Reals = np.where(
        left < 0, 0.0, TIME_AT_DEADLINE + (100 - TIME_AT_DEADLINE) * np.minimum(left, in_hand) / in_hand
    )
    return worth


def _risen(here: Ceiling, slot: int, lot: Lot) -> Reals:
    floor, total = here.rises[slot]
    risen: Reals = np.maximum(lot.columns[slot].astype(np.float64) + total, floor)
    return risen


def _risen_share(scenario: Scenario, here: Ceiling, key: str, lot: Lot) -> Reals:
    variable = scenario.variables[key]
    value = np.minimum(_risen(here, variable.slot, lot), variable.hi)
    return 100 * (value - variable.lo) / (variable.hi - variable.lo)


def _order(scenario: Scenario) -> tuple[str, ...] | None:
    follows = {
        node.id: {to for choice in node.choices for to in _targets(choice) if to in scenario.nodes}
        for node in scenario.nodes.values()
    }
    try:
        return tuple(reversed(tuple(TopologicalSorter(follows).static_order())))
    except CycleError:
        return None


def _targets(choice: Choice) -> set[str]:
    return {route.to for route in choice.routes}


def _ceiling(scenario: Scenario, at: str, later: Mapping[str, Ceiling]) -> Ceiling:
    node, bound = scenario.nodes[at], len(scenario.variables)
    following = [later[to] for choice in node.choices for to in _targets(choice) if to in scenario.nodes]
    ends = _ends(scenario, (to for choice in node.choices for to in _targets(choice)))
    rises = [(NONE, NONE)] * bound
    for choice in node.choices:
        for to in _targets(choice):
            after = later[to].rises if to in scenario.nodes else ((NONE, 0),) * bound
            entered = _before(scenario.nodes[to].enter, after) if to in scenario.nodes else list(after)
            rises = [_larger(*pair) for pair in zip(rises, _before(choice.effects, entered), strict=True)]
    own = by_axis(scenario, node.most_points)
    points = np.max([here.points for here in following], axis=0) if following else np.zeros_like(own)
    slots, flags = _read_at(scenario, at)
    return Ceiling(
        rises=tuple(rises),
        points=own + points,
        factor=max(
            [0.0, *(float(scenario.endings[end].factor) for end in ends), *(c.factor for c in following)]
        ),
        cap=max([0.0, *(float(scenario.endings[end].cap) for end in ends), *(c.cap for c in following)]),
        endings=ends.union({stop.ending for stop in scenario.stops}, *(c.endings for c in following)),
        slots=slots.union(*(c.slots for c in following)),
        flags=flags | _united(c.flags for c in following),
    )


def _unbounded(scenario: Scenario) -> Ceiling:
    slots, flags = _united_reads(scenario)
    return Ceiling(
        rises=tuple((of.hi, 0) for of in scenario.variables.values()),
        points=np.full(len(axes_of(scenario)), 10**6, dtype=np.int32),
        factor=max(float(ending.factor) for ending in scenario.endings.values()),
        cap=max(float(ending.cap) for ending in scenario.endings.values()),
        endings=frozenset(scenario.endings),
        slots=slots,
        flags=flags,
    )


def _ends(scenario: Scenario, targets: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for to in targets:
        if to == END:
            found |= {ending.id for ending in scenario.endings.values() if ending.condition is not None}
        elif to in scenario.endings:
            found.add(to)
    return frozenset(found)


def _before(effects: Iterable[Effect], after: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs of `after` with these effects struck before them; conditional losses are taken not to strike."""
    rises = list(after)
    for effect in reversed(tuple(effects)):
        if effect.condition is None or effect.add > 0:
            floor, total = rises[effect.slot]
            rises[effect.slot] = (max(floor, effect.lo + total), total + effect.add)
    return rises


def _larger(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], two[0]), max(one[1], two[1])


# What is still read


def _united_reads(scenario: Scenario) -> tuple[frozenset[int], int]:
    reads = [_read_at(scenario, node) for node in scenario.nodes]
    return frozenset().union(*(slots for slots, _ in reads)), _united(flags for _, flags in reads)


def _read_at(scenario: Scenario, at: str) -> tuple[frozenset[int], int]:
    """Variables and flags that the node, what follows it at once, the endings or the scoring read."""
    marks = scenario.marks
    scored = {marks.compliance, *marks.outcome, *([marks.time] if marks.time else [])}
    slots = {scenario.variables[key].slot for key in scored}
    slots |= {slot for choice in scenario.nodes[at].choices for slot, _ in choice.costs}
    flags = 0
    for condition in _conditions(scenario, at):
        read, bits = _reads(condition.tree)
        slots |= read
        flags |= bits
    return frozenset(slots), flags


def _conditions(scenario: Scenario, at: str) -> Iterator[Condition]:
    for choice in scenario.nodes[at].choices:
        entered = [
            effect for to in _targets(choice) if to in scenario.nodes for effect in scenario.nodes[to].enter
        ]
        struck = [effect.condition for effect in (*choice.effects, *entered)]
        for condition in (choice.condition, *struck, *(route.condition for route in choice.routes)):
            if condition is not None:
                yield condition
    yield from (ending.condition for ending in scenario.endings.values() if ending.condition is not None)
    yield from (stop.condition for stop in scenario.stops)


def _reads(tree: Tree) -> tuple[set[int], int]:
    match tree:
        case Compare(_, slot):
            return {slot}, 0
        case HasFlag(_, bit):
            return set(), bit
        case Not(part):
            return _reads(part)
        case AllOf(parts) | AnyOf(parts):
            reads = [_reads(part) for part in parts]
            return set().union(*(slots for slots, _ in reads)), _united(bits for _, bits in reads)
        case _:
            return set(), 0


def _united(bits: Iterable[int]) -> int:
    found = 0
    for each in bits:
        found |= each
    return found
