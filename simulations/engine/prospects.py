"""What can still come of a play: the best total, a pass, the endings, each with a way that leads there.

All choices are followed at once, in columns (`lots`), states that have the same future merged with their points beside
them. As long as a node has no more states than `width` nothing is left out and what is found is certain. Past that the
states that cannot improve on what is known are dropped (`ceilings`), then those with the lowest ceiling; how high the
best of those might have come is kept, so that a finding says whether it is proven.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .ceilings import (
    Ceilings,
    Counts,
    Reals,
    axis_scores,
    by_axis,
    highest_totals,
    mean_of,
)
from .crowds import Crowd, Places, merged, needed_bits, rounded, scored, together
from .lots import Lot, Moved, advance, whole
from .play import MAX_STEPS, State, step
from .scenario import Node, Scenario
from .scoring import score

WIDTH = 60_000
MULTITUDE = 1_000_000


@dataclass(frozen=True)
class Way:
    """An outcome and the choices that lead to it from where one stands: `path` as `paths.parse_path` reads it."""

    total: float
    passed: bool
    ending: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Prospect:
    """What can come of a state. `best` is None where nothing ends, `passing` where no way to a pass was found.

    `endings` has a way to each one found. `highest` is what no total can exceed; the best is proven when it is as high
    as that. `is_whole` says that every way was followed to its end, so that what was not found is not there.
    """

    best: Way | None
    passing: Way | None
    endings: Mapping[str, Way]
    highest: float
    is_whole: bool
    is_pass_settled: bool

    @property
    def is_proven(self) -> bool:
        return self.best is not None and self.best.total >= self.highest


@dataclass
class _Found:
    """The best leaf so far of one kind: its unrounded total, and where it came from."""

    total: float
    before: int
    node: str
    choice: int
    ending: str


def look_ahead(
    scenario: Scenario,
    state: State,
    ceilings: Ceilings,
    *,
    known: Prospect | None = None,
    width: int = WIDTH,
) -> Prospect:
    """What can come of an unfinished play. `known` is a prospect whose ways all start here too.

    Deterministic. Raises lots.TooManyFlags.
    """
    search = _Search(scenario, state, ceilings, width, known)
    search.run()
    return search.prospect()


def endings_ahead(
    scenario: Scenario, state: State, ceilings: Ceilings, *, width: int = MULTITUDE
) -> frozenset[str] | None:
    """Every ending that can still come of an unfinished play, None when there is too much to look at to say.

    Points are no matter here, so that far more states are the same than in `look_ahead`.
    """
    search = _Search(scenario, state, ceilings, width, None, has_points=False)
    search.run()
    return frozenset(search.endings) if search.is_whole else None


@dataclass
class _Search:
    scenario: Scenario
    state: State
    ceilings: Ceilings
    width: int
    known: Prospect | None
    has_points: bool = True
    waiting: dict[str, list[Crowd]] = field(default_factory=dict)
    trail: list[tuple[str, int, Places, Counts]] = field(default_factory=list)
    seen: int = 0
    best: _Found | None = None
    passing: _Found | None = None
    endings: dict[str, _Found] = field(default_factory=dict)
    dropped: float = 0.0
    is_whole: bool = True
    is_pass_settled: bool = True

    def run(self) -> None:
        """Follow every way from the state to its end."""
        self.needed = needed_bits(self.scenario)
        self.waiting = {self.state.node: [self._first()]}
        if self.ceilings.order is not None:
            for node in self.ceilings.order:
                if node in self.waiting:
                    self._leave(self.scenario.nodes[node], self.waiting.pop(node))
            return
        for _ in range(MAX_STEPS - len(self.state.steps)):
            at_once, self.waiting = self.waiting, {}
            for node, crowds in at_once.items():
                self._leave(self.scenario.nodes[node], crowds)
        if self.waiting:
            self.is_whole = False

    def prospect(self) -> Prospect:
        """What was found, put into words that the engine itself vouches for."""
        best, passing = self._way(self.best), self._way(self.passing)
        endings = {ending: way for ending, found in self.endings.items() if (way := self._way(found))}
        known = self.known
        if known is not None:
            best = max([way for way in (best, known.best) if way], key=lambda way: way.total, default=None)
            passing = max(
                [way for way in (passing, known.passing) if way], key=lambda w: w.total, default=None
            )
            endings = {**endings, **known.endings}
        total = best.total if best else 0.0
        return Prospect(
            best,
            passing,
            endings,
            max(total, self.dropped),
            self.is_whole,
            bool(passing) or self.is_pass_settled,
        )

    def _first(self) -> Crowd:
        state, scenario = self.state, self.scenario
        got = np.zeros((1, len(by_axis(scenario, (0,) * len(scenario.leaves)))), dtype=np.int32)
        most, ever = got.copy(), 0
        for taken in state.steps:
            node = scenario.nodes[taken.node]
            got = got + by_axis(scenario, node.by_id[taken.choice].points)
            most = most + by_axis(scenario, node.most_points)
            ever |= taken.flags & self.needed
        none = np.array([-1], dtype=np.int64)
        flags = np.array([ever], dtype=np.uint64)
        return Crowd(whole(scenario, [state]), got, most, flags, none, none.astype(np.int32))

    def _leave(self, node: Node, crowds: list[Crowd]) -> None:
        """Make every choice of a node in every state that stands there."""
        crowd = self._narrowed(
            node.id, merged(self.ceilings.by_node[node.id], together(crowds), has_points=self.has_points)
        )
        if not len(crowd):
            return
        first = self.seen
        self.trail.append((node.id, first, crowd.before, crowd.choice))
        self.seen += len(crowd)
        most = by_axis(self.scenario, node.most_points)
        rows = np.arange(len(crowd), dtype=np.int32)
        lot = Lot(crowd.lot.columns, crowd.lot.flags, rows)
        for place, choice in enumerate(node.choices):
            moved: Moved = advance(self.scenario, node, choice, lot)
            for target, arrived in moved.items():
                came = arrived.rows
                ever = crowd.ever[came] | (arrived.flags & np.uint64(self.needed))
                reached = Crowd(
                    arrived,
                    crowd.got[came] + by_axis(self.scenario, choice.points),
                    crowd.most[came] + most,
                    ever,
                    first + came.astype(np.int64),
                    np.full(len(came), place, dtype=np.int32),
                )
                if target in self.scenario.nodes:
                    self.waiting.setdefault(target, []).append(reached)
                else:
                    self._end(node.id, target, reached)

    # Too many at once

    def _narrowed(self, node: str, crowd: Crowd) -> Crowd:
        if len(crowd) <= self.width:
            return crowd
        if not self.has_points:
            self.is_whole = False
            return crowd.taken(np.arange(0))
        highest, lowest_axis = highest_totals(
            self.scenario, self.ceilings, node, crowd.lot, crowd.got, crowd.most
        )
        marks = self.scenario.marks
        total = rounded(highest)
        hopeful = total > self._best_total()
        may_pass = (total >= float(marks.total)) & (lowest_axis >= float(marks.axis))
        if not self._has_passed():
            hopeful |= may_pass
        self.is_whole = self.is_whole and bool(hopeful.all())
        picked = np.flatnonzero(hopeful)
        if len(picked) > self.width:
            order = picked[np.argsort(-self._promise(highest, crowd)[picked], kind="stable")]
            picked, cut = np.sort(order[: self.width]), order[self.width :]
            self.dropped = max(self.dropped, float(total[cut].max()))
            self.is_whole = False
            self.is_pass_settled = self.is_pass_settled and not bool(may_pass[cut].any())
        return crowd.taken(picked)

    def _promise(self, highest: Reals, crowd: Crowd) -> Reals:
        """What goes on first when not all can: the highest ceiling, then the better record so far."""
        record: Reals = mean_of(axis_scores(crowd.got, crowd.most))
        return highest + 1e-3 * record

    def _best_total(self) -> float:
        totals = [_round(self.best.total)] if self.best else []
        if self.known and self.known.best:
            totals.append(self.known.best.total)
        return max(totals, default=-1.0)

    def _has_passed(self) -> bool:
        return self.passing is not None or bool(self.known and self.known.passing)

    # Ends

    def _end(self, node: str, ending: str, crowd: Crowd) -> None:
        totals, passed = scored(self.scenario, ending, crowd)
        top = self._leaf(int(totals.argmax()), totals, node, ending, crowd)
        if self.best is None or top.total > self.best.total:
            self.best = top
        if ending not in self.endings or top.total > self.endings[ending].total:
            self.endings[ending] = top
        if passed.any():
            place = int(np.where(passed, totals, -1).argmax())
            if self.passing is None or totals[place] > self.passing.total:
                self.passing = self._leaf(place, totals, node, ending, crowd)

    def _leaf(self, place: int, totals: Reals, node: str, ending: str, crowd: Crowd) -> _Found:
        return _Found(float(totals[place]), int(crowd.before[place]), node, int(crowd.choice[place]), ending)

    def _way(self, found: _Found | None) -> Way | None:
        """The way to a leaf, replayed and scored by the engine itself."""
        if found is None:
            return None
        choices = [
            self.scenario.nodes[found.node].choices[found.choice].id,
            *self._choices_before(found.before),
        ]
        state = self.state
        for choice in reversed(choices):
            state = step(self.scenario, state, choice)
        outcome = score(self.scenario, state)
        names = tuple(taken.node + taken.choice for taken in state.steps[len(self.state.steps) :])
        return Way(outcome.total, outcome.passed, outcome.ending, names)

    def _choices_before(self, place: int) -> Iterator[str]:
        """The choices that led to a state, the last one first."""
        for at in range(len(self.trail) - 1, -1, -1):
            _node, first, before, choice = self.trail[at]
            if first <= place < first + len(before):
                came, made = int(before[place - first]), int(choice[place - first])
                if came < 0:
                    return
                yield self.scenario.nodes[self._node_of(came)].choices[made].id
                place = came

    def _node_of(self, place: int) -> str:
        return next(node for node, first, before, _ in self.trail if first <= place < first + len(before))


def _round(total: float) -> float:
    return float(rounded(np.array([total]))[0])
