"""`check(scenario)`: everything that can be known of a scenario before anybody plays it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from time import perf_counter
from types import MappingProxyType

from ..paths import walk
from ..scenario import Scenario
from ..scoring import score
from .exploring import Progress
from .findings import Finding, Prefix, unasked
from .giveaways import Tell, giveaways, tells
from .perspectives import Perspectives, one_for_all, perspectives
from .sampling import Span
from .strategies import (
    MIXED_PLAYS,
    RANDOM_PLAYS,
    Play,
    Strategy,
    by_strategy,
    mixed_plays,
    random_plays,
    searching_plays,
    wilson,
)
from .surveying import STAGES, Looked, look, replayed
from .totals import Bound
from .writing import written


@dataclass(frozen=True)
class EndingReach:
    """Whether an ending is reached: None where only plays were drawn and none of them came there.

    `share` is that of the random plays, with its 95 % interval.
    """

    reachable: bool | None
    witness: tuple[str, ...]
    share: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Report:
    """What `check` found. `exact` says that every state was looked at; otherwise all of it is of drawn plays.

    `choices` counts by node and choice in how many states (exact) or drawn plays it was open. `states` is 0 when not
    exact. Spans that are not proved carry the limit that nothing exceeds, or the value seen where not even that is
    known.
    """

    scenario: Scenario = field(repr=False)
    seed: int
    exact: bool
    why_sampled: str
    states: int
    seconds: float
    findings: tuple[Finding, ...]
    endings: Mapping[str, EndingReach]
    totals: Span | None
    axes: Mapping[str, Mapping[str, Span | None]]
    variables: Mapping[str, Span]
    strategies: Mapping[str, Strategy]
    choices: Mapping[str, Mapping[str, int]]
    signs: Mapping[str, Tell]
    lenses: Perspectives
    prefixes: tuple[Prefix, ...]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """The report in plain JSON types; paths as `play_scenario --path` takes them."""
        return written(self)


def check(
    scenario: Scenario,
    *,
    seed: int = 0,
    budget: int | None = None,
    progress: Progress | None = None,
    plays: int | None = None,
) -> Report:
    """Look at every state a play can come to; where they are more than `budget`, or do not fit, draw plays instead.

    `progress(done, total, stage)` is told how far it is. The same scenario and seed give the same report but for the
    seconds. `plays` is how many are drawn at random, RANDOM_PLAYS unless somebody is waiting for the answer.
    """
    begun = perf_counter()
    tell = progress or _silent
    tell(0, STAGES, "playing")
    at_random = tuple(random_plays(scenario, seed, RANDOM_PLAYS if plays is None else plays))
    mixtures = mixed_plays(scenario, seed, MIXED_PLAYS if plays is None else max(1, plays // 4))
    strategies = by_strategy(scenario, at_random, mixtures)
    drawn = [*at_random, *chain.from_iterable(mixtures.values()), *searching_plays(scenario)]
    looked = look(scenario, drawn, budget, tell)
    tell(95, STAGES, "summing up")
    signs = tells(scenario)
    seen = _perspectives(scenario, strategies, at_random, looked)
    findings = (*looked.findings, *unasked(scenario), *giveaways(strategies, signs), *one_for_all(seen))
    order = {"error": 0, "warning": 1, "note": 2}
    tell(STAGES, STAGES, "done")
    return Report(
        scenario=scenario,
        seed=seed,
        exact=looked.exact,
        why_sampled=looked.why_sampled,
        states=looked.states,
        seconds=round(perf_counter() - begun, 1),
        findings=tuple(sorted(findings, key=lambda finding: order[finding.severity])),
        endings=_endings(scenario, looked, strategies["random"]),
        totals=looked.totals,
        axes=looked.axes,
        variables=looked.variables,
        strategies=MappingProxyType(strategies),
        choices=looked.choices,
        signs=MappingProxyType(signs),
        lenses=seen,
        prefixes=looked.prefixes,
    )


def _silent(done: int, total: int, stage: str) -> None:
    pass


def _perspectives(
    scenario: Scenario, strategies: Mapping[str, Strategy], at_random: Sequence[Play], looked: Looked
) -> Perspectives:
    best = walk(scenario, strategies["best"].path)
    to_endings = {key: replayed(scenario, path) for key, path in looked.to_endings.items()}
    others = [replayed(scenario, bound.path) for bound in _bounds(looked) if bound.path]
    play = Play(best, score(scenario, best) if best.is_ended else None)
    return perspectives(scenario, play, at_random, to_endings, others)


def _bounds(looked: Looked) -> Iterator[Bound]:
    yield from looked.totals or ()
    for axes in looked.axes.values():
        for span in axes.values():
            yield from span or ()


def _endings(scenario: Scenario, looked: Looked, at_random: Strategy) -> dict[str, EndingReach]:
    found = {}
    for key in scenario.endings:
        seen = at_random.endings.get(key, 0)
        found[key] = EndingReach(
            reachable=True if key in looked.to_endings else (False if looked.exact else None),
            witness=looked.to_endings.get(key, ()),
            share=round(seen / at_random.plays, 4),
            interval=wilson(seen, at_random.plays),
        )
    return found
