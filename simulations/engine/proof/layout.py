"""What of a state matters at a node, packed into 64 bits.

Two states of a node are one when nothing that comes later can tell them apart. So a flag that no later condition
reads is left out, and a variable that is neither read nor moved any more, nor counted at the end. What is left takes
only the bits that its range at that node needs, in the steps in which it can change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..conditions import AllOf, AnyOf, Compare, HasFlag, Not, Tree
from ..lots import ALL_BITS, Flags, Lot
from ..scenario import Choice, Effect, Node, Scenario
from .ways import components, is_cyclic, targets, ways

Keys = NDArray[np.uint64]
KEY_BITS = 64
Range = tuple[int, int]


class TooBig(ValueError):
    """The states do not fit: into 64 bits, into the budget, or into memory."""


@dataclass(frozen=True, slots=True)
class Field:
    """A variable within a key: (value - low) ÷ unit, in `bits` bits."""

    slot: int
    low: int
    unit: int
    bits: int


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring flags within a key: `bits` of them from bit `at` of the flags."""

    at: int
    bits: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the states of one node are packed.

    `kept` are the slots of the variables that matter; `fields` those of them that can have more than one value.
    `resting` are the values shown for the rest: the only one there is, or a stand-in for what is left out.
    """

    kept: frozenset[int]
    fields: tuple[Field, ...]
    runs: tuple[Run, ...]
    resting: tuple[int, ...]

    @property
    def bits(self) -> int:
        return sum(field.bits for field in self.fields) + sum(run.bits for run in self.runs)

    def pack(self, lot: Lot) -> Keys:
        keys = np.zeros(len(lot), dtype=np.uint64)
        for field in self.fields:
            share = (lot.columns[field.slot] - np.int32(field.low)) // np.int32(field.unit)
            keys <<= np.uint64(field.bits)
            keys |= share.astype(np.uint64)
        for run in self.runs:
            keys <<= np.uint64(run.bits)
            keys |= (lot.flags >> np.uint64(run.at)) & np.uint64((1 << run.bits) - 1)
        return keys

    def unpack(self, keys: Keys, first: int = 0) -> Lot:
        """The states of these keys; their rows are numbered from `first`."""
        keys = keys.copy()
        flags: Flags = np.zeros(len(keys), dtype=np.uint64)
        for run in reversed(self.runs):
            flags |= (keys & np.uint64((1 << run.bits) - 1)) << np.uint64(run.at)
            keys >>= np.uint64(run.bits)
        columns: list[Any] = [None] * len(self.resting)
        for field in reversed(self.fields):
            share = (keys & np.uint64((1 << field.bits) - 1)).astype(np.int32)
            columns[field.slot] = share * np.int32(field.unit) + np.int32(field.low)
            keys >>= np.uint64(field.bits)
        for slot, resting in enumerate(self.resting):
            if columns[slot] is None:
                columns[slot] = np.full(len(keys), resting, dtype=np.int32)
        return Lot(tuple(columns), flags, np.arange(first, first + len(keys), dtype=np.int32))


def lay_out(scenario: Scenario, *, drop: bool = True) -> dict[str, Layout]:
    """The layout of every node that can be come to. Raises TooBig when one takes more than 64 bits.

    With `drop=False` every variable is kept to the end.
    """
    ranges, possible = _reach(scenario)
    live_flags, live_slots = _live_flags(scenario), _live_slots(scenario)
    every = frozenset(range(len(scenario.variables)))
    units = _units(scenario)
    layouts = {}
    for key, of_node in ranges.items():
        slots = live_slots[key] if drop else every
        layouts[key] = Layout(
            kept=slots,
            fields=tuple(
                Field(slot, low, units[slot], ((high - low) // units[slot]).bit_length())
                for slot, (low, high) in enumerate(of_node)
                if slot in slots and low < high
            ),
            runs=tuple(_runs(live_flags[key] & possible[key])),
            resting=tuple(
                low if slot in slots else _init(scenario, slot) for slot, (low, _) in enumerate(of_node)
            ),
        )
        if layouts[key].bits > KEY_BITS:
            raise TooBig(f"{key}: {layouts[key].bits} bits")
    return layouts


def _init(scenario: Scenario, slot: int) -> int:
    return tuple(scenario.variables.values())[slot].init


def _runs(bits: int) -> Iterator[Run]:
    at = 0
    while bits >> at:
        length = 0
        while bits >> (at + length) & 1:
            length += 1
        if length:
            yield Run(at, length)
        at += length + 1


def _units(scenario: Scenario) -> list[int]:
    """By slot the step in which its variable changes: every value it takes is its initial one plus some of these."""
    units = [gcd(of.lo - of.init, of.hi - of.init) for of in scenario.variables.values()]
    for effect in _all_effects(scenario):
        units[effect.slot] = gcd(units[effect.slot], effect.add)
    return [unit or 1 for unit in units]


def _all_effects(scenario: Scenario) -> Iterator[Effect]:
    for node in scenario.nodes.values():
        yield from node.enter
        for choice in node.choices:
            yield from choice.effects


# Where the values can be: forward over the nodes, conditions aside


def _reach(scenario: Scenario) -> tuple[dict[str, list[Range]], dict[str, int]]:
    """By node the range of each variable and the flags that may be set."""
    graph = ways(scenario)
    inits = [(of.init, of.init) for of in scenario.variables.values()]
    ranges: dict[str, list[Range]] = {}
    possible: dict[str, int] = {}
    _meet(scenario, scenario.start, inits, 0, ranges, possible)
    for component in components(graph, scenario.start):
        inside = [scenario.nodes[key] for key in component]
        if is_cyclic(graph, component):
            _widen(scenario, inside, ranges, possible)
        for node in inside:
            for choice in node.choices:
                after = _after(choice.effects, ranges[node.id])
                flags = (possible[node.id] | choice.raise_bits) & ALL_BITS
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    _meet(scenario, target, after, flags, ranges, possible)
    return ranges, possible


def _meet(
    scenario: Scenario,
    target: str,
    values: list[Range],
    flags: int,
    ranges: dict[str, list[Range]],
    possible: dict[str, int],
) -> None:
    """Widen what is known of `target` by values that come there."""
    entered = _alive(scenario, _after(scenario.nodes[target].enter, values))
    known = ranges.get(target, entered)
    ranges[target] = [(min(a, c), max(b, d)) for (a, b), (c, d) in zip(known, entered, strict=True)]
    possible[target] = possible.get(target, 0) | flags


def _widen(
    scenario: Scenario, nodes: list[Node], ranges: dict[str, list[Range]], possible: dict[str, int]
) -> None:
    """Where one can go in circles, a variable moved there may be anywhere, and every flag raised there may be set.

    The nodes at which the circle is entered are known already.
    """
    known = [node.id for node in nodes if node.id in ranges]
    choices = [choice for node in nodes for choice in node.choices]
    effects = [effect for node in nodes for effect in node.enter]
    effects += [effect for choice in choices for effect in choice.effects]
    moved = {effect.slot for effect in effects if effect.add}
    flags = 0
    for choice in choices:
        flags |= choice.raise_bits
    for key in known:
        flags |= possible[key]
    free = [(of.lo, of.hi) for of in scenario.variables.values()]
    together = [
        (min(ranges[key][slot][0] for key in known), max(ranges[key][slot][1] for key in known))
        for slot in range(len(free))
    ]
    wide = _alive(scenario, [free[slot] if slot in moved else of for slot, of in enumerate(together)])
    for node in nodes:
        ranges[node.id], possible[node.id] = list(wide), flags


def _after(effects: Iterable[Effect], values: list[Range]) -> list[Range]:
    found = list(values)
    for effect in effects:
        low, high = found[effect.slot]
        moved = [min(max(end + effect.add, effect.lo), effect.hi) for end in (low, high)]
        if effect.condition is not None:
            moved = [min(moved[0], low), max(moved[1], high)]
        found[effect.slot] = (moved[0], moved[1])
    return found


def _alive(scenario: Scenario, values: list[Range]) -> list[Range]:
    """The ranges without what a stop is sure to end, as far as one comparison says it."""
    found = list(values)
    units = _units(scenario)
    for stop in scenario.stops:
        if not isinstance(tree := stop.condition.tree, Compare):
            continue
        low, high = found[tree.slot]
        unit = units[tree.slot]
        while tree.op in ("<", "<=") and low < high and _strikes(tree, low):
            low += unit * max(1, int((tree.bound - low) // unit))
        while tree.op in (">", ">=") and low < high and _strikes(tree, high):
            high -= unit * max(1, int((high - tree.bound) // unit))
        found[tree.slot] = (low, high)
    return found


def _strikes(tree: Compare, value: int) -> bool:
    return {"<": value < tree.bound, "<=": value <= tree.bound, ">": value > tree.bound}.get(
        tree.op, value >= tree.bound
    )


# What later matters: backward over the nodes


def _live_flags(scenario: Scenario) -> dict[str, int]:
    """By node the flags that something reads from there on, before they are set or cleared anyway."""
    live = dict.fromkeys(scenario.nodes, 0)
    always = _flags_of(stop.condition.tree for stop in scenario.stops)
    changed = True
    while changed:
        changed = False
        for node in scenario.nodes.values():
            found = live[node.id]
            for choice in node.choices:
                later = always | _read_later(scenario, choice)
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    later |= live[target] | _flags_of(_trees(scenario.nodes[target].enter))
                settled = choice.raise_bits | ~choice.keep_bits & ALL_BITS
                own = [choice.condition.tree] if choice.condition else []
                found |= later & ~settled | _flags_of([*own, *_trees(choice.effects)])
            changed = changed or found != live[node.id]
            live[node.id] = found
    return live


def _read_later(scenario: Scenario, choice: Choice) -> int:
    """The flags that its routes, the endings it may lead to and their passing read."""
    found = _flags_of(route.condition.tree for route in choice.routes if route.condition)
    for target in targets(scenario, choice) & scenario.endings.keys():
        condition = scenario.endings[target].condition
        found |= _flags_of([condition.tree] if condition else [])
        for key in scenario.marks.needs_any.get(target, ()):
            found |= scenario.flags[key].bit
    return found


def _trees(effects: Iterable[Effect]) -> list[Tree]:
    return [effect.condition.tree for effect in effects if effect.condition]


def _flags_of(trees: Iterable[Tree]) -> int:
    found = 0
    for leaf in _leaves(trees):
        if isinstance(leaf, HasFlag):
            found |= leaf.bit
    return found


def _slots_of(trees: Iterable[Tree]) -> set[int]:
    return {leaf.slot for leaf in _leaves(trees) if isinstance(leaf, Compare)}


def _leaves(trees: Iterable[Tree]) -> Iterator[HasFlag | Compare]:
    for tree in trees:
        match tree:
            case HasFlag() | Compare():
                yield tree
            case Not(part):
                yield from _leaves([part])
            case AllOf(parts) | AnyOf(parts):
                yield from _leaves(parts)


def _live_slots(scenario: Scenario) -> dict[str, frozenset[int]]:
    """By node the variables that are read or moved from there on, or counted at the end."""
    always = counted(scenario) | _slots_of(stop.condition.tree for stop in scenario.stops)
    live = {key: set(always) for key in scenario.nodes}
    changed = True
    while changed:
        changed = False
        for node in scenario.nodes.values():
            found = set(live[node.id])
            for choice in node.choices:
                found |= _slots_in(scenario, choice)
                for target in targets(scenario, choice) & scenario.nodes.keys():
                    enter = scenario.nodes[target].enter
                    found |= live[target] | _slots_of(_trees(enter)) | {effect.slot for effect in enter}
            changed = changed or found != live[node.id]
            live[node.id] = found
    return {key: frozenset(found) for key, found in live.items()}


def _slots_in(scenario: Scenario, choice: Choice) -> set[int]:
    """The variables that a choice reads or moves, and those that decide the ending it may lead to."""
    trees = [*_trees(choice.effects), *(route.condition.tree for route in choice.routes if route.condition)]
    trees += [choice.condition.tree] if choice.condition else []
    for target in targets(scenario, choice) & scenario.endings.keys():
        condition = scenario.endings[target].condition
        trees += [condition.tree] if condition else []
    found = _slots_of(trees) | {effect.slot for effect in choice.effects}
    return found | {slot for slot, _cost in choice.costs}


def counted(scenario: Scenario) -> set[int]:
    """The variables that scoring or a lens looks at in the end."""
    marks = scenario.marks
    keys = {marks.compliance, marks.time, *marks.outcome} | {
        key for of in scenario.lenses for key in of.weights
    }
    return {of.slot for of in scenario.variables.values() if of.key in keys}
