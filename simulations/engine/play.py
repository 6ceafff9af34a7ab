"""Playing a scenario: states, what can be chosen, one step after another.

The order of things is the design's, section 1.4. Entering a node runs its effects, then looks at the stops; a choice
runs its effects in order, each seeing the ones before, then sets and clears flags, then looks at the stops once, and
only then follows its routes. `step` is pure: the same scenario, state and choice give the same state anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from . import messages as say
from .conditions import Condition
from .messages import Message
from .scenario import END, Choice, Effect, Node, Route, Scenario, Variable

MAX_STEPS = 500
"""No play is longer: a scenario that can loop is stopped here."""


class PlayError(Exception):
    """A play that cannot go on. `step` counts from 1; `message` is translatable, `reason` is it in English."""

    def __init__(self, step: int, message: Message) -> None:
        super().__init__(step, message)
        self.step = step
        self.message = message

    @property
    def reason(self) -> str:
        return str(self.message)

    def __str__(self) -> str:
        return f"step {self.step}: {self.reason}"


class IllegalStep(PlayError):
    """The choice is not there, not affordable, its condition does not hold, or the play is over."""


class StepLimit(IllegalStep):
    """The play has taken MAX_STEPS steps without ending."""


class Unfinished(PlayError):
    """The choices run out before an ending; `step` is the last one taken."""


# State and Step are named tuples, not dataclasses: as immutable and hashable, and a third of the cost to create.


class Step(NamedTuple):
    """One choice and what it changed. The three value tuples are hundredths by variable slot.

    `before`: as it was made; `settled`: after its effects; `after`: after entering the next node, too. `flags` are
    those after it. `to` is the node or ending its route led to, "" when a stop struck first.
    """

    node: str
    choice: str
    before: tuple[int, ...]
    settled: tuple[int, ...]
    after: tuple[int, ...]
    flags: int
    to: str


class State(NamedTuple):
    """Where a play stands. `node` is "" once it has ended, `ending` "" until then."""

    node: str
    values: tuple[int, ...]
    flags: int
    ending: str
    steps: tuple[Step, ...]

    @property
    def is_ended(self) -> bool:
        return self.ending != ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices made, in order: what `replay` takes."""
        return tuple(step.choice for step in self.steps)


@dataclass(frozen=True)
class Lock:
    """Why a choice cannot be made: it costs more of `resource` than is left, or its condition does not hold."""

    resource: Variable | None = None
    cost: float = 0
    left: float = 0
    unmet: Condition | None = None

    @property
    def is_about_price(self) -> bool:
        return self.unmet is None


@dataclass(frozen=True)
class Offer:
    """A choice of the present node, open or with the reason why not."""

    choice: Choice
    lock: Lock | None

    @cached_property
    def is_open(self) -> bool:
        return self.lock is None


def start(scenario: Scenario) -> State:
    """The state in which everyone begins: initial values, no flags, the first node entered."""
    values = [variable.init for variable in scenario.variables.values()]
    node, ending = _enter(scenario, scenario.start, values, 0)
    return State(node, tuple(values), 0, ending, ())


def available(scenario: Scenario, state: State) -> tuple[Offer, ...]:
    """Every choice of the present node in the author's order, locked ones with their reason. Empty at the end."""
    if state.is_ended:
        return ()
    node = scenario.nodes[state.node]
    return tuple(Offer(choice, _lock(scenario, state, choice)) for choice in node.choices)


def open_choices(scenario: Scenario, state: State) -> list[str]:
    """The ids of the choices that can be made now: the quick form of `available`."""
    if state.is_ended:
        return []
    choices = scenario.nodes[state.node].choices
    return [choice.id for choice in choices if _is_open(state, choice)]


def step(scenario: Scenario, state: State, choice_id: str) -> State:
    """Make one choice of the present node.

    Raises IllegalStep when it cannot be made, StepLimit past MAX_STEPS.
    """
    node, choice = _find(scenario, state, choice_id)
    if not _is_open(state, choice):
        raise IllegalStep(len(state.steps) + 1, _refusal(scenario, state, choice))
    if len(state.steps) >= MAX_STEPS:
        raise StepLimit(len(state.steps) + 1, say.say(say.STEP_LIMIT, limit=MAX_STEPS))
    values = list(state.values)
    _apply(choice.effects, values, state.flags)
    settled = tuple(values)
    flags = (state.flags | choice.raise_bits) & choice.keep_bits
    ending = _stopped(scenario, values, flags)
    if ending:
        taken = Step(node.id, choice.id, state.values, settled, settled, flags, "")
        return State("", settled, flags, ending, (*state.steps, taken))
    target = _follow(choice.routes, values, flags)
    at, ending = _enter(scenario, target, values, flags)
    after = tuple(values)
    taken = Step(node.id, choice.id, state.values, settled, after, flags, target)
    return State(at, after, flags, ending, (*state.steps, taken))


def replay(scenario: Scenario, choices: Iterable[str]) -> State:
    """The state after making these choices from the start. Raises IllegalStep as `step` does."""
    state = start(scenario)
    for choice_id in choices:
        state = step(scenario, state, choice_id)
    return state


def _find(scenario: Scenario, state: State, choice_id: str) -> tuple[Node, Choice]:
    if state.ending:
        raise IllegalStep(len(state.steps) + 1, say.say(say.ALREADY_ENDED, ending=state.ending))
    node = scenario.nodes[state.node]
    choice = node.by_id.get(choice_id)
    if choice is None:
        message = say.say(say.NO_SUCH_CHOICE, node=node.id, choice=f"'{choice_id[:40]}'")
        raise IllegalStep(len(state.steps) + 1, message)
    return node, choice


def _is_open(state: State, choice: Choice) -> bool:
    if choice.costs:  # asked first: most choices cost nothing, and this is the inner loop of every play
        for slot, cost in choice.costs:
            if cost > state.values[slot]:
                return False
    return choice.condition is None or choice.condition.holds(state.values, state.flags)


def _lock(scenario: Scenario, state: State, choice: Choice) -> Lock | None:
    """None when the choice is open. An unmet condition is named before the price: money would not help."""
    if _is_open(state, choice):
        return None
    if choice.condition is not None and not choice.condition.holds(state.values, state.flags):
        return Lock(unmet=choice.condition)
    slot, cost = next((slot, cost) for slot, cost in choice.costs if cost > state.values[slot])
    resource = next(of for of in scenario.variables.values() if of.slot == slot)
    return Lock(resource, cost=resource.outward(cost), left=resource.outward(state.values[slot]))


def _refusal(scenario: Scenario, state: State, choice: Choice) -> Message:
    name = state.node + choice.id
    lock = _lock(scenario, state, choice)
    if lock is None:
        raise AssertionError("an open choice is not refused")
    if lock.unmet is not None:
        return say.say(say.UNMET, choice=name, condition=lock.unmet.text)
    return say.say(say.UNAFFORDABLE, choice=name, cost=lock.cost, left=lock.left)


def _apply(effects: tuple[Effect, ...], values: list[int], flags: int) -> None:
    for effect in effects:
        if effect.condition is None or effect.condition.holds(values, flags):
            value = values[effect.slot] + effect.add
            if value > effect.hi:
                value = effect.hi
            values[effect.slot] = effect.lo if value < effect.lo else value  # min() costs twice as much here


def _enter(scenario: Scenario, target: str, values: list[int], flags: int) -> tuple[str, str]:
    """Go to a node, an ending or END. Answers (node, "") or ("", ending) and changes `values` by the entering."""
    node = scenario.nodes.get(target)
    if node is None:
        return "", _resolve(scenario, values, flags) if target == END else target
    _apply(node.enter, values, flags)
    ending = _stopped(scenario, values, flags)
    return ("", ending) if ending else (target, "")


def _stopped(scenario: Scenario, values: Sequence[int], flags: int) -> str:
    for stop in scenario.stops:
        if stop.condition.holds(values, flags):
            return stop.ending
    return ""


def _resolve(scenario: Scenario, values: Sequence[int], flags: int) -> str:
    for ending in scenario.endings.values():
        if ending.condition is not None and ending.condition.holds(values, flags):
            return ending.id
    raise AssertionError("document.parse lets no scenario through in which END has no default ending")


def _follow(routes: tuple[Route, ...], values: Sequence[int], flags: int) -> str:
    for route in routes:
        if route.condition is None or route.condition.holds(values, flags):
            return route.to
    raise AssertionError("document.parse lets no choice through without a default route")
