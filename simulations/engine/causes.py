"""Why a condition came out as it did: the steps that set, cleared or passed up its flag, or moved its variable."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .conditions import Compare, Decisive, HasFlag
from .play import Step
from .scenario import Choice, Scenario
from .wording import describe_decisive, signed

MOVERS_SHOWN = 3


@dataclass(frozen=True)
class Cause:
    """One reason: what was or was not so, and the step that made it so (None: never in the player's hands)."""

    step: int | None
    text: str


def causes_of(
    scenario: Scenario, earlier: tuple[Step, ...], values: tuple[int, ...], reasons: Iterable[Decisive]
) -> Iterator[Cause]:
    """What made these flags and comparisons come out as they did, traced to the steps before; a wrong that was never
    done is no reason and is left out.

    `values` are those that were compared: what lies between them and the last step came with the next station.
    """
    for reason in reasons:
        if isinstance(reason.tree, Compare):
            yield _variable_cause(
                scenario, _stood(scenario, earlier, values, reason.tree), reason.tree, reason
            )
        elif reason.held:
            yield _present_flag(scenario, earlier, reason.tree)
        elif cause := _absent_flag(scenario, earlier, reason.tree):
            yield cause


def _present_flag(scenario: Scenario, earlier: tuple[Step, ...], tree: HasFlag) -> Cause:
    raising = [number for number, step in enumerate(earlier, 1) if tree.flag in _made(scenario, step).raises]
    return Cause(raising[-1], f"{_at(scenario, earlier, raising[-1])}带来了{_flag(scenario, tree)}")


def _absent_flag(scenario: Scenario, earlier: tuple[Step, ...], tree: HasFlag) -> Cause | None:
    """The step that cleared the flag, or the last that passed it up. Not doing a wrong explains nothing: None."""
    clearing = [number for number, step in enumerate(earlier, 1) if tree.flag in _made(scenario, step).lowers]
    was_set = any(step.flags & tree.bit for step in earlier)
    if was_set and clearing:
        return Cause(clearing[-1], f"{_at(scenario, earlier, clearing[-1])}纠正了{_flag(scenario, tree)}")
    if not _is_merit(scenario, tree.flag):
        return None
    offering = [
        number
        for number, step in enumerate(earlier, start=1)
        if any(tree.flag in choice.raises for choice in scenario.nodes[step.node].choices)
    ]
    if not offering:
        return Cause(None, f"一直没有{_flag(scenario, tree)}")
    return Cause(offering[-1], f"{_at(scenario, earlier, offering[-1])}没有带来{_flag(scenario, tree)}")


def _is_merit(scenario: Scenario, flag: str) -> bool:
    """Whether the flag is something good to have: some choice that sets it earns points."""
    choices = (choice for node in scenario.nodes.values() for choice in node.choices)
    return any(flag in choice.raises and any(choice.points) for choice in choices)


def _stood(
    scenario: Scenario, earlier: tuple[Step, ...], values: tuple[int, ...], tree: Compare
) -> tuple[int, ...]:
    """How the variable stood at first, after every step, and when it was compared."""
    variable = scenario.variables[tree.variable]
    return (variable.init, *(step.settled[variable.slot] for step in earlier), values[variable.slot])


def _variable_cause(scenario: Scenario, stood: tuple[int, ...], tree: Compare, reason: Decisive) -> Cause:
    """The comparison as it stood, with the steps that moved the variable that way the most: what came with the
    situation and what the choice in it did, together."""
    variable = scenario.variables[tree.variable]
    is_below = (tree.op in ("<", "<=")) == reason.held
    moves = enumerate((after - before for before, after in pairwise(stood)), start=1)
    toward = [(number, move) for number, move in moves if (move < 0 if is_below else move > 0)]
    largest = sorted(toward, key=lambda item: (-abs(item[1]), item[0]))[:MOVERS_SHOWN]
    text = describe_decisive(reason, scenario)
    if not largest:
        return Cause(None, text)
    steps = "、".join(f"第{number}步 {signed(variable.outward(move))}" for number, move in sorted(largest))
    return Cause(largest[0][0], f"{text}（{steps}）")


def _made(scenario: Scenario, step: Step) -> Choice:
    return scenario.nodes[step.node].by_id[step.choice]


def _flag(scenario: Scenario, tree: HasFlag) -> str:
    return f"「{scenario.flags[tree.flag].name}」"


def _at(scenario: Scenario, earlier: tuple[Step, ...], number: int) -> str:
    return f"第{number}步（{scenario.nodes[earlier[number - 1].node].title}）"
