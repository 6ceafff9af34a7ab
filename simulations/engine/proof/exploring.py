"""Finding every state that a play can come to: the atlas of a scenario is drawn.

Node by node in an order in which nothing comes after it that leads back; where the nodes themselves go in circles,
round by round until nothing new turns up. The states of a node are sorted integers (see `layout`), their choices are
columns of links: the number of the state they lead to, LOCKED, or an ending.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..lots import Lot, Moved, TooManyFlags, advance, first
from ..scenario import Scenario
from .atlas import LOCKED, Atlas, Batch, Door, Extreme, Links, ending_link
from .layout import Keys, Layout, TooBig, lay_out
from .ways import components, is_cyclic, ways

Progress = Callable[[int, int, str], None]

CHUNK = 1 << 17
MOST_STATES = 70_000_000
"""More states than these are not listed, whatever the budget: 老楼新梯's 40 million take 2.2 GiB."""

MOST_WAITING = 100_000_000
"""More arrivals than these are not kept waiting for their node: they would take another GiB."""


Worth = Callable[[str, int, str, Lot], tuple[Any, Any]]
"""(node, number of the choice, ending, states as they ended) → most and least that this ending is worth there."""


@dataclass(slots=True)
class _Arrival:
    """States that came to a node through one choice of a batch: who from, and their keys there."""

    batch: Batch
    choice: int
    rows: list[Links] = field(default_factory=list)
    keys: list[Keys] = field(default_factory=list)
    is_seen: bool = False


def explore(
    scenario: Scenario,
    worth: Worth,
    *,
    drop: bool = True,
    budget: int | None = None,
    progress: Progress | None = None,
) -> Atlas:
    """The atlas of the scenario. Raises TooBig when it does not fit (see `layout`), or past `budget` states."""
    try:
        most = MOST_STATES if budget is None else min(budget, MOST_STATES)
        return _Explorer(scenario, worth, most, drop).run(progress)
    except TooManyFlags as error:
        raise TooBig("too many flags") from error


class _Explorer:
    def __init__(self, scenario: Scenario, worth: Worth, budget: int, drop: bool) -> None:
        self.scenario = scenario
        self.worth = worth
        self.budget = budget
        slots = len(scenario.variables)
        self.atlas = Atlas(scenario, {}, lows=[None] * slots, highs=[None] * slots)
        self.endings = {key: number for number, key in enumerate(scenario.endings)}
        self.arrivals: dict[str, list[_Arrival]] = {}
        self.waiting = 0
        begun = first(scenario)
        if scenario.start in begun:
            self.atlas.layouts = lay_out(scenario, drop=drop)
        self.begun: Moved = begun

    def run(self, progress: Progress | None) -> Atlas:
        graph = ways(self.scenario)
        if self.scenario.start not in self.begun:
            self.atlas.begins_with = next(iter(self.begun))
            return self.atlas
        order = components(graph, self.scenario.start)
        start = self.atlas.layouts[self.scenario.start].pack(self.begun[self.scenario.start])
        for done, component in enumerate(order):
            if progress:
                progress(done, len(order), "exploring")
            since = len(self.atlas.batches)
            seen = dict.fromkeys(component, np.zeros(0, dtype=np.uint64))
            fresh = {self.scenario.start: start} if self.scenario.start in component else {}
            # a node that leads back to itself is looked at again for what came in meanwhile
            has_found = self._find(seen, fresh)
            while has_found and is_cyclic(graph, component):
                has_found = self._find(seen, {})
            found = self.atlas.batches[since:]
            for key in component:
                self._link(key, [batch for batch in found if batch.node == key])
            if is_cyclic(graph, component) and found:
                self.atlas.cyclic.append(range(since, len(self.atlas.batches)))
        return self.atlas

    def _find(self, seen: dict[str, Keys], fresh: dict[str, Keys]) -> bool:
        """Turn what has newly arrived at these nodes into batches and follow their choices; False: nothing new."""
        new = []
        for node, known in seen.items():
            arrivals = [arrival for arrival in self.arrivals.get(node, []) if not arrival.is_seen]
            parts = [part for arrival in arrivals for part in arrival.keys]
            keys = _distinct([*parts, fresh[node]] if node in fresh else parts)
            for arrival in arrivals:
                arrival.is_seen = True
            if len(known):
                keys = keys[known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] != keys]
            if len(keys):
                new.append(self._batch(node, keys))
                seen[node] = _distinct([known, keys]) if len(known) else keys
        for batch in new:
            self._follow(batch)
        return bool(new)

    def _batch(self, node: str, keys: Keys) -> Batch:
        states = self.atlas.states
        if states + len(keys) > self.budget:
            raise TooBig(f"more than {self.budget} states")
        batch = Batch(
            node, states, keys, np.full(len(keys), -1, dtype=np.int32), np.zeros(len(keys), dtype=np.uint8)
        )
        choices = self.scenario.nodes[node].choices
        batch.links = [np.full(len(keys), LOCKED, dtype=np.int32) for _choice in choices]
        batch.best = np.full(len(keys), -np.inf, dtype=np.float32)
        batch.worst = np.full(len(keys), np.inf, dtype=np.float32)
        self.atlas.batches.append(batch)
        return batch

    def _follow(self, batch: Batch) -> None:
        node, layout = self.scenario.nodes[batch.node], self.atlas.layouts[batch.node]
        arrivals: dict[tuple[str, int], _Arrival] = {}
        for since in range(0, len(batch), CHUNK):
            lot = layout.unpack(batch.keys[since : since + CHUNK], since)
            for number, choice in enumerate(node.choices):
                for target, part in advance(self.scenario, node, choice, lot).items():
                    if target in self.endings:
                        self._end(batch, number, target, part)
                        continue
                    after = self.atlas.layouts[target]
                    self._let_go(batch, number, layout, after, part)
                    arrival = arrivals.setdefault((target, number), _Arrival(batch, number))
                    self.waiting += len(part)
                    arrival.rows.append(part.rows)
                    arrival.keys.append(after.pack(part))
            if self.waiting > MOST_WAITING:
                raise TooBig(f"more than {MOST_WAITING} states at once")
        for (target, _number), arrival in arrivals.items():
            self.arrivals.setdefault(target, []).append(arrival)

    def _end(self, batch: Batch, choice: int, ending: str, part: Lot) -> None:
        needed = self.scenario.marks.needs_any.get(ending, ())
        bits = sum(self.scenario.flags[key].bit for key in needed)
        lacks = (part.flags & np.uint64(bits)) == 0 if needed else np.zeros(len(part), dtype=np.bool_)
        link = ending_link(self.endings[ending], lacks=False)
        batch.links[choice][part.rows] = np.int32(link) - lacks.astype(np.int32)
        self.atlas.ends.setdefault(ending, Door(batch.first + int(part.rows[0]), choice))
        self.atlas.plays_end[ending] = self.atlas.plays_end.get(ending, 0) + len(part)
        most, least = self.worth(batch.node, choice, ending, part)
        batch.best[part.rows] = np.maximum(batch.best[part.rows], most)
        batch.worst[part.rows] = np.minimum(batch.worst[part.rows], least)
        self._look(batch, choice, self.atlas.layouts[batch.node].kept, part)

    def _let_go(self, batch: Batch, choice: int, before: Layout, after: Layout, part: Lot) -> None:
        """A variable that is left out from here on has its final value now."""
        self._look(batch, choice, before.kept - after.kept, part)

    def _look(self, batch: Batch, choice: int, slots: frozenset[int], part: Lot) -> None:
        for slot in slots:
            column = part.columns[slot]
            low, high = int(column.argmin()), int(column.argmax())
            known = self.atlas.lows[slot]
            if known is None or column[low] < known.value:
                door = Door(batch.first + int(part.rows[low]), choice)
                self.atlas.lows[slot] = Extreme(int(column[low]), door)
            known = self.atlas.highs[slot]
            if known is None or column[high] > known.value:
                door = Door(batch.first + int(part.rows[high]), choice)
                self.atlas.highs[slot] = Extreme(int(column[high]), door)

    def _link(self, node: str, batches: list[Batch]) -> None:
        """Now that all states of the node are known: number the links of those who came, and note who led there."""
        arrivals = self.arrivals.pop(node, [])
        if not batches:
            return
        keys, numbers = (
            batches[0].keys,
            np.arange(len(batches[0]), dtype=np.int32) + np.int32(batches[0].first),
        )
        if len(batches) > 1:
            keys = np.concatenate([batch.keys for batch in batches])
            numbers = np.concatenate(
                [np.arange(batch.first, batch.first + len(batch), dtype=np.int32) for batch in batches]
            )
            order = np.argsort(keys)
            keys, numbers = keys[order], numbers[order]
        for arrival in reversed(arrivals):  # so that the earliest comes last and stays a parent
            rows = np.concatenate(arrival.rows)
            self.waiting -= len(rows)
            to = numbers[np.searchsorted(keys, np.concatenate(arrival.keys))]
            arrival.rows.clear()
            arrival.keys.clear()
            arrival.batch.links[arrival.choice][rows] = to
            self._note_parents(batches, to, rows, arrival)

    def _note_parents(self, batches: list[Batch], to: Links, rows: Links, arrival: _Arrival) -> None:
        firsts = np.array([batch.first for batch in batches])
        of_batch = np.searchsorted(firsts, to, side="right") - 1 if len(batches) > 1 else None
        present = [0] if of_batch is None else np.unique(of_batch).tolist()
        for number in present:
            batch = batches[number]
            if arrival.batch.first >= batch.first:
                continue  # a way back: the state was known before
            here = slice(None) if of_batch is None else of_batch == number
            batch.parents[to[here] - batch.first] = rows[here] + np.int32(arrival.batch.first)
            batch.by[to[here] - batch.first] = arrival.choice


def _distinct(parts: list[Keys]) -> Keys:
    keys: Keys = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
    keys.sort()
    if len(keys) < 2:
        return keys
    is_new = np.empty(len(keys), dtype=np.bool_)
    is_new[0] = True
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    return keys[is_new]
