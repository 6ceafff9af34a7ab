"""A scenario as a graph, from a document that may be unfinished: what leads where, and what is visibly wrong with it.

Only the ways are looked at, not the conditions: what is unreachable here is so whatever happens. The proof of a whole
scenario is `engine.proof`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .editing import as_rows, as_table, items_of
from .scenario import END

Kind = Literal["node", "ending", "end", "missing"]
Fault = Literal["unreachable", "dead_end", "missing", "no_way", "no_choice"]

CERTAIN = "True"


@dataclass(frozen=True)
class Way:
    """From one spot to another. `choices` are the letters that take it; `is_certain` that no condition is asked."""

    source: str
    target: str
    choices: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True)
class Spot:
    """A situation, an ending, the place where endings are decided (END), or a target that does not exist.

    `stage` is the number of its stage in order of appearance, -1 for none. `halts` says that an ending can strike
    anywhere. `loose` are the choices that lead nowhere.
    """

    id: str
    title: str
    kind: Kind
    stage: int = -1
    choices: int = 0
    halts: bool = False
    loose: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Spots in the document's order, endings behind; ways by source; the stages by name."""

    spots: tuple[Spot, ...]
    ways: tuple[Way, ...]
    stages: tuple[str, ...]
    start: str

    def ways_from(self, key: str) -> tuple[Way, ...]:
        return tuple(way for way in self.ways if way.source == key)


@dataclass
class _Ways:
    """The ways of one spot by target: which choices, and whether any asks no condition."""

    by_target: dict[str, tuple[list[str], bool]] = field(default_factory=dict)

    def add(self, target: str, choice: str, is_certain: bool) -> None:
        choices, was_certain = self.by_target.setdefault(target, ([], False))
        if choice not in choices:
            choices.append(choice)
        self.by_target[target] = (choices, was_certain or is_certain)


def graph_of(document: Mapping[str, Any]) -> Graph:
    """The graph of a document, however unfinished; takes time linear in its length."""
    nodes, endings = _by_id(items_of(dict(document), "node")), _by_id(items_of(dict(document), "ending"))
    ways, loose = _ways_of(nodes, endings)
    stages = tuple(dict.fromkeys(name for node in nodes.values() if (name := _text(node, "stage"))))
    start = next(iter(nodes), "")
    halting = [key for stop in as_rows(document.get("global_end")) if isinstance(key := stop.get("end"), str)]
    reached = _closure([start, *halting], _forward(ways))
    ending_well = _closure([*endings, END], _backward(ways))
    spots = [
        Spot(
            key, _text(node, "title"), "node",
            stage=stages.index(stage) if (stage := _text(node, "stage")) else -1,
            choices=len(as_rows(node.get("choices"))),
            loose=tuple(loose.get(key, ())),
            faults=_faults(node, key, reached, ending_well, loose),
        )
        for key, node in nodes.items()
    ]  # fmt: skip
    spots += [Spot(END, "", "end")] if any(way.target == END for way in ways) else []
    spots += [
        Spot(key, _text(ending, "title"), "ending", halts=key in halting,
             faults=() if key in reached else ("unreachable",))
        for key, ending in endings.items()
    ]  # fmt: skip
    known = {spot.id for spot in spots}
    lost = dict.fromkeys(way.target for way in ways if way.target not in known)
    spots += [Spot(key, "", "missing", faults=("missing",)) for key in lost]
    return Graph(tuple(spots), tuple(ways), stages, start)


def _faults(
    node: Mapping[str, Any], key: str, reached: set[str], ending_well: set[str], loose: Mapping[str, Any]
) -> tuple[Fault, ...]:
    found: list[Fault] = []
    if key not in reached:
        found.append("unreachable")
    if not as_rows(node.get("choices")):
        found.append("no_choice")
    elif key not in ending_well:
        found.append("dead_end")
    elif key in loose:
        found.append("no_way")
    return tuple(found)


def _by_id(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if key := _text(row, "id"):
            found.setdefault(key, row)
    return found


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _ways_of(
    nodes: Mapping[str, dict[str, Any]], endings: Mapping[str, dict[str, Any]]
) -> tuple[list[Way], dict[str, list[str]]]:
    """All ways, and by node the choices that can be left without one."""
    ways: list[Way] = []
    loose: dict[str, list[str]] = {}
    for key, node in nodes.items():
        found, usual = _Ways(), _routes(node.get("next"))
        for choice in as_rows(node.get("choices")):
            letter, is_settled = _text(choice, "id"), False
            for target, is_certain in (*_routes(choice.get("next")), *usual):
                found.add(target, letter, is_certain)
                if is_certain:
                    is_settled = True
                    break
            if not is_settled:
                loose.setdefault(key, []).append(letter)
        ways += _listed(key, found)
    if any(way.target == END for way in ways):
        decided = _Ways()
        for key, ending in endings.items():
            if condition := _text(ending, "cond").strip():
                decided.add(key, "", condition == CERTAIN)
        ways += _listed(END, decided)
    return ways, loose


def _listed(source: str, found: _Ways) -> list[Way]:
    return [
        Way(source, target, tuple(filter(None, choices)), is_certain)
        for target, (choices, is_certain) in found.by_target.items()
    ]


def _routes(value: object) -> list[tuple[str, bool]]:
    """Target and whether it asks no condition, in order."""
    if isinstance(value, str):
        return [(value, True)] if value else []
    return [
        (target, (_text(route, "cond").strip() or CERTAIN) == CERTAIN)
        for route in as_rows(value)
        if (target := _text(as_table(route), "to"))
    ]


def _forward(ways: Iterable[Way]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for way in ways:
        found.setdefault(way.source, []).append(way.target)
    return found


def _backward(ways: Iterable[Way]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for way in ways:
        found.setdefault(way.target, []).append(way.source)
    return found


def _closure(begin: Iterable[str], steps: Mapping[str, list[str]]) -> set[str]:
    """Everything that can be reached from these."""
    waiting = list(begin)
    found = set(waiting)
    while waiting:
        for key in steps.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found
