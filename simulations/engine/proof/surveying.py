"""What the atlas of a scenario says, or the drawn plays in its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..paths import walk
from ..play import MAX_STEPS
from ..scenario import Scenario
from ..scoring import score
from .atlas import LOCKED, Atlas
from .axes import extreme_share
from .exploring import Progress, explore
from .findings import Finding, Prefix, dominated, enabled, faults, idle_parts, mistakes, prefixes
from .layout import TooBig
from .points import Axis, Points, bound_axes, points_of
from .prospects import within_reach
from .sampling import Span, known_bounds, sampled_faults
from .strategies import Play
from .totals import Bound, extreme_total, least_ahead, most_ahead, worth

STAGES = 100
"""Of so many parts of the work `progress` speaks."""

NEVER_ENDS = ("dead-end", "endless-loop")
"""Findings that say that some play never comes to an end."""


@dataclass(frozen=True)
class Looked:
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


def look(scenario: Scenario, plays: Sequence[Play], budget: int | None, tell: Progress) -> Looked:
    points = points_of(scenario, bound_axes(scenario))
    known = known_bounds(scenario, plays)
    floor = known.totals[1].value if known.totals else -1.0

    def on_the_way(done: int, total: int, stage: str) -> None:
        tell(5 + 50 * done // total, STAGES, stage)

    try:
        weigh = worth(scenario, points, floor)
        atlas = explore(scenario, weigh, budget=budget, progress=on_the_way)
        if any(finding.kind in NEVER_ENDS for finding in faults(atlas)):
            # a play that sticks fast has no final values: what was let go of early has to be kept to the end
            atlas = explore(scenario, weigh, drop=False, budget=budget)
    except TooBig as error:
        return _drawn(scenario, plays, str(error))
    tell(60, STAGES, "looking back")
    return Survey(scenario, atlas, points, plays, tell).all()


def _drawn(scenario: Scenario, plays: Sequence[Play], why: str) -> Looked:
    known = known_bounds(scenario, plays)
    return Looked(
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


class Survey:
    """All that is read from an atlas."""

    def __init__(
        self, scenario: Scenario, atlas: Atlas, points: Points, plays: Sequence[Play], tell: Progress
    ) -> None:
        self.scenario, self.atlas, self.points, self.plays, self.tell = scenario, atlas, points, plays, tell
        self.known = known_bounds(scenario, plays)
        self.reach = within_reach(atlas)

    def all(self) -> Looked:
        found = list(faults(self.atlas))
        is_sound = not any(finding.kind in NEVER_ENDS for finding in found)
        is_endless = any(finding.kind == "endless-loop" for finding in found)
        prefixes_found = prefixes(self.atlas, self.reach)
        self.tell(65, STAGES, "comparing choices")
        findings = [*found, *idle_parts(self.atlas, self.reach), *dominated(self.atlas)]
        findings += mistakes(prefixes_found)
        return Looked(
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
        reached = [replayed(self.scenario, path) for path in self.to_endings().values()]
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


def replayed(scenario: Scenario, path: Iterable[str]) -> Play:
    state = walk(scenario, path)
    return Play(state, score(scenario, state))
