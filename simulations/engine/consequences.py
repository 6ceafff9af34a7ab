"""Why things happened: what an earlier step left behind made a later effect, route, choice or ending come out.

Nothing here knows a particular scenario. Every condition that was judged on the way is asked for its decisive parts;
each part is traced to the steps behind it (`causes`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .causes import Cause, causes_of
from .conditions import Condition, Decisive, HasFlag, decisive
from .lenses import is_loss
from .play import State, Step
from .scenario import END, Effect, Ending, Scenario
from .wording import signed


class Kind(StrEnum):
    EFFECT = "effect"  # a conditional effect struck, or was missed or spared
    ROUTE = "route"  # the way led somewhere because of a condition, or past somewhere
    CHOICE = "choice"  # a choice was locked, or had become possible
    ENDING = "ending"  # the ending that came about, or a better one that did not


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
        is_gain = not is_loss(scenario, effect.variable, effect.add)
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
        at = _last_station(scenario, state)
        yield _Judged(Kind.ENDING, at, condition, state.values, state.flags, reached, missed, True)


def _last_station(scenario: Scenario, state: State) -> int:
    """The number of the station at which it ended: the one after the last step where a stop struck on entering."""
    return len(state.steps) + (not state.steps or state.steps[-1].to in scenario.nodes)


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


def _causes(scenario: Scenario, state: State, judged: _Judged) -> Iterator[Cause]:
    return causes_of(scenario, state.steps[: judged.reach], judged.values, judged.reasons)
