"""What would have been better: the best each decision still had in it, what it gave away, where it could not be mended.

Worked backwards, one look ahead per decision: the best total there was before a decision is `best`, the best that was
left after it `kept`, their difference the regret. The regrets of a run add up to the distance between its total and
the best there was at the beginning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from .ceilings import Ceilings, ceilings_of
from .play import State, start, step
from .prospects import WIDTH, Prospect, Way, endings_ahead, look_ahead
from .scenario import Scenario
from .scoring import Outcome, score


class Certainty(StrEnum):
    """How sure a regret is: both its ends are proven, only what was left is, or neither."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


class Loss(StrEnum):
    """What a decision put out of reach for good."""

    PASSING = "passing"
    ENDING = "ending"


@dataclass(frozen=True)
class Decision:
    """One decision of a run. Points are totals, 0–100; `regret` ≥ 0.

    `way` is the best way from before this decision to the end, `ending` what it leads to: the run's own where nothing
    was better.
    """

    step: int
    node: str
    choice: str
    best: float
    kept: float
    regret: float
    certainty: Certainty
    ending: str
    way: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """The decision after which something was out of reach: a pass, or `ending`, the best one there had been.

    `way` leads there from before the decision. Without `is_certain` no way was found any more, although not all were
    followed.
    """

    loss: Loss
    step: int
    ending: str
    way: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True)
class Hindsight:
    """A finished run seen from its end. `best` is the best total there was at the beginning."""

    total: float
    best: float
    decisions: tuple[Decision, ...]
    mistakes: tuple[Mistake, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def hindsight(scenario: Scenario, state: State, *, width: int = WIDTH) -> Hindsight:
    """What would have been better in a finished play. Raises Unfinished, lots.TooManyFlags.

    `width` bounds how many states are looked at together; what goes beyond is said not to be certain.
    """
    outcome = score(scenario, state)
    ceilings = ceilings_of(scenario)
    moments = [start(scenario)]
    for choice in state.choices:
        moments.append(step(scenario, moments[-1], choice))
    prospects = _prospects(scenario, moments, ceilings, outcome, width)
    decisions = tuple(
        _decision(state, number, before, after)
        for number, (before, after) in enumerate(pairwise(prospects), start=1)
    )
    mistakes = _lost_pass(prospects), _lost_ending(scenario, moments, ceilings, prospects)
    best = prospects[0].best
    return Hindsight(
        total=outcome.total,
        best=best.total if best else outcome.total,
        decisions=decisions,
        mistakes=tuple(filter(None, mistakes)),
    )


def _prospects(
    scenario: Scenario, moments: Sequence[State], ceilings: Ceilings, outcome: Outcome, width: int
) -> Sequence[Prospect]:
    """What could come of the play before its first decision, before each further one, and at its end."""
    here = Way(outcome.total, outcome.passed, outcome.ending, ())
    passing = here if here.passed else None
    found = [Prospect(here, passing, {here.ending: here}, here.total, is_whole=True, is_pass_settled=True)]
    for before, after in reversed(tuple(pairwise(moments))):
        taken = after.steps[-1]
        known = _from_before(taken.node + taken.choice, found[-1])
        found.append(look_ahead(scenario, before, ceilings, known=known, width=width))
    return found[::-1]


def _from_before(name: str, after: Prospect) -> Prospect:
    """What is known from after a decision, known from before it: the same ways, this step first."""

    def longer(way: Way | None) -> Way | None:
        return None if way is None else Way(way.total, way.passed, way.ending, (name, *way.path))

    endings: Mapping[str, Way] = {
        key: Way(w.total, w.passed, w.ending, (name, *w.path)) for key, w in after.endings.items()
    }
    return Prospect(
        longer(after.best), longer(after.passing), endings, 0.0, is_whole=True, is_pass_settled=True
    )


def _decision(state: State, number: int, before: Prospect, after: Prospect) -> Decision:
    taken, best, kept = state.steps[number - 1], before.best, after.best
    if best is None or kept is None:
        raise AssertionError("a finished play is a way to an ending from each of its moments")
    certainty = Certainty.ABOUT
    if after.is_proven:
        certainty = Certainty.EXACT if before.is_proven else Certainty.AT_LEAST
    return Decision(
        step=number,
        node=taken.node,
        choice=taken.choice,
        best=best.total,
        kept=kept.total,
        regret=round(best.total - kept.total, 1),
        certainty=certainty,
        ending=best.ending,
        way=best.path,
    )


def _lost_pass(prospects: Sequence[Prospect]) -> Mistake | None:
    for number, (before, after) in enumerate(pairwise(prospects), start=1):
        if before.passing and not after.passing:
            way = before.passing
            return Mistake(Loss.PASSING, number, way.ending, way.path, is_certain=after.is_pass_settled)
    return None


def _lost_ending(
    scenario: Scenario, moments: Sequence[State], ceilings: Ceilings, prospects: Sequence[Prospect]
) -> Mistake | None:
    """The first decision after which the best ending there was at the beginning could not be reached any more."""
    best = max(_rank(scenario, key) for key in prospects[0].endings)
    for number, (before, after) in enumerate(pairwise(prospects), start=1):
        if any(_rank(scenario, key) >= best for key in after.endings):
            continue
        ahead: frozenset[str] | None = frozenset()
        if not after.is_whole:
            ahead = endings_ahead(scenario, moments[number], ceilings)
        if ahead and any(_rank(scenario, key) >= best for key in ahead):
            continue
        ways = [way for key, way in before.endings.items() if _rank(scenario, key) >= best]
        if not ways:
            return None
        return Mistake(Loss.ENDING, number, ways[0].ending, ways[0].path, is_certain=ahead is not None)
    return None


def _rank(scenario: Scenario, ending: str) -> tuple[float, float]:
    """Endings are as good as what they make of the result, then as what they allow at most."""
    of = scenario.endings[ending]
    return float(of.factor), float(of.cap)
