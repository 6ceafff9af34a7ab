"""The atlas of a scenario: every state that a play can come to, and where each of its choices leads."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lots import Lot
from ..scenario import Scenario
from .layout import Keys, Layout

Links = NDArray[np.int32]

LOCKED = -1
"""The link of a choice that cannot be made. Below it are endings, from 0 on states by number."""


def ending_link(number: int, *, lacks: bool) -> int:
    """The link to the ending of that number; `lacks` says that a deed is missing without which it is no pass."""
    return -2 - 2 * number - int(lacks)


@dataclass(frozen=True, slots=True)
class Door:
    """A choice made in a state."""

    state: int
    choice: int


@dataclass(slots=True)
class Extreme:
    """A value a variable ended with, and the last choice that could still change it."""

    value: int
    door: Door


@dataclass(slots=True)
class Batch:
    """States of one node found together: numbers `first`… in the order of their keys.

    `links` are by choice; `parents` and `by` say which state and which of its choices first led to each; `best` and
    `worst` are what the endings that lie one choice away are worth at most and at least (see `Worth`).
    """

    node: str
    first: int
    keys: Keys
    parents: Links
    by: NDArray[np.uint8]
    links: list[Links] = field(default_factory=list)
    best: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    worst: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(slots=True)
class Atlas:
    """The whole graph of a scenario. `begins_with` is the ending when the play is over before it begins."""

    scenario: Scenario
    layouts: dict[str, Layout]
    batches: list[Batch] = field(default_factory=list)
    cyclic: list[range] = field(default_factory=list)
    ends: dict[str, Door] = field(default_factory=dict)
    plays_end: dict[str, int] = field(default_factory=dict)
    lows: list[Extreme | None] = field(default_factory=list)
    highs: list[Extreme | None] = field(default_factory=list)
    begins_with: str = ""

    @property
    def states(self) -> int:
        return self.batches[-1].first + len(self.batches[-1]) if self.batches else 0

    def batch_of(self, state: int) -> Batch:
        firsts = [batch.first for batch in self.batches]
        return self.batches[int(np.searchsorted(firsts, state, side="right")) - 1]

    def door(self, state: int, choice: int) -> str:
        """A choice as written paths name it: N01b."""
        batch = self.batch_of(state)
        return batch.node + self.scenario.nodes[batch.node].choices[choice].id

    def link(self, state: int, choice: int) -> int:
        batch = self.batch_of(state)
        return int(batch.links[choice][state - batch.first])

    def path_to(self, state: int) -> tuple[str, ...]:
        """A written path from the start to this state."""
        found: list[str] = []
        while (batch := self.batch_of(state)).parents[state - batch.first] >= 0:
            at = state - batch.first
            state = int(batch.parents[at])
            found.append(self.door(state, int(batch.by[at])))
        return tuple(reversed(found))

    def path_through(self, door: Door) -> tuple[str, ...]:
        """A written path to a state and one choice further."""
        return (*self.path_to(door.state), self.door(door.state, door.choice))

    def lot(self, batch: Batch, rows: NDArray[Any] | slice) -> Lot:
        """Some states of a batch, opened up again."""
        return self.layouts[batch.node].unpack(batch.keys[rows])
