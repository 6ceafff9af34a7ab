"""角色转换: a finished run told again from somebody's place in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from simulations.engine.play import State
from simulations.engine.play import Step as Taken
from simulations.engine.scenario import Scenario, Seat
from simulations.scenes import Delta


@dataclass(frozen=True)
class Scene:
    """One step as seen from the seat. `before` is what came about, `after` what came of the choice; both may be "".

    `moved` are the outcome's variables this step changed: what the person would have felt.
    """

    number: int
    title: str
    stage: str
    before: str
    chosen: str
    after: str
    moved: tuple[Delta, ...]


@dataclass(frozen=True)
class Story:
    """The whole run from one seat."""

    seat: Seat
    scenes: tuple[Scene, ...]
    ending: str
    last_words: str


def told_from(scenario: Scenario, state: State, seat_key: str) -> Story | None:
    """The finished play as this seat saw it; None where the scenario has no such seat. Pure: no query."""
    seat = next((seat for seat in scenario.seats if seat.key == seat_key), None)
    if seat is None or not state.is_ended:
        return None
    ending = scenario.endings[state.ending]
    return Story(
        seat=seat,
        scenes=tuple(_scenes(scenario, state, seat.key)),
        ending=ending.title,
        last_words=ending.seen.get(seat.key, ""),
    )


def _scenes(scenario: Scenario, state: State, seat: str) -> Iterator[Scene]:
    entered_with = tuple(variable.init for variable in scenario.variables.values())
    for number, taken in enumerate(state.steps, start=1):
        node = scenario.nodes[taken.node]
        choice = node.by_id[taken.choice]
        yield Scene(
            number=number,
            title=node.title,
            stage=node.stage,
            before=node.seen.get(seat, ""),
            chosen=choice.text,
            after=choice.seen.get(seat, ""),
            moved=tuple(_moved(scenario, entered_with, taken)),
        )
        entered_with = taken.settled


def _moved(scenario: Scenario, before: tuple[int, ...], taken: Taken) -> Iterator[Delta]:
    """What arriving and choosing did to the outcome's variables, in words: how it felt, not the figures."""
    for key in scenario.marks.outcome:
        variable = scenario.variables[key]
        change = taken.settled[variable.slot] - before[variable.slot]
        if change:
            words = _("%(name)s grew") if change > 0 else _("%(name)s fell")
            yield Delta(words % {"name": variable.label}, cost=change < 0)
