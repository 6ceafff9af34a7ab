"""`check(scenario)`: everything that can be known of a scenario before anybody plays it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import perf_counter
from types import MappingProxyType

from ..paths import walk
from ..play import MAX_STEPS
from ..scenario import Scenario
from ..scoring import score
from .axes import extreme_share
from .exploring import LOCKED, Atlas, Progress, explore
from .findings import Finding, Prefix, dominated, enabled, faults, idle_parts, mistakes, prefixes
from .giveaways import Tell, giveaways, tells
from .layout import TooBig
from .perspectives import Perspectives, one_for_all, perspectives
from .points import Axis, Points, bound_axes, points_of
from .prospects import within_reach
from .sampling import known_bounds, sampled_faults
from .strategies import Play, Strategy, by_strategy, random_plays, searching_plays, wilson
from .totals import Bound, extreme_total, least_ahead, most_ahead, worth

Span = tuple[Bound, Bound]
"""The least and the most of something."""

STAGES = 100
"""Of so many parts of the work `progress` speaks."""


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
        from .writing import written

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
    at_random = tuple(random_plays(scenario, seed, *(() if plays is None else (plays,))))
    mixed = None if plays is None else plays // 4
    strategies = by_strategy(scenario, seed, at_random, mixed)
    drawn = [*at_random, *searching_plays(scenario, seed, mixed)]
    looked = _look(scenario, drawn, budget, tell)
    tell(95, STAGES, "summing up")
    signs = tells(scenario)
    seen = _perspectives(scenario, strategies, at_random, looked)
    findings = (*looked.findings, *giveaways(strategies, signs), *one_for_all(seen))
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


@dataclass(frozen=True)
class _Looked:
    """What the atlas, or the drawn plays in its place, say."""

    exact: bool
    why_sampled: str
    states: int
    findings: tuple[Finding, ...]
    to_endings: Mapping[str, tuple[str, ...]]
    totals: Span | None
    axes: Mapping[str, Mapping[str, Span | None]]
    variables: Mapping[str, Span]
    choices: Mapping[str, Mapping[str, int]]
    prefixes: tuple[Prefix, ...]


def _look(scenario: Scenario, plays: Sequence[Play], budget: int | None, tell: Progress) -> _Looked:
    points = points_of(scenario, bound_axes(scenario))
    known = known_bounds(scenario, plays)
    floor = known.totals[1].value if known.totals else -1.0

    def on_the_way(done: int, total: int, stage: str) -> None:
        tell(5 + 50 * done // total, STAGES, stage)

    try:
        weigh = worth(scenario, points, floor)
        atlas = explore(scenario, weigh, budget=budget, progress=on_the_way)
        if any(finding.severity == "error" for finding in faults(atlas)):
            # a play that sticks fast has no final values: what was let go of early has to be kept to the end
            atlas = explore(scenario, weigh, drop=False, budget=budget, progress=on_the_way)
    except TooBig as error:
        return _drawn(scenario, plays, str(error))
    tell(60, STAGES, "looking back")
    return _Survey(scenario, atlas, points, plays, tell).all()


def _drawn(scenario: Scenario, plays: Sequence[Play], why: str) -> _Looked:
    known = known_bounds(scenario, plays)
    return _Looked(
        exact=False,
        why_sampled=why,
        states=0,
        findings=tuple(sampled_faults(scenario, plays)),
        to_endings=known.to_endings,
        totals=known.totals,
        axes=known.axes,
        variables=known.variables,
        choices=known.choices,
        prefixes=(),
    )


class _Survey:
    """All that is read from an atlas."""

    def __init__(
        self, scenario: Scenario, atlas: Atlas, points: Points, plays: Sequence[Play], tell: Progress
    ) -> None:
        self.scenario, self.atlas, self.points, self.plays, self.tell = scenario, atlas, points, plays, tell
        self.known = known_bounds(scenario, plays)
        self.reach = within_reach(atlas)

    def all(self) -> _Looked:
        found = list(faults(self.atlas))
        is_sound = not any(finding.kind in ("dead-end", "endless-loop") for finding in found)
        is_endless = any(finding.kind == "endless-loop" for finding in found)
        prefixes_found = prefixes(self.atlas, self.reach)
        self.tell(65, STAGES, "comparing choices")
        findings = [*found, *idle_parts(self.atlas, self.reach), *dominated(self.atlas)]
        findings += mistakes(prefixes_found)
        return _Looked(
            exact=True,
            why_sampled="",
            states=self.atlas.states,
            findings=tuple(findings),
            to_endings=self.to_endings(),
            totals=self.known.totals if is_endless else self.totals(),
            axes=self.known.axes if is_endless else self.axes(),
            variables=self.known.variables if is_endless else self.variables(is_sound),
            choices=enabled(self.atlas),
            prefixes=tuple(prefixes_found),
        )

    def to_endings(self) -> dict[str, tuple[str, ...]]:
        if self.atlas.begins_with:
            return {self.atlas.begins_with: ()}
        return {
            key: path
            for key in self.scenario.endings
            if key in self.atlas.ends
            and len(path := self.atlas.path_through(self.atlas.ends[key])) <= MAX_STEPS
        }

    def totals(self) -> Span | None:
        """The known plays, together with one to each ending, are where the search begins."""
        reached = [_replayed(self.scenario, path) for path in self.to_endings().values()]
        known = known_bounds(self.scenario, [*self.plays, *reached]).totals
        if known is None or not self.atlas.states:
            return known and _sure(known)
        self.tell(75, STAGES, "least total")
        least = extreme_total(
            self.atlas, self.points, least_ahead(self.atlas, self.points), known[0], most=False
        )
        self.tell(80, STAGES, "greatest total")
        most = extreme_total(
            self.atlas, self.points, most_ahead(self.atlas, self.points), known[1], most=True
        )
        return least, most

    def axes(self) -> Mapping[str, Mapping[str, Span | None]]:
        if not self.atlas.states:  # the only play is over before it begins: nothing was offered
            return self.known.axes
        self.tell(85, STAGES, "axes")
        different: list[Axis] = list(
            dict.fromkeys(leaves for view in self.scenario.views.values() for _a, leaves in view.axes)
        )
        points = points_of(self.scenario, different)
        spans = {leaves: self._axis(points, number) for number, leaves in enumerate(different)}
        return {
            key: {axis: spans[leaves] for axis, leaves in view.axes}
            for key, view in self.scenario.views.items()
        }

    def _axis(self, points: Points, number: int) -> Span | None:
        shares: list[tuple[Fraction, tuple[str, ...]]] = []
        for path in {play.path for play in self.plays if play.outcome}:
            got, offered = points.of_path(self.scenario, path, number)
            if offered:
                shares.append((Fraction(got, offered), path))
        low, high = (min(shares)[1], max(shares)[1]) if shares else (None, None)
        least = extreme_share(self.atlas, points, number, low, most=False)
        most = extreme_share(self.atlas, points, number, high, most=True)
        return (least, most) if least and most else None

    def variables(self, is_sound: bool) -> dict[str, Span]:
        found = {}
        for key, of in self.scenario.variables.items():
            low, high = self.atlas.lows[of.slot], self.atlas.highs[of.slot]
            if low and high:
                found[key] = (
                    self._ended(of.outward(low.value), low.door.state, low.door.choice),
                    self._ended(of.outward(high.value), high.door.state, high.door.choice),
                )
            elif is_sound:
                found[key] = _sure(self.known.variables[key])  # nothing ever moves it
        return found

    def _ended(self, value: float, state: int, choice: int) -> Bound:
        """The witness of a variable's extreme: to where it was last moved, and on to an end."""
        path = [*self.atlas.path_to(state), self.atlas.door(state, choice)]
        state = self.atlas.link(state, choice)
        while state >= 0:
            choices = self.scenario.nodes[self.atlas.batch_of(state).node].choices
            choice = next(n for n in range(len(choices)) if self.atlas.link(state, n) != LOCKED)
            path.append(self.atlas.door(state, choice))
            state = self.atlas.link(state, choice)
        return Bound(value, tuple(path), value)


def _sure(span: Span) -> Span:
    """The span of something of which every value has been seen."""
    least, most = (Bound(bound.value, bound.path, bound.value) for bound in span)
    return least, most


def _replayed(scenario: Scenario, path: Iterable[str]) -> Play:
    state = walk(scenario, path)
    return Play(state, score(scenario, state))


def _perspectives(
    scenario: Scenario, strategies: Mapping[str, Strategy], at_random: Sequence[Play], looked: _Looked
) -> Perspectives:
    best = walk(scenario, strategies["best"].path)
    to_endings = {key: _replayed(scenario, path) for key, path in looked.to_endings.items()}
    others = [_replayed(scenario, bound.path) for bound in _bounds(looked) if bound.path]
    play = Play(best, score(scenario, best) if best.is_ended else None)
    return perspectives(scenario, play, at_random, to_endings, others)


def _bounds(looked: _Looked) -> Iterator[Bound]:
    yield from looked.totals or ()
    for axes in looked.axes.values():
        for span in axes.values():
            yield from span or ()


def _endings(scenario: Scenario, looked: _Looked, at_random: Strategy) -> dict[str, EndingReach]:
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
