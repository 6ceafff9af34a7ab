"""Why things happened: what an earlier step left behind made a later effect, route, choice or ending come out.

Nothing here knows a particular scenario. Every condition that was judged on the way is asked for its decisive parts;
each part is traced to the steps that set, cleared or passed up its flag, or that moved its variable.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .conditions import Compare, Condition, Decisive, HasFlag, decisive
from .play import State, Step
from .scenario import END, Choice, Effect, Ending, Scenario
from .wording import describe_decisive, signed

MOVERS_SHOWN = 3


class Kind(StrEnum):
    EFFECT = "effect"  # a conditional effect struck, or was missed or spared
    ROUTE = "route"  # the way led somewhere because of a condition, or past somewhere
    CHOICE = "choice"  # a choice was locked, or had become possible
    ENDING = "ending"  # the ending that came about, or a better one that did not


@dataclass(frozen=True)
class Cause:
    """One reason: what was or was not so, and the step that made it so (None: never in the player's hands)."""

    step: int | None
    text: str


@dataclass(frozen=True)
class Consequence:
    """ "Because of step N … so at step M …": `causes` come before `step`; `fired` says whether the condition held."""

    kind: Kind
    step: int
    fired: bool
    causes: tuple[Cause, ...]
    result: str
    sentence: str


@dataclass(frozen=True)
class _Judged:
    """A condition that was judged at a moment, and what hung on it."""

    kind: Kind
    step: int
    condition: Condition
    values: tuple[int, ...]
    flags: int
    result: str
    otherwise: str
    tells_lack: bool  # whether its failing is worth telling when it merely rests on something lacking

    @property
    def fired(self) -> bool:
        return self.condition.holds(self.values, self.flags)

    @property
    def reach(self) -> int:
        """How many steps lie before the moment: routes and endings follow their own step, the rest precede it."""
        return self.step if self.kind in (Kind.ROUTE, Kind.ENDING) else self.step - 1

    @property
    def reasons(self) -> tuple[Decisive, ...]:
        return decisive(self.condition.tree, self.values, self.flags)


def find_consequences(scenario: Scenario, state: State) -> tuple[Consequence, ...]:
    """The hidden consequences of a play in order of appearance.

    Told are conditions that rest on a flag or a hidden variable, and the ending. Of those that did not hold only the
    telling ones: a chosen option's effect that was missed, an option that stayed locked, a blow or a detour spared
    by something the player had done, a better ending that was barred.
    """
    found: dict[tuple[Kind, int, bool, tuple[Cause, ...]], list[str]] = {}
    for judged in _judged(scenario, state):
        if _is_telling(scenario, judged):
            causes = tuple(_causes(scenario, state, judged))
            result = judged.result if judged.fired else judged.otherwise
            if causes:
                found.setdefault((judged.kind, judged.step, judged.fired, causes), []).append(result)
    return tuple(
        _consequence(kind, step, fired, causes, tuple(dict.fromkeys(results)))
        for (kind, step, fired, causes), results in found.items()
    )


def _consequence(
    kind: Kind, step: int, fired: bool, causes: tuple[Cause, ...], results: tuple[str, ...]
) -> Consequence:
    because = "；".join(cause.text for cause in causes)
    result = "、".join(results)
    at = "" if kind is Kind.ENDING else f"第{step}步"
    return Consequence(kind, step, fired, causes, result, f"因为{because}，所以{at}{result}。")


def _is_telling(scenario: Scenario, judged: _Judged) -> bool:
    if judged.kind is Kind.ENDING:
        return bool(judged.reasons)
    hidden = [reason for reason in judged.reasons if _is_hidden(scenario, reason)]
    if judged.fired or judged.tells_lack:
        return bool(hidden)
    return any(isinstance(reason.tree, HasFlag) and reason.held for reason in hidden)


def _is_hidden(scenario: Scenario, reason: Decisive) -> bool:
    return isinstance(reason.tree, HasFlag) or not scenario.variables[reason.tree.variable].is_visible


# What was judged


def _judged(scenario: Scenario, state: State) -> Iterator[_Judged]:
    flags = 0
    first = tuple(variable.init for variable in scenario.variables.values())
    yield from _judge_entering(scenario, scenario.start, 1, first, flags)
    for number, step in enumerate(state.steps, start=1):
        yield from _judge_choices(scenario, step, number, flags)
        choice = scenario.nodes[step.node].by_id[step.choice]
        yield from _judge_effects(scenario, choice.effects, number, step.before, flags, is_own=True)
        flags = step.flags
        if step.to:
            yield from _judge_routes(scenario, step, number)
        yield from _judge_entering(scenario, step.to, number + 1, step.settled, flags)
    yield from _judge_ending(scenario, state)


def _judge_entering(
    scenario: Scenario, target: str, number: int, values: tuple[int, ...], flags: int
) -> Iterator[_Judged]:
    if target in scenario.nodes:
        enter = scenario.nodes[target].enter
        yield from _judge_effects(scenario, enter, number, values, flags, is_own=False)


def _judge_effects(
    scenario: Scenario,
    effects: tuple[Effect, ...],
    number: int,
    before: tuple[int, ...],
    flags: int,
    *,
    is_own: bool,
) -> Iterator[_Judged]:
    for effect, values, change in unrolled(effects, before, flags):
        if effect.condition is None:
            continue
        if change == 0 and effect.condition.holds(values, flags):
            continue  # it struck, but the variable already stood at its bound
        variable = scenario.variables[effect.variable]
        told = f"{variable.label} {signed(variable.outward(change or effect.add))}"
        is_gain = effect.add > 0
        yield _Judged(
            kind=Kind.EFFECT,
            step=number,
            condition=effect.condition,
            values=values,
            flags=flags,
            result=told,
            otherwise=f"没有得到{told}" if is_gain else f"避免了{told}",
            tells_lack=is_gain or is_own,
        )


def unrolled(
    effects: tuple[Effect, ...], before: tuple[int, ...], flags: int
) -> Iterator[tuple[Effect, tuple[int, ...], int]]:
    """Each effect with the values it saw and the change it made, in hundredths after clamping."""
    values = list(before)
    for effect in effects:
        seen, change = tuple(values), 0
        if effect.condition is None or effect.condition.holds(values, flags):
            change = min(max(values[effect.slot] + effect.add, effect.lo), effect.hi) - values[effect.slot]
            values[effect.slot] += change
        yield effect, seen, change


def _judge_choices(scenario: Scenario, step: Step, number: int, flags: int) -> Iterator[_Judged]:
    for choice in scenario.nodes[step.node].choices:
        if choice.condition is not None:
            can, cannot = f"可以选“{choice.text}”", f"不能选“{choice.text}”"
            yield _Judged(Kind.CHOICE, number, choice.condition, step.before, flags, can, cannot, True)


def _judge_routes(scenario: Scenario, step: Step, number: int) -> Iterator[_Judged]:
    for route in scenario.nodes[step.node].by_id[step.choice].routes:
        if route.condition is None:
            return
        name = _name(scenario, route.to)
        went, spared = f"之后走到了{name}", f"之后没有遇到{name}"
        yield _Judged(Kind.ROUTE, number, route.condition, step.settled, step.flags, went, spared, False)
        if route.condition.holds(step.settled, step.flags):
            return


def _name(scenario: Scenario, target: str) -> str:
    if target in scenario.nodes:
        return f"“{scenario.nodes[target].title}”"
    return f"结局“{scenario.endings[target].title}”" if target in scenario.endings else "结局判定"


def _judge_ending(scenario: Scenario, state: State) -> Iterator[_Judged]:
    """The condition of the stop or ending that came about; after END also those of the better ones that did not."""
    if not state.is_ended:
        return
    for condition, ending in _deciding(scenario, state):
        name = _name(scenario, ending)
        reached, missed = f"走到了{name}", f"没有走到{name}"
        at = len(state.steps)
        yield _Judged(Kind.ENDING, at, condition, state.values, state.flags, reached, missed, True)


def _deciding(scenario: Scenario, state: State) -> list[tuple[Condition, str]]:
    """The conditions that decided the ending. A route straight to an ending has told its own already."""
    if state.steps and state.steps[-1].to == END:
        reached = scenario.endings[state.ending]
        return [
            (ending.condition, ending.id)
            for ending in scenario.endings.values()
            if ending.condition is not None and (ending is reached or _is_barred(ending, reached, state))
        ]
    if state.steps and state.steps[-1].to in scenario.endings:
        return []
    striking = [stop for stop in scenario.stops if stop.condition.holds(state.values, state.flags)]
    return [(stop.condition, stop.ending) for stop in striking[:1]]


def _is_barred(ending: Ending, reached: Ending, state: State) -> bool:
    is_better = ending.factor > reached.factor
    return (
        is_better and ending.condition is not None and not ending.condition.holds(state.values, state.flags)
    )


# What caused it


def _causes(scenario: Scenario, state: State, judged: _Judged) -> Iterator[Cause]:
    return causes_of(scenario, state.steps[: judged.reach], judged.reasons)


def causes_of(scenario: Scenario, earlier: tuple[Step, ...], reasons: Iterable[Decisive]) -> Iterator[Cause]:
    """What made these flags and comparisons come out as they did, traced to the steps before; a wrong that was never
    done is no reason and is left out."""
    for reason in reasons:
        if isinstance(reason.tree, Compare):
            yield _variable_cause(scenario, earlier, reason.tree, reason)
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


def _variable_cause(scenario: Scenario, earlier: tuple[Step, ...], tree: Compare, reason: Decisive) -> Cause:
    """The comparison as it stood, with the choices that moved the variable that way the most."""
    variable = scenario.variables[tree.variable]
    wants_low = (tree.op in ("<", "<=")) == reason.held
    moves = [
        (number, step.settled[variable.slot] - step.before[variable.slot])
        for number, step in enumerate(earlier, start=1)
    ]
    toward = [(number, move) for number, move in moves if (move < 0 if wants_low else move > 0)]
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
