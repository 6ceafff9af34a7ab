"""The least and the most that a play of the scenario can total, each with a play that does.

An axis is points got ÷ points offered, and what is offered depends on the way taken, so no sum over single steps says
what a play is worth. But a point lost costs at least what it costs when everything is offered that ever can be. With
that the best that can still be reached from a state has a bound that is swept back from the ends; and with the bound
all plays are searched forward, step by step, leaving out those that cannot beat the best play found so far. When
nothing is left the figure is proved; it always is that of a play, scored exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lots import Lot, advance
from ..paths import play_path
from ..play import MAX_STEPS
from ..scenario import Scenario
from .atlas import LOCKED, Atlas, Batch
from .points import PROCESS_SHARE, Points, apart_from_process, process_of
from .prospects import Ahead, column, sweep

QUICK, THOROUGH = 3_000, 1_500_000
"""How many unfinished plays a search keeps at once: to find good plays first, then to be sure."""

HALF_TENTH = 0.05
ROUNDING = PROCESS_SHARE / 100 * HALF_TENTH + 1e-3
"""What the rounding of axes can add to a total, and what single-precision sums may be off."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A total and a written play that has it. `limit` is how far it might yet go: the same when that is proved."""

    value: float
    path: tuple[str, ...]
    limit: float

    @property
    def is_proved(self) -> bool:
        return self.value == self.limit


def worth(
    scenario: Scenario, points: Points, floor: float
) -> Callable[[str, int, str, Lot], tuple[Any, Any]]:
    """What an ending adds to the bounds of the state before it (see `exploring.Worth`).

    Endings capped at `floor`, a total that some play is known to reach, or lower, have nothing to add to the most.
    """

    def of(node: str, choice: int, ending: str, lot: Lot) -> tuple[Any, Any]:
        rest = apart_from_process(scenario, ending, lot)
        lost, gained = _lost(points, node, choice), _gained(points, node, choice)
        is_capped = float(scenario.endings[ending].cap) <= floor
        return -np.inf if is_capped else rest + PROCESS_SHARE - lost, rest + gained

    return of


def _lost(points: Points, node: str, choice: int) -> float:
    offered = zip(points.weights, points.most[node], points.got[node][choice], strict=True)
    return sum(weight * (most - got) for weight, most, got in offered)


def _gained(points: Points, node: str, choice: int) -> float:
    return sum(weight * got for weight, got in zip(points.weights, points.got[node][choice], strict=True))


def most_ahead(atlas: Atlas, points: Points) -> Ahead:
    """By state a total that no way on from there exceeds, were no point lost before."""
    ahead = column(atlas, np.float32, -np.inf)

    def of_batch(batch: Batch) -> Any:
        found = batch.best.copy()
        for choice, links in enumerate(batch.links):
            np.maximum(found, ahead[links] - np.float32(_lost(points, batch.node, choice)), out=found)
        return found

    sweep(atlas, ahead, of_batch)
    return ahead


def least_ahead(atlas: Atlas, points: Points) -> Ahead:
    """By state a total that no way on from there falls short of, were no point got before."""
    ahead = column(atlas, np.float32, np.inf)

    def of_batch(batch: Batch) -> Any:
        found = batch.worst.copy()
        for choice, links in enumerate(batch.links):
            np.minimum(found, ahead[links] + np.float32(_gained(points, batch.node, choice)), out=found)
        return found

    sweep(atlas, ahead, of_batch)
    return ahead


def extreme_total(atlas: Atlas, points: Points, ahead: Ahead, known: Bound, *, most: bool) -> Bound:
    """The most, or the least, of all totals. `known` is a play to begin with."""
    for width in (QUICK, THOROUGH):
        known = _Search(atlas, points, ahead, known, most, width).run()
        if known.is_proved:
            return known
    return known


@dataclass(slots=True)
class _Front:
    """Unfinished plays: where they stand, the points got and offered (axes × plays), and how they came there."""

    states: NDArray[Any]
    got: NDArray[Any]
    offered: NDArray[Any]
    before: NDArray[Any]
    choices: NDArray[Any]

    def taken(self, picked: Any) -> "_Front":
        return _Front(
            self.states[picked],
            self.got[:, picked],
            self.offered[:, picked],
            self.before[picked],
            self.choices[picked],
        )


class _Search:
    def __init__(
        self, atlas: Atlas, points: Points, ahead: Ahead, known: Bound, most: bool, width: int
    ) -> None:
        self.atlas, self.points, self.ahead, self.most, self.width = atlas, points, ahead, most, width
        self.sign = 1.0 if most else -1.0
        self.known = known
        self.weights = np.array(points.weights)[:, None]
        self.left_out = -np.inf  # the best bound, as `sign` sees it, of plays that were not followed
        self.fronts: list[_Front] = []
        self.firsts = np.array([batch.first for batch in atlas.batches])

    def run(self) -> Bound:
        axes = len(self.points.axes)
        nothing = np.zeros((axes, 1), dtype=np.int32)
        one = np.zeros(1, dtype=np.int32)
        self.fronts = [_Front(one, nothing, nothing, one, one)]
        while len(self.fronts[-1].states) and len(self.fronts) <= MAX_STEPS:
            self.fronts.append(self._narrowed(self._stepped(self.fronts[-1])))
        limit = self.sign * self.left_out
        if not self._beats(np.array([self.left_out]))[0]:
            limit = self.known.value
        return Bound(self.known.value, self.known.path, round(float(limit), 1))

    def _bounds(self, front: _Front) -> Any:
        """What the plays can come to, as `sign` sees it: greater is better."""
        if self.most:
            return self.ahead[front.states] - (self.weights * (front.offered - front.got)).sum(axis=0)
        return -(self.ahead[front.states] + (self.weights * front.got).sum(axis=0))

    def _beats(self, bounds: Any) -> Any:
        """Which of these could still be rounded to a better total than the known one's."""
        return bounds + ROUNDING >= self.sign * self.known.value + HALF_TENTH

    def _stepped(self, front: _Front) -> _Front:
        parts: list[_Front] = []
        of_batch = np.searchsorted(self.firsts, front.states, side="right") - 1
        for number in np.unique(of_batch):
            batch = self.atlas.batches[number]
            rows = np.flatnonzero(of_batch == number).astype(np.int32)
            at = front.states[rows] - batch.first
            for choice, links in enumerate(batch.links):
                to = links[at]
                moved = self._chosen(front, batch, rows, choice, to)
                self._finish(batch, moved.taken(to < LOCKED), at[to < LOCKED], choice)
                on = moved.taken(to >= 0)
                parts.append(on.taken(self._beats(self._bounds(on))))
        return _together(parts)

    def _chosen(self, front: _Front, batch: Batch, rows: Any, choice: int, to: Any) -> _Front:
        got = np.array(self.points.got[batch.node][choice], dtype=np.int32)[:, None]
        offered = np.array(self.points.most[batch.node], dtype=np.int32)[:, None]
        chosen = np.full(len(rows), choice, dtype=np.int32)
        return _Front(to, front.got[:, rows] + got, front.offered[:, rows] + offered, rows, chosen)

    def _finish(self, batch: Batch, done: _Front, at: Any, number: int) -> None:
        """Look at plays that have come to an end; the best becomes the known one."""
        scenario = self.atlas.scenario
        node = scenario.nodes[batch.node]
        if not len(done.states):
            return
        lot = self.atlas.lot(batch, at)
        totals = np.zeros(len(done.states))
        for ending, part in advance(scenario, node, node.choices[number], lot).items():
            if ending in scenario.endings:
                process = process_of(done.got[:, part.rows], done.offered[:, part.rows])
                total = apart_from_process(scenario, ending, part) + PROCESS_SHARE / 100 * process
                totals[part.rows] = np.minimum(total, float(scenario.endings[ending].cap))
        for play in np.argsort(-self.sign * totals):
            if self.sign * totals[play] + 1e-6 < self.sign * self.known.value + HALF_TENTH:
                return
            path = (*self._path(int(done.before[play])), batch.node + node.choices[number].id)
            exact = play_path(scenario, path).total
            if self.sign * exact > self.sign * self.known.value:
                self.known = Bound(exact, path, exact)

    def _path(self, at: int) -> tuple[str, ...]:
        found = []
        for earlier, front in zip(reversed(self.fronts[:-1]), reversed(self.fronts[1:]), strict=True):
            before = int(front.before[at])
            found.append(self.atlas.door(int(earlier.states[before]), int(front.choices[at])))
            at = before
        return tuple(reversed(found))

    def _narrowed(self, front: _Front) -> _Front:
        """Those worth following: each once, no more than `width`."""
        bounds = self._bounds(front)
        front, bounds = front.taken(beats := self._beats(bounds)), bounds[beats]
        if len(bounds) > self.width // 8 and (names := self._names(front)) is not None:
            _names, once = np.unique(names, return_index=True)
            front, bounds = front.taken(once), bounds[once]
        if len(bounds) > self.width:
            order = np.argpartition(-bounds, self.width)
            self.left_out = max(self.left_out, float(bounds[order[self.width :]].max()))
            front = front.taken(order[: self.width])
        return front

    def _names(self, front: _Front) -> Any:
        """A number for each play, the same for those alike in state and points; None when it would not fit."""
        sizes = [ever.bit_length() for ever in self.points.ever]
        if self.atlas.states.bit_length() + 2 * sum(sizes) > 64:
            return None
        names = front.states.astype(np.uint64)
        for axis, bits in enumerate(sizes):
            names = names << np.uint64(bits) | front.got[axis].astype(np.uint64)
            names = names << np.uint64(bits) | front.offered[axis].astype(np.uint64)
        return names


def _together(parts: list[_Front]) -> _Front:
    return _Front(
        np.concatenate([part.states for part in parts]),
        np.concatenate([part.got for part in parts], axis=1),
        np.concatenate([part.offered for part in parts], axis=1),
        np.concatenate([part.before for part in parts]),
        np.concatenate([part.choices for part in parts]),
    )
