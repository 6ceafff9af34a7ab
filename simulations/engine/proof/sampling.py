"""What drawn plays say of a scenario: where the search for extremes begins, and all there is where it is too big."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..play import MAX_STEPS, open_choices, start, step
from ..scenario import Scenario
from .findings import Finding
from .strategies import Play, wilson
from .totals import Bound

Span = tuple[Bound, Bound]


@dataclass(frozen=True)
class Known:
    """The least and the most seen. A limit of -inf or inf says that nothing is known of what was not seen."""

    totals: Span | None
    axes: Mapping[str, Mapping[str, Span | None]]
    variables: Mapping[str, Span]
    to_endings: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, Mapping[str, int]]


def known_bounds(scenario: Scenario, plays: Sequence[Play]) -> Known:
    ended = [play for play in plays if play.outcome]
    to_endings: dict[str, tuple[str, ...]] = {}
    for play in ended:
        to_endings.setdefault(play.state.ending, play.path)
    axes = {
        view: {axis: _axis_span(ended, view, axis) for axis, _leaves in of.axes}
        for view, of in scenario.views.items()
    }
    return Known(
        totals=_span([(play.outcome.total, play) for play in ended if play.outcome]),
        axes=axes,
        variables={
            key: span
            for key in scenario.variables
            if (span := _span([(play.outcome.final[key], play) for play in ended if play.outcome]))
        },
        to_endings={key: to_endings[key] for key in scenario.endings if key in to_endings},
        choices=_open(scenario, plays),
    )


def _axis_span(plays: Sequence[Play], view: str, axis: str) -> Span | None:
    values = [(play.outcome.views[view][axis], play) for play in plays if play.outcome]
    return _span([(value, play) for value, play in values if value is not None])


def _span(seen: Sequence[tuple[float, Play]]) -> Span | None:
    if not seen:
        return None
    low, high = min(seen, key=lambda one: one[0]), max(seen, key=lambda one: one[0])
    return Bound(low[0], low[1].path, -float("inf")), Bound(high[0], high[1].path, float("inf"))


def _open(scenario: Scenario, plays: Sequence[Play]) -> dict[str, dict[str, int]]:
    """By node that was come to and choice, in how many different states of the plays it was open."""
    found: dict[str, Counter[str]] = {}
    seen = set()
    for play in plays:
        for taken in play.state.steps:
            seen.add((taken.node, taken.before, taken.choice))
    for node, _before, choice in seen:
        found.setdefault(node, Counter())[choice] += 1
    return {
        node: {choice.id: found[node][choice.id] for choice in scenario.nodes[node].choices}
        for node in scenario.nodes
        if node in found
    }


def sampled_faults(scenario: Scenario, plays: Sequence[Play]) -> Iterator[Finding]:
    """What went wrong in some play is an error; what did not come up in any of them only a warning.

    `up_to` is the upper end of the 95 % interval of how often it comes up at random.
    """
    stuck: dict[str, tuple[str, ...]] = {}
    for play in plays:
        if not play.outcome:
            too_long = len(play.state.steps) >= MAX_STEPS
            kind = "endless-loop" if too_long else "dead-end"
            if kind + play.state.node not in stuck:
                stuck[kind + play.state.node] = play.path
                yield Finding(kind, "error", play.state.node, play.path)
    up_to = {"up_to": wilson(0, len(plays))[1], "plays": len(plays)}
    seen = {taken.node for play in plays for taken in play.state.steps} | {play.state.node for play in plays}
    for node in scenario.nodes:
        if node not in seen:
            yield Finding("unreachable-node", "warning", node, (), up_to)
    yield from _unseen_choices(scenario, plays, up_to)
    reached = {play.state.ending for play in plays}
    for ending in scenario.endings:
        if ending not in reached:
            yield Finding("unreached-ending", "warning", ending, (), up_to)


def _unseen_choices(
    scenario: Scenario, plays: Sequence[Play], up_to: Mapping[str, object]
) -> Iterator[Finding]:
    """Choices that were open in no state of any play."""
    unseen = {(node.id, choice.id) for node in scenario.nodes.values() for choice in node.choices}
    paths: dict[str, tuple[str, ...]] = {}
    for play in plays:
        for taken in play.state.steps:
            unseen.discard((taken.node, taken.choice))
            paths.setdefault(taken.node, ())
    missing = [pair for pair in unseen if pair[0] in paths]
    for play in plays:
        state = start(scenario)
        for taken in play.state.steps:
            if not missing:
                break
            open_here = open_choices(scenario, state)
            paths[state.node] = paths[state.node] or tuple(s.node + s.choice for s in state.steps)
            missing = [pair for pair in missing if pair[0] != state.node or pair[1] not in open_here]
            state = step(scenario, state, taken.choice)
    for node, choice in sorted(missing):
        yield Finding("never-enabled", "warning", node + choice, paths[node], up_to)
