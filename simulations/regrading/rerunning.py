"""The choices of a finished run made again under another version. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from simulations.engine import messages as say
from simulations.engine.messages import Message
from simulations.engine.play import IllegalStep, PlayError, replay, start, step
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome, score
from simulations.models import Playthrough, Step
from simulations.scenarios import scenario_of

Taken = tuple[str, str]
"""Where a choice was made, and which."""


@dataclass(frozen=True)
class Rerun:
    """What the same choices come to; or, where they cannot be made, why not (`obstacle`: {step, template, values})."""

    outcome: Outcome | None = None
    title: str = ""
    obstacle: dict[str, Any] | None = None

    @property
    def leaf(self) -> Mapping[str, float | None]:
        """Leaf by leaf, what the ledger is told: two outcomes with one total may have earned it elsewhere."""
        return {} if self.outcome is None else self.outcome.leaf

    @property
    def said(self) -> dict[str, Any] | None:
        """The outcome as lines and judgements keep it; None where there is none."""
        if self.outcome is None:
            return None
        return said_of(self.outcome.ending, self.title, Decimal(str(self.outcome.total)), self.outcome.passed)


def said_of(ending: str, title: str, total: Decimal, passed: bool) -> dict[str, Any]:
    """An outcome as JSON: {ending, title, total as decimal text, passed}."""
    return {"ending": ending, "title": title, "total": format(total, ".1f"), "passed": passed}


def said_by(run: Playthrough) -> dict[str, Any]:
    """The outcome that a finished run has now."""
    if run.total is None or run.passed is None:
        raise ValueError(f"run {run.pk} is not finished")
    return said_of(run.ending, run.ending_title, run.total, run.passed)


def rerun(scenario: Scenario, taken: Iterable[Taken]) -> Rerun:
    """Make these choices from the start. Each must be made where it was made: a choice called b somewhere else is
    another choice."""
    state = start(scenario)
    try:
        for number, (node, choice) in enumerate(taken, start=1):
            if not state.is_ended and state.node != node:
                raise IllegalStep(number, say.say(say.WRONG_NODE, node=state.node, found=node))
            state = step(scenario, state, choice)
        outcome = score(scenario, state)
    except PlayError as error:
        return Rerun(obstacle=_obstacle(error))
    return Rerun(outcome, scenario.endings[outcome.ending].title)


def obstacle_message(obstacle: Mapping[str, Any]) -> Message:
    """What stands in the way, to be told in the reader's language."""
    return Message(obstacle["template"], obstacle["values"])


def steps_taken(runs: Sequence[Playthrough]) -> dict[UUID, list[Taken]]:
    """The choices of these runs with their nodes, by run id. One query; `version` comes with the runs."""
    found: dict[UUID, list[Taken]] = {run.pk: [] for run in runs}
    steps = Step.objects.filter(playthrough__in=found).order_by("playthrough", "index")
    for pk, node, choice in steps.values_list("playthrough", "node", "choice"):
        found[pk].append((node, choice))
    for run in runs:
        if any(not node for node, _choice in found[run.pk]):
            found[run.pk] = _with_nodes(run, [choice for _node, choice in found[run.pk]])
    return found


def _with_nodes(run: Playthrough, choices: Sequence[str]) -> list[Taken]:
    """Steps from before the node was kept with them."""
    played = replay(scenario_of(run.version), choices)
    return [(step.node, step.choice) for step in played.steps]


def _obstacle(error: PlayError) -> dict[str, Any]:
    values = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in error.message.values.items()
    }
    return {"step": error.step, "template": error.message.template, "values": values}
