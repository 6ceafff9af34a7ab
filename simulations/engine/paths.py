"""Plays written down as paths: `N01b,N02b,N03c`, each step a node's id and a choice's id run together."""

from collections.abc import Iterable

from . import messages as say
from .play import IllegalStep, State, Unfinished, start, step
from .scenario import Scenario
from .scoring import Outcome, score


def parse_path(text: str) -> tuple[str, ...]:
    """The steps of a written path; commas, arrows (→ or ->) and white space separate them."""
    return tuple(text.replace("->", " ").replace("→", " ").replace(",", " ").replace("，", " ").split())


def write_path(state: State) -> tuple[str, ...]:
    """The path that leads to this state."""
    return tuple(taken.node + taken.choice for taken in state.steps)


def walk(scenario: Scenario, path: Iterable[str]) -> State:
    """The state at the end of a path, finished or not. Raises IllegalStep with the step (from 1) and the reason."""
    state = start(scenario)
    for number, name in enumerate(path, start=1):
        state = step(scenario, state, _choice_at(scenario, state, name, number))
    return state


def play_path(scenario: Scenario, path: Iterable[str]) -> Outcome:
    """Play a whole path and score it.

    Raises IllegalStep for a step that cannot be made, Unfinished for a path that stops short of an ending; both
    carry `step` and `reason`.
    """
    state = walk(scenario, path)
    if not state.is_ended:
        raise Unfinished(len(state.steps), say.say(say.STILL_AT, node=state.node))
    return score(scenario, state)


def _choice_at(scenario: Scenario, state: State, name: str, number: int) -> str:
    if state.is_ended:
        raise IllegalStep(number, say.say(say.ALREADY_ENDED, ending=state.ending))
    if name not in scenario.choice_names:
        raise IllegalStep(number, say.say(say.NO_SUCH_STEP, found=f"'{name[:40]}'"))
    node, choice = scenario.choice_names[name]
    if node != state.node:
        raise IllegalStep(number, say.say(say.WRONG_NODE, node=state.node, found=node))
    return choice
