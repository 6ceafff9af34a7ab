"""What an author should know about a scenario, each with a written path that shows it.

| kind | severity | where | witness | detail |
|---|---|---|---|---|
| unreachable-node | error | node | – | |
| dead-end | error | node | to a state in which nothing can be chosen | states |
| endless-loop | error | node | that comes back to a state in which it was | |
| never-enabled | warning | choice | to its node | |
| unreached-ending | warning | ending | – | |
| no-pass | warning | – | – | no play reaches an ending that may pass |
| unasked | warning | an axis of the bound view | – | no option has a point to give for it: nobody is judged by it |
| dominated | warning | choice | to its node | by: the choice that is never worse |
| unwinnable | note | choice | through it: no ending that may pass can be reached any more | always, states |
| irrevocable | note | choice | through it: the best ending cannot be reached any more | always, states |

What can pass and what is best: see `prospects.within_reach`. One choice dominates another when in every reachable
state in which the other is open it is open, too, leads to the same place with the same flags, earns no fewer points in
any dimension, leaves no less of anything that scoring or prices want much of and the same of everything else, and is
better in some of it in some state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from ..lots import Lot, advance
from ..play import MAX_STEPS
from ..scenario import Choice, Node, Scenario
from .atlas import LOCKED, Atlas, Batch
from .prospects import CAN_BE_BEST, CAN_PASS, Ahead, dead_ends, endless

Severity = Literal["error", "warning", "note"]
NOTHING: Mapping[str, object] = MappingProxyType({})
CHUNK = 1 << 14


@dataclass(frozen=True)
class Finding:
    """`witness` is a written path that `play_scenario --path` replays; empty where nothing can be shown."""

    kind: str
    severity: Severity
    where: str
    witness: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    def as_json(self) -> dict[str, object]:
        head = {"kind": self.kind, "severity": self.severity, "where": self.where}
        return head | {"witness": ",".join(self.witness)} | dict(self.detail)


@dataclass(frozen=True)
class Prefix:
    """A choice after which something cannot be reached any more: `lost` is "pass" or "best".

    `states` counts the states in which it was still to be had and this choice gave it away; `always` says that it does
    wherever it can be made and something is still to be lost.
    """

    where: str
    lost: str
    witness: tuple[str, ...]
    states: int
    always: bool


def faults(atlas: Atlas) -> Iterator[Finding]:
    """What cannot be played as it is written."""
    seen = {batch.node for batch in atlas.batches}
    for node in atlas.scenario.nodes:
        if node not in seen:
            yield Finding("unreachable-node", "error", node)
    for node, state, count in dead_ends(atlas):
        yield Finding("dead-end", "error", node, atlas.path_to(state), {"states": count})
    if (path := endless(atlas)) is not None:
        node, _choice = atlas.scenario.choice_names[path[-1]]
        yield Finding("endless-loop", "error", node, path)


def idle_parts(atlas: Atlas, reach: Ahead) -> Iterator[Finding]:
    """Choices that are never open, endings that never come, a pass that nobody gets."""
    for node, by_choice in enabled(atlas).items():
        for choice, count in by_choice.items():
            if not count:
                first = next(batch.first for batch in atlas.batches if batch.node == node)
                yield Finding("never-enabled", "warning", node + choice, atlas.path_to(first))
    for ending in atlas.scenario.endings:
        if ending not in atlas.ends and ending != atlas.begins_with:
            yield Finding("unreached-ending", "warning", ending)
    if atlas.states and not reach[0] & CAN_PASS:
        yield Finding("no-pass", "warning", "")


def unasked(scenario: Scenario) -> Iterator[Finding]:
    """Axes by which a play is meant to be judged, and for which the scenario has nothing to ask."""
    most = [
        max(points) for points in zip(*(node.most_points for node in scenario.nodes.values()), strict=True)
    ]
    asked = {leaf for leaf, points in zip(scenario.leaves, most, strict=True) if points}
    for axis, leaves in scenario.views[scenario.marks.view].axes:
        if not asked.intersection(leaves):
            yield Finding("unasked", "warning", axis)


def enabled(atlas: Atlas) -> dict[str, dict[str, int]]:
    """By reached node and choice in how many states it is open."""
    found: dict[str, dict[str, int]] = {}
    for batch in atlas.batches:
        of_node = found.setdefault(batch.node, {})
        for choice, links in zip(atlas.scenario.nodes[batch.node].choices, batch.links, strict=True):
            of_node[choice.id] = of_node.get(choice.id, 0) + int((links != LOCKED).sum())
    return found


# Mistakes that nothing makes good


def prefixes(atlas: Atlas, reach: Ahead) -> list[Prefix]:
    """Every choice that can lose a pass or the best ending for good, with the shortest path to it that is known."""
    found = []
    for bit, lost in ((CAN_PASS, "pass"), (CAN_BE_BEST, "best")):
        by_door: dict[str, list[Prefix]] = {}
        for batch in atlas.batches:
            for prefix in _prefixes_of(atlas, reach, batch, bit, lost):
                by_door.setdefault(prefix.where, []).append(prefix)
        found += [_summed(same) for same in by_door.values()]
    found = [prefix for prefix in found if len(prefix.witness) <= MAX_STEPS]
    return sorted(found, key=lambda prefix: (prefix.lost == "best", len(prefix.witness), prefix.where))


def _prefixes_of(atlas: Atlas, reach: Ahead, batch: Batch, bit: int, lost: str) -> Iterator[Prefix]:
    had = (reach[batch.first : batch.first + len(batch)] & bit) != 0
    for number, links in enumerate(batch.links):
        could = had & (links != LOCKED)
        gone = could & ((reach[links] & bit) == 0)
        if gone.any():
            state = batch.first + int(gone.argmax())
            witness = (*atlas.path_to(state), atlas.door(state, number))
            count = int(gone.sum())
            yield Prefix(witness[-1], lost, witness, count, count == int(could.sum()))


def _summed(same: list[Prefix]) -> Prefix:
    first = min(same, key=lambda prefix: len(prefix.witness))
    states = sum(prefix.states for prefix in same)
    return Prefix(first.where, first.lost, first.witness, states, all(prefix.always for prefix in same))


def mistakes(found: list[Prefix]) -> Iterator[Finding]:
    """The choices that always lose it for good, and the shortest way there is to lose it.

    Late in a play nearly every choice can be the last straw in some state; those stay among the prefixes.
    """
    kinds = {"pass": "unwinnable", "best": "irrevocable"}
    shortest = {lost: next((prefix for prefix in found if prefix.lost == lost), None) for lost in kinds}
    for prefix in found:
        if not prefix.always and prefix is not shortest[prefix.lost]:
            continue
        detail = {"always": prefix.always, "states": prefix.states}
        yield Finding(kinds[prefix.lost], "note", prefix.where, prefix.witness, detail)


# Choices that another one beats


def dominated(atlas: Atlas) -> Iterator[Finding]:
    for key, by_choice in enabled(atlas).items():
        node = atlas.scenario.nodes[key]
        batches = [batch for batch in atlas.batches if batch.node == key]
        for worse in node.choices:
            if not by_choice[worse.id]:
                continue
            better = next((of for of in node.choices if _beats(atlas, batches, node, of, worse)), None)
            if better is not None:
                witness = _open_at(atlas, batches, node.choices.index(worse))
                yield Finding("dominated", "warning", key + worse.id, witness, {"by": key + better.id})


def _open_at(atlas: Atlas, batches: list[Batch], choice: int) -> tuple[str, ...]:
    batch = next(batch for batch in batches if (batch.links[choice] != LOCKED).any())
    return atlas.path_to(batch.first + int((batch.links[choice] != LOCKED).argmax()))


def _beats(atlas: Atlas, batches: list[Batch], node: Node, better: Choice, worse: Choice) -> bool:
    points = list(zip(better.points, worse.points, strict=True))
    if better is worse or any(more < less for more, less in points):
        return False
    is_better = any(more > less for more, less in points)
    for batch in batches:
        for since in range(0, len(batch), CHUNK):
            lot = atlas.lot(batch, slice(since, since + CHUNK))
            compared = _compare(atlas.scenario, node, lot, better, worse)
            if compared is None:
                return False
            is_better = is_better or compared
    return is_better


def _compare(scenario: Scenario, node: Node, lot: Lot, better: Choice, worse: Choice) -> bool | None:
    """Whether one choice is better in some of these states; None when it is worse, or just other, in any."""
    one, other = (_told(scenario, node, choice, lot) for choice in (better, worse))
    is_open = other[0] >= 0
    is_better = False
    wanted = _wanted(scenario)
    for place, (mine, its) in enumerate(zip(one, other, strict=True)):
        mine, its = mine[is_open], its[is_open]
        if place - 2 in wanted:  # the first two are where it leads and the flags
            if (mine < its).any():
                return None
            is_better = is_better or bool((mine > its).any())
        elif not np.array_equal(mine, its):
            return None
    return is_better


def _told(scenario: Scenario, node: Node, choice: Choice, lot: Lot) -> list[Any]:
    """Where the choice leads (a number, -1 for locked), the flags and the values, for every state of the lot."""
    names = [*scenario.nodes, *scenario.endings]
    columns = [np.full(len(lot), -1, dtype=np.int64) for _ in range(2 + len(lot.columns))]
    for target, part in advance(scenario, node, choice, lot).items():
        columns[0][part.rows] = names.index(target)
        columns[1][part.rows] = part.flags.astype(np.int64)
        for slot, column in enumerate(part.columns, start=2):
            columns[slot][part.rows] = column
    return columns


def _wanted(scenario: Scenario) -> set[int]:
    """The variables of which more is better: what scoring counts, and what choices are paid from."""
    marks = scenario.marks
    keys = {marks.compliance, marks.time, *marks.outcome, *scenario.resources}
    return {of.slot for of in scenario.variables.values() if of.key in keys}
