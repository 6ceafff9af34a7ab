"""What of a state matters at a node, packed into 64 bits.

Two states of a node are one when nothing that comes later can tell them apart. So a flag that no later condition
reads is left out, and a variable that is neither read nor moved any more, nor counted at the end. What is left takes
only the bits that its range at that node needs, in the steps in which it can change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lots import Flags, Lot
from ..scenario import Scenario
from .liveness import live_flags, live_slots
from .ranges import reach, units_of

Keys = NDArray[np.uint64]
KEY_BITS = 64


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
    ranges, possible = reach(scenario)
    flags_of, slots_of = live_flags(scenario), live_slots(scenario)
    every = frozenset(range(len(scenario.variables)))
    units = units_of(scenario)
    layouts = {}
    for key, of_node in ranges.items():
        slots = slots_of[key] if drop else every
        layouts[key] = Layout(
            kept=slots,
            fields=tuple(
                Field(slot, low, units[slot], ((high - low) // units[slot]).bit_length())
                for slot, (low, high) in enumerate(of_node)
                if slot in slots and low < high
            ),
            runs=tuple(_runs(flags_of[key] & possible[key])),
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
