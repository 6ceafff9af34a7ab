"""Many states at once: what `play` says of one state, said of whole columns of them.

A lot is a set of states that stand at the same node. Each variable is a column of hundredths, the flags are one column
of integers, and `rows` tells which of the caller's states each one came from. Columns are never changed in place, so
lots may share them.

    moved = advance(scenario, node, choice, whole(scenario, [state, …]))
    moved["N05"].rows       which of the states went to N05; the others stopped, ended, or could not choose it

The semantics are `play`'s to the letter (a test compares them): effects in order and clamped, flags set then cleared,
stops, routes, entering with its effects, stops again, END resolved to an ending.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .conditions import AllOf, Always, AnyOf, Compare, HasFlag, Not, Operator, Tree
from .play import State
from .scenario import END, Choice, Effect, Node, Scenario

MOST_FLAGS = 63
"""More flags than these do not fit into the column of flags."""

Column = NDArray[np.int32]
Flags = NDArray[np.uint64]
Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]

ALL_BITS = (1 << 64) - 1
COMPARE: dict[Operator, Any] = {"<=": le, ">=": ge, "<": lt, ">": gt, "==": eq}


class TooManyFlags(ValueError):
    """The scenario has more flags than fit into a column."""


@dataclass(frozen=True, slots=True)
class Lot:
    """States at one place: a column of hundredths per variable slot, one of flags, one of origins."""

    columns: tuple[Column, ...]
    flags: Flags
    rows: Rows

    def __len__(self) -> int:
        return len(self.flags)

    def taken(self, mask: Mask) -> "Lot":
        """The states for which `mask` is true; the lot itself when that is all of them."""
        if mask.all():
            return self
        picked = np.flatnonzero(mask)
        return Lot(tuple(column[picked] for column in self.columns), self.flags[picked], self.rows[picked])

    def values_at(self, place: int) -> tuple[int, ...]:
        """The values of one state, as `play.State.values` has them."""
        return tuple(int(column[place]) for column in self.columns)


Moved = dict[str, Lot]
"""By target, a node or an ending, the states that came there, entered and settled. No lot in it is empty."""


def whole(scenario: Scenario, states: Iterable[State]) -> Lot:
    """States of play as a lot; they should stand at the same node. Raises TooManyFlags."""
    listed = list(states)
    return lot_of(scenario, [state.values for state in listed], [state.flags for state in listed])


def lot_of(scenario: Scenario, values: Sequence[Sequence[int]], flags: Sequence[int]) -> Lot:
    """Values (hundredths by slot) and flags as a lot. Raises TooManyFlags."""
    if len(scenario.flags) > MOST_FLAGS:
        raise TooManyFlags(len(scenario.flags))
    table = np.array(values, dtype=np.int32).reshape(len(flags), len(scenario.variables))
    columns = tuple(np.ascontiguousarray(table[:, slot]) for slot in range(len(scenario.variables)))
    return Lot(columns, np.array(flags, dtype=np.uint64), np.arange(len(flags), dtype=np.int32))


def first(scenario: Scenario) -> Moved:
    """Where everyone begins: the first node entered, or the ending that strikes there."""
    inits = [variable.init for variable in scenario.variables.values()]
    return _entered(scenario, scenario.start, lot_of(scenario, [inits], [0]))


def holding(tree: Tree, lot: Lot) -> Mask:
    """For which states of the lot the condition holds."""
    match tree:
        case Always(truth):
            return np.full(len(lot), truth)
        case HasFlag(_, bit):
            raised: Mask = (lot.flags & np.uint64(bit)) != 0
            return raised
        case Compare(_, slot, op, _, bound):
            found: Mask = COMPARE[op](lot.columns[slot], bound)
            return found
        case Not(part):
            return ~holding(part, lot)
        case AllOf(parts):
            every: Mask = np.logical_and.reduce([holding(part, lot) for part in parts])
            return every
        case AnyOf(parts):
            any_of: Mask = np.logical_or.reduce([holding(part, lot) for part in parts])
            return any_of


def opened(choice: Choice, lot: Lot) -> Mask:
    """For which states of the lot the choice can be made: it can be paid for and its condition holds."""
    mask = (
        np.ones(len(lot), dtype=np.bool_) if choice.condition is None else holding(choice.condition.tree, lot)
    )
    for slot, cost in choice.costs:
        mask &= lot.columns[slot] >= cost
    return mask


def advance(scenario: Scenario, node: Node, choice: Choice, lot: Lot) -> Moved:
    """Make one choice of `node` in every state of the lot that can make it.

    Asks nothing of `lot` but that its states stand at `node`; those for which the choice is locked are in no target.
    """
    lot = lot.taken(opened(choice, lot))
    lot = affected(choice.effects, lot)
    raised, kept = np.uint64(choice.raise_bits), np.uint64(choice.keep_bits & ALL_BITS)
    lot = Lot(lot.columns, (lot.flags | raised) & kept, lot.rows)
    parts: list[tuple[str, Lot]] = []
    lot = _stopping(scenario, lot, parts)
    for route in choice.routes:
        if not len(lot):
            break
        mask = None if route.condition is None else holding(route.condition.tree, lot)
        going = lot if mask is None else lot.taken(mask)
        if len(going):
            parts += _entered(scenario, route.to, going).items()
        lot = lot.taken(np.zeros(len(lot), dtype=np.bool_) if mask is None else ~mask)
    return _together(parts)


def affected(effects: Iterable[Effect], lot: Lot) -> Lot:
    """The lot after these effects, each seeing the ones before it and clamped to its variable's range."""
    for effect in effects:
        if effect.add == 0:
            continue
        column = lot.columns[effect.slot]
        moved = column + np.int32(effect.add)
        if effect.add > 0:
            np.minimum(moved, np.int32(effect.hi), out=moved)
        else:
            np.maximum(moved, np.int32(effect.lo), out=moved)
        if effect.condition is not None:
            moved = np.where(holding(effect.condition.tree, lot), moved, column)
        columns = (*lot.columns[: effect.slot], moved, *lot.columns[effect.slot + 1 :])
        lot = Lot(columns, lot.flags, lot.rows)
    return lot


def _stopping(scenario: Scenario, lot: Lot, parts: list[tuple[str, Lot]]) -> Lot:
    """Puts the states that a stop strikes under their ending; answers the others."""
    for stop in scenario.stops:
        struck = holding(stop.condition.tree, lot)
        if struck.any():
            parts.append((stop.ending, lot.taken(struck)))
            lot = lot.taken(~struck)
    return lot


def _entered(scenario: Scenario, target: str, lot: Lot) -> Moved:
    parts: list[tuple[str, Lot]] = []
    if target in scenario.nodes:
        lot = _stopping(scenario, affected(scenario.nodes[target].enter, lot), parts)
        if len(lot):
            parts.append((target, lot))
    elif target == END:
        for ending in scenario.endings.values():
            if ending.condition is not None and len(lot):
                reached = holding(ending.condition.tree, lot)
                if reached.any():
                    parts.append((ending.id, lot.taken(reached)))
                    lot = lot.taken(~reached)
    else:
        parts.append((target, lot))
    return _together(parts)


def _together(parts: Iterable[tuple[str, Lot]]) -> Moved:
    """Lots by target, those of one target joined."""
    by_target: dict[str, list[Lot]] = {}
    for target, lot in parts:
        if len(lot):
            by_target.setdefault(target, []).append(lot)
    return {target: joined(lots) for target, lots in by_target.items()}


def joined(lots: Sequence[Lot]) -> Lot:
    """Lots of one place as one."""
    if len(lots) == 1:
        return lots[0]
    return Lot(
        tuple(np.concatenate(columns) for columns in zip(*(lot.columns for lot in lots), strict=True)),
        np.concatenate([lot.flags for lot in lots]),
        np.concatenate([lot.rows for lot in lots]),
    )
