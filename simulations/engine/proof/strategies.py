"""How people fare who do not think: ways of playing, and what comes of them (design, section 1.4).

random: any open choice, each as likely; longest: the longest text; fastest: the least time spent; first: the first as
written; best: the most points. Ties go to the earlier choice as written. `best-75` plays best three times in four and
otherwise at random.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType

from ..paths import write_path
from ..play import MAX_STEPS, State, start, step
from ..play import open_choices as open_ids
from ..scenario import Choice, Scenario
from ..scoring import Outcome, score

RANDOM_PLAYS = 4_000
MIXED_PLAYS = 1_000
MIXED = (25, 50, 75, 90)
ROUNDS = 8
"""A play that comes to the very same state so many times is given up: its scenario has an endless loop."""
CONFIDENCE = 1.959964
"""The normal quantile of a two-sided interval of 95 %."""

Pick = Callable[[Sequence[Choice]], Choice]


@dataclass(frozen=True, slots=True)
class Play:
    """A play and what it came to; no outcome when it stuck fast, went in circles or ran past the limit of steps."""

    state: State
    outcome: Outcome | None

    @property
    def path(self) -> tuple[str, ...]:
        return write_path(self.state)


@dataclass(frozen=True)
class Strategy:
    """What a way of playing comes to. Plays without an ending count as not passed and not in the mean.

    `ending` and `total` are those of the only play of a way that leaves nothing to chance, else None. `interval` is
    that of the pass rate, 95 % after Wilson; of a way without chance it is the rate itself.
    """

    plays: int
    pass_rate: float
    interval: tuple[float, float]
    mean_total: float | None
    ending: str | None
    total: float | None
    path: tuple[str, ...]
    endings: MappingProxyType[str, int]


def play_by(scenario: Scenario, pick: Pick) -> Play:
    """The play in which `pick` chooses among the open choices, to its end or as far as it goes."""
    state = start(scenario)
    visits: Counter[tuple[str, tuple[int, ...], int]] = Counter()
    while not state.is_ended and len(state.steps) < MAX_STEPS:
        here = (state.node, state.values, state.flags)
        visits[here] += 1
        if visits[here] > ROUNDS:
            break
        node = scenario.nodes[state.node]
        choices = [node.by_id[key] for key in open_ids(scenario, state)]
        if not choices:
            break
        state = step(scenario, state, pick(choices).id)
    return Play(state, score(scenario, state) if state.is_ended else None)


def picks(scenario: Scenario) -> dict[str, Pick]:
    """The ways of playing that leave nothing to chance."""
    time = scenario.marks.time

    def spent(choice: Choice) -> int:
        return sum(effect.add for effect in choice.effects if effect.variable == time)

    return {
        "longest": lambda choices: max(choices, key=lambda choice: len(choice.text)),
        "fastest": lambda choices: max(choices, key=spent),
        "first": lambda choices: choices[0],
        "best": _best,
    }


def _best(choices: Sequence[Choice]) -> Choice:
    return max(choices, key=lambda choice: sum(choice.points))


def mixed(percent: int, chance: random.Random) -> Pick:
    """Best in so many of a hundred choices, any open one otherwise."""

    def pick(choices: Sequence[Choice]) -> Choice:
        return _best(choices) if chance.random() * 100 < percent else chance.choice(choices)

    return pick


def random_plays(scenario: Scenario, seed: int, count: int = RANDOM_PLAYS) -> Iterator[Play]:
    """So many plays at random, always the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - to sample, not to keep a secret
    for _play in range(count):
        yield play_by(scenario, chance.choice)


def mixed_plays(scenario: Scenario, seed: int, count: int = MIXED_PLAYS) -> dict[str, list[Play]]:
    """So many plays of each mixture of best and random: best-25, best-50, …"""
    found = {}
    for percent in MIXED:
        chance = random.Random(seed * 1009 + percent)  # noqa: S311 - as above
        found[f"best-{percent}"] = [play_by(scenario, mixed(percent, chance)) for _ in range(count)]
    return found


def searching_plays(scenario: Scenario) -> Iterator[Play]:
    """Plays that go after much, or little, in one dimension or in all: first guesses of the most and the least."""
    for sign in (1, -1):
        yield play_by(scenario, _pick_most(sign, None))
        for place in range(len(scenario.dimensions)):
            yield play_by(scenario, _pick_most(sign, place))


def _pick_most(sign: int, place: int | None) -> Pick:
    def worth(choice: Choice) -> tuple[int, int]:
        return sign * (0 if place is None else choice.points[place]), sign * sum(choice.points)

    return lambda choices: max(choices, key=worth)


def by_strategy(
    scenario: Scenario, at_random: Sequence[Play], mixtures: Mapping[str, Sequence[Play]]
) -> dict[str, Strategy]:
    """What each way of playing comes to: of these plays, and of the only one of each way without chance."""
    alone = {name: summed([play_by(scenario, pick)]) for name, pick in picks(scenario).items()}
    return {"random": summed(at_random)} | alone | {name: summed(plays) for name, plays in mixtures.items()}


def summed(plays: Sequence[Play]) -> Strategy:
    outcomes = [play.outcome for play in plays if play.outcome]
    passed = sum(outcome.passed for outcome in outcomes)
    only = plays[0] if len(plays) == 1 else None
    rate = passed / len(plays)
    return Strategy(
        plays=len(plays),
        pass_rate=round(rate, 4),
        interval=(rate, rate) if only else wilson(passed, len(plays)),
        mean_total=_mean(outcome.total for outcome in outcomes),
        ending=only.outcome.ending if only and only.outcome else None,
        total=only.outcome.total if only and only.outcome else None,
        path=only.path if only else (),
        endings=MappingProxyType(Counter(outcome.ending for outcome in outcomes)),
    )


def _mean(totals: Iterable[float]) -> float | None:
    listed = list(totals)
    return round(sum(listed) / len(listed), 2) if listed else None


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of which `hits` of `count` were seen (Wilson's score interval)."""
    if not count:
        return 0.0, 1.0
    share, z = hits / count, CONFIDENCE
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)
