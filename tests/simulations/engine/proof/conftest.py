"""Small scenarios drawn at random, and the slow truth about them: every play, one after another."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulations.engine.paths import write_path
from simulations.engine.play import State, open_choices, start, step
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import score

Document = dict[str, Any]
MOST_PLAYS = 6_000


@dataclass
class Truth:
    """What every play there is says together."""

    nodes: set[str] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    totals: list[float] = field(default_factory=list)
    axes: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    finals: dict[str, list[float]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def spans(self) -> dict[str, Any]:
        return {
            "totals": _ends(self.totals),
            "axes": {key: _ends(values) for key, values in self.axes.items()},
            "finals": {key: _ends(values) for key, values in self.finals.items()},
        }


def _ends(values: list[float]) -> tuple[float, float] | None:
    return (min(values), max(values)) if values else None


class TooManyPlays(Exception):
    """More plays than a test can wait for."""


def every_play(scenario: Scenario) -> Truth:
    truth = Truth()
    left = iter(range(MOST_PLAYS))
    _walk(scenario, start(scenario), truth, left)
    return truth


def _walk(scenario: Scenario, state: State, truth: Truth, left: Iterator[int]) -> bool:
    """Whether a play that goes on from here can come to an ending that may pass."""
    if next(left, None) is None:
        raise TooManyPlays
    if state.is_ended:
        return _take_in(scenario, state, truth)
    truth.nodes.add(state.node)
    offered = open_choices(scenario, state)
    if not offered:
        truth.stuck.add(state.node)
    truth.enabled |= {state.node + choice for choice in offered}
    passing = {
        state.node + choice: _walk(scenario, step(scenario, state, choice), truth, left) for choice in offered
    }
    if any(passing.values()):
        truth.lost |= {door for door, passes in passing.items() if not passes}
    return any(passing.values())


def _take_in(scenario: Scenario, state: State, truth: Truth) -> bool:
    outcome = score(scenario, state)
    truth.endings.add(outcome.ending)
    truth.totals.append(outcome.total)
    for view, axes in outcome.views.items():
        for axis, value in axes.items():
            if value is not None:
                truth.axes.setdefault((view, axis), []).append(value)
    for key, value in outcome.final.items():
        truth.finals.setdefault(key, []).append(value)
    needed = scenario.marks.needs_any.get(outcome.ending, ())
    is_capped = scenario.endings[outcome.ending].cap < scenario.marks.total
    lacks = bool(needed) and not set(needed) & set(outcome.flags)
    return not (outcome.ending in scenario.marks.failing or is_capped or lacks)


# Drawing scenarios

FLAGS = ("f0", "f1", "f2")
VARIABLES = {
    "budget": (2, 0, 9),
    "days": (60, -999, 999),
    "sat": (50, 0, 100),
    "trust": (40, 0, 100),
    "comp": (80, 0, 100),
    "mood": (5, 0, 10),
}


class Drawing:
    """Draws one scenario document. `circles` lets ways lead back; then every choice costs twenty days."""

    def __init__(self, seed: int, *, circles: bool = False) -> None:
        self.chance = random.Random(seed)
        self.circles = circles
        self.nodes = [f"N{n}" for n in range(1, self.chance.randint(3, 4 if circles else 7) + 1)]

    def document(self) -> Document:
        return {
            "id": "T",
            "title": "随机",
            "vars": {
                key: {"name": key, "init": init, "lo": lo, "hi": hi}
                for key, (init, lo, hi) in VARIABLES.items()
            },
            "flags": {key: key for key in FLAGS},
            "dims": {"zc": "政策", "sg": "社工", "sz": "数字", "gq": "共情"},
            "views": {
                "A": {"x": ["zc", "sg"], "y": ["sz"], "z": ["gq"]},
                "B": {"x": ["zc"], "w": ["sg", "gq"]},
            },
            "global_end": [{"cond": "trust<=10", "end": "BAD"}, {"cond": "days<0", "end": "LATE"}],
            "nodes": [self.node(at) for at in range(len(self.nodes))],
            "endings": [
                {
                    "id": "GOOD",
                    "title": "好",
                    "cond": self.condition(),
                    "factor": 1,
                    "cap": 100,
                    "debrief": "点评",
                },
                {"id": "FAIR", "title": "中", "cond": "True", "factor": 0.7, "cap": 75, "debrief": "点评"},
                {"id": "LATE", "title": "迟", "cond": None, "factor": 0.5, "cap": 59, "debrief": "点评"},
                {
                    "id": "BAD",
                    "title": "坏",
                    "cond": "f2 and sat>90",
                    "factor": 0.2,
                    "cap": 50,
                    "debrief": "点评",
                },
            ],
            "scoring": {"fail_endings": ["BAD"], "requires_any": {"FAIR": ["f0", "f1"]}},
            "early_until": self.nodes[-1],
        }

    def node(self, at: int) -> Document:
        return {
            "id": self.nodes[at],
            "title": "节点",
            "text": "情境",
            "enter": self.effects(1) if self.chance.random() < 0.4 else [],
            "choices": [self.choice("abc"[n], at) for n in range(self.chance.randint(2, 3))],
            "next": self.onward(at),
        }

    def onward(self, at: int) -> str:
        """Mostly the next node, so that plays are not over at once."""
        is_last = at + 1 == len(self.nodes)
        return self.target(at) if is_last or self.chance.random() < 0.25 else self.nodes[at + 1]

    def choice(self, key: str, at: int) -> Document:
        days = [{"var": "days", "add": -20}] if self.circles else []
        routes = [{"cond": self.condition(), "to": self.target(at)}] if self.chance.random() < 0.3 else None
        return {
            "id": key,
            "text": "选项" * self.chance.randint(1, 5),
            "cond": self.condition() if self.chance.random() < (0.1 if key == "a" else 0.4) else None,
            "effects": days + self.effects(self.chance.randint(0, 3)),
            "score": {key: self.chance.choice((0, 0, 1, 2, 3)) for key in ("zc", "sg", "sz", "gq")},
            "set": [self.chance.choice(FLAGS)] if self.chance.random() < 0.4 else [],
            "feedback": "反馈",
            "next": routes,
        }

    def target(self, at: int) -> str:
        onward = self.nodes if self.circles else self.nodes[at + 1 :]
        nodes = [key for key in onward if self.circles or key != self.nodes[0]]
        return self.chance.choice([*nodes, *nodes, "END", "GOOD"] if nodes else ["END", "END", "FAIR"])

    def effects(self, count: int) -> list[Document]:
        keys = [key for key in VARIABLES if key != "days" or not self.circles]
        return [
            {
                "var": self.chance.choice(keys),
                "add": self.chance.choice((-30, -12, -7.5, -1, -0.5, 1, 4, 15, 40)),
                "cond": self.condition() if self.chance.random() < 0.3 else None,
            }
            for _ in range(count)
        ]

    def condition(self) -> str:
        flag, other = self.chance.choice(FLAGS), self.chance.choice(FLAGS)
        key = self.chance.choice(list(VARIABLES))
        bound = self.chance.choice((1, 2, 5, 8.5) if VARIABLES[key][2] < 100 else (5, 30, 50.5, 60, 80))
        return self.chance.choice(
            (
                flag,
                f"not {flag}",
                f"{key}>={bound}",
                f"{key}<{bound}",
                f"{flag} or {key}>{bound}",
                f"{flag} and not {other}",
            )
        )


@pytest.fixture
def played() -> Any:
    """The written path of a state."""
    return write_path
