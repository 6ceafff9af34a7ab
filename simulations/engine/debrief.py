"""What a finished play has to teach: the way taken, what each step changed, and what was hidden."""

from collections.abc import Mapping
from dataclasses import dataclass

from .causes import Cause, causes_of
from .conditions import decisive
from .consequences import Consequence, find_consequences, unrolled
from .lenses import is_loss
from .play import State, Step, start
from .scenario import Effect, Node, Scenario
from .scoring import Outcome, final_values, score
from .wording import describe


@dataclass(frozen=True)
class Change:
    """What one effect did to one variable, as people read numbers.

    `is_loss` says that it goes against what people want of the variable. `because` is its condition in Chinese, or "";
    `causes` are the steps that made the condition hold.
    """

    variable: str
    label: str
    change: float
    is_hidden: bool
    is_loss: bool
    because: str
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One station of the way. Steps count from 1.

    `entering` came with the situation itself, `changes` with the choice. A station at which a stop struck on
    entering has no choice: `choice`, `chosen` and `feedback` are "" there.
    """

    step: int
    node: str
    title: str
    stage: str
    text: str
    choice: str
    chosen: str
    feedback: str
    entering: tuple[Change, ...]
    changes: tuple[Change, ...]
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    after: Mapping[str, float]


@dataclass(frozen=True)
class HiddenVariable:
    """A variable the player could not see: its value at the start and after every step."""

    variable: str
    label: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Debrief:
    outcome: Outcome
    title: str
    text: str
    timeline: tuple[Entry, ...]
    consequences: tuple[Consequence, ...]
    hidden: tuple[HiddenVariable, ...]


def debrief(scenario: Scenario, state: State, view: str = "") -> Debrief:
    """Everything the debriefing page shows of a finished play. Raises Unfinished if it has not ended."""
    outcome = score(scenario, state, view)
    ending = scenario.endings[state.ending]
    return Debrief(
        outcome=outcome,
        title=ending.title,
        text=ending.debrief_early if outcome.is_early and ending.debrief_early else ending.debrief,
        timeline=timeline(scenario, state),
        consequences=find_consequences(scenario, state),
        hidden=_hidden(scenario, state),
    )


def timeline(scenario: Scenario, state: State) -> tuple[Entry, ...]:
    """The stations of a play, finished or not; the present node of an unfinished one is not among them."""
    entries = []
    flags = 0
    entered_with = tuple(variable.init for variable in scenario.variables.values())
    for number, step in enumerate(state.steps, start=1):
        node = scenario.nodes[step.node]
        choice = node.by_id[step.choice]
        entries.append(
            Entry(
                step=number,
                node=node.id,
                title=node.title,
                stage=node.stage,
                text=node.text,
                choice=choice.id,
                chosen=choice.text,
                feedback=choice.feedback,
                entering=_changes(scenario, node.enter, entered_with, flags, state.steps[: number - 1]),
                changes=_changes(scenario, choice.effects, step.before, flags, state.steps[: number - 1]),
                raised=tuple(scenario.flags[key].name for key in scenario.flag_keys(step.flags & ~flags)),
                lowered=tuple(scenario.flags[key].name for key in scenario.flag_keys(flags & ~step.flags)),
                after=_outward(scenario, step.settled),
            )
        )
        flags, entered_with = step.flags, step.settled
    struck = _struck_on_entering(scenario, state)
    if struck is not None:
        entries.append(_last_station(scenario, state, struck, entered_with))
    return tuple(entries)


def _struck_on_entering(scenario: Scenario, state: State) -> Node | None:
    if not state.is_ended:
        return None
    return scenario.nodes.get(state.steps[-1].to if state.steps else scenario.start)


def _last_station(scenario: Scenario, state: State, node: Node, entered_with: tuple[int, ...]) -> Entry:
    return Entry(
        step=len(state.steps) + 1,
        node=node.id,
        title=node.title,
        stage=node.stage,
        text=node.text,
        choice="",
        chosen="",
        feedback="",
        entering=_changes(scenario, node.enter, entered_with, state.flags, state.steps),
        changes=(),
        raised=(),
        lowered=(),
        after=final_values(scenario, state),
    )


def _changes(
    scenario: Scenario,
    effects: tuple[Effect, ...],
    before: tuple[int, ...],
    flags: int,
    earlier: tuple[Step, ...],
) -> tuple[Change, ...]:
    """The effects that changed something, one by one."""
    found = []
    for effect, values, change in unrolled(effects, before, flags):
        if change:
            variable, condition = scenario.variables[effect.variable], effect.condition
            reasons = () if condition is None else decisive(condition.tree, values, flags)
            found.append(
                Change(
                    variable=variable.key,
                    label=variable.label,
                    change=variable.outward(change),
                    is_hidden=not variable.is_visible,
                    is_loss=is_loss(scenario, variable.key, change),
                    because="" if condition is None else describe(condition.tree, scenario),
                    causes=tuple(causes_of(scenario, earlier, values, reasons)),
                )
            )
    return tuple(found)


def _outward(scenario: Scenario, values: tuple[int, ...]) -> dict[str, float]:
    return {key: variable.outward(values[variable.slot]) for key, variable in scenario.variables.items()}


def _hidden(scenario: Scenario, state: State) -> tuple[HiddenVariable, ...]:
    moments = [start(scenario).values, *(step.after for step in state.steps)]
    return tuple(
        HiddenVariable(
            key, variable.label, tuple(variable.outward(values[variable.slot]) for values in moments)
        )
        for key, variable in scenario.variables.items()
        if not variable.is_visible
    )
