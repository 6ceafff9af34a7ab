"""What the play page shows of a moment, and nothing that is not due yet.

Effects, scores and feedback of options stay in the engine: an option is its letter and its text, the last step is
the feedback of what was chosen and the direction in which the visible variables moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from simulations.engine.lenses import is_loss, is_spent, wants_low
from simulations.engine.ordering import shuffled
from simulations.engine.play import State, Step, available, start
from simulations.engine.scenario import Scenario, Variable
from simulations.engine.wording import amount
from simulations.wording import told_lock

LETTERS = "甲乙丙丁戊己庚辛壬癸"
LOW_SHARE = 15
"""Percent of a bar below which a variable is said to run out."""


@dataclass(frozen=True)
class Stat:
    """A visible variable: `value` of `max` on its bar, `text` as it is read, `low` when it runs out."""

    title: str
    text: str
    unit: str
    value: float
    max: float
    low: bool


@dataclass(frozen=True)
class Option:
    """A choice as offered; `reason` says why it cannot be made, or is empty."""

    id: str
    letter: str
    text: str
    reason: str


@dataclass(frozen=True)
class Delta:
    """A change as a mark beside its name; `cost` colours what nobody wants of it: a fall, or a rise of what is
    better low."""

    text: str
    cost: bool


@dataclass(frozen=True)
class LastStep:
    """What the choice before brought, as far as it may be known. `arriving` came with the new situation."""

    title: str
    chosen: str
    feedback: str
    deltas: tuple[Delta, ...]
    arriving: tuple[Delta, ...]


@dataclass(frozen=True)
class Scene:
    """A node in play. `taken` counts the steps made, `number` is the one to make now."""

    node: str
    title: str
    stage: str
    text: str
    taken: int
    stats: tuple[Stat, ...]
    options: tuple[Option, ...]
    last: LastStep | None

    @property
    def number(self) -> int:
        return self.taken + 1

    @property
    def is_stuck(self) -> bool:
        """Whether no option can be chosen: a fault of the scenario that its author must hear of."""
        return all(option.reason for option in self.options)


def scene_of(scenario: Scenario, state: State, *, seed: str) -> Scene:
    """The scene of an unfinished run; the seed decides the order of its options."""
    node = scenario.nodes[state.node]
    return Scene(
        node=node.id,
        title=node.title,
        stage=node.stage,
        text=node.text,
        taken=len(state.steps),
        stats=stats_of(scenario, state),
        options=_options(scenario, state, seed),
        last=_last_step(scenario, state.steps[-1]) if state.steps else None,
    )


def stats_of(scenario: Scenario, state: State) -> tuple[Stat, ...]:
    """The visible variables in the author's order."""
    return tuple(
        _stat(scenario, variable, state.values[variable.slot])
        for variable in scenario.variables.values()
        if variable.is_visible
    )


def opening_stats(scenario: Scenario) -> tuple[Stat, ...]:
    """What everyone begins with."""
    return stats_of(scenario, start(scenario))


def _stat(scenario: Scenario, variable: Variable, value: int) -> Stat:
    """What is spent is measured against what there was at first, the rest against its upper bound."""
    top = max(variable.init, value, 1) if is_spent(scenario, variable.key) else max(variable.hi, 1)
    # what began at next to nothing, or is better low, does not run out
    low = 100 * value <= LOW_SHARE * top < 100 * variable.init and not wants_low(scenario, variable.key)
    return Stat(
        title=_("%(name)s running out") % {"name": variable.label} if low else variable.label,
        text=amount(variable.outward(value)),
        unit=variable.name.removeprefix(variable.label).strip("（）"),
        value=max(value, 0) / 100,
        max=top / 100,
        low=low,
    )


def _options(scenario: Scenario, state: State, seed: str) -> tuple[Option, ...]:
    locks = {offer.choice.id: offer.lock for offer in available(scenario, state)}
    shown = shuffled(scenario.nodes[state.node].choices, seed, state.node)
    return tuple(
        Option(
            id=choice.id,
            letter=LETTERS[place] if place < len(LETTERS) else str(place + 1),
            text=choice.text,
            reason=told_lock(lock, scenario) if (lock := locks[choice.id]) else "",
        )
        for place, choice in enumerate(shown)
    )


def _last_step(scenario: Scenario, taken: Step) -> LastStep:
    node = scenario.nodes[taken.node]
    choice = node.by_id[taken.choice]
    return LastStep(
        title=node.title,
        chosen=choice.text,
        feedback=choice.feedback,
        deltas=tuple(_arrows(scenario, taken.before, taken.settled)),
        arriving=tuple(_arrows(scenario, taken.settled, taken.after)),
    )


def _arrows(scenario: Scenario, before: tuple[int, ...], after: tuple[int, ...]) -> Iterator[Delta]:
    for variable in scenario.variables.values():
        change = after[variable.slot] - before[variable.slot]
        if variable.is_visible and change:
            words = f"{variable.label} {'↑' if change > 0 else '↓'}"
            yield Delta(words, cost=is_loss(scenario, variable.key, change))
