"""What can still come of a play: the best total, a pass, the endings, each with a way that leads there.

All choices are followed at once, in columns (`lots`), states that have the same future merged with their points beside
them. As long as a node has no more states than `width` nothing is left out and what is found is certain. Past that the
states that cannot improve on what is known are dropped (`ceilings`), then those with the lowest ceiling; how high the
best of those might have come is kept, so that a finding says whether it is proven.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .ceilings import (
    Ceiling,
    Ceilings,
    Counts,
    Reals,
    axis_scores,
    by_axis,
    highest_totals,
    mean_of,
    time_score,
)
from .lots import Flags, Lot, Mask, Moved, advance, joined, whole
from .play import MAX_STEPS, State, step
from .scenario import Node, Scenario
from .scoring import score

WIDTH = 60_000
MULTITUDE = 1_000_000
CLOSE = 1e-9
"""Less than any two totals differ by before they are rounded, more than floats err."""

Places = NDArray[np.int64]


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


@dataclass(frozen=True)
class _Crowd:
    """States at one node: points by axis, flags ever set, and by which step they came (index of the state before)."""

    lot: Lot
    got: Counts
    most: Counts
    ever: Flags
    before: Places
    choice: Counts

    def __len__(self) -> int:
        return len(self.lot)

    def taken(self, picked: Places) -> "_Crowd":
        lot = self.lot
        return _Crowd(
            Lot(tuple(column[picked] for column in lot.columns), lot.flags[picked], lot.rows[picked]),
            self.got[picked],
            self.most[picked],
            self.ever[picked],
            self.before[picked],
            self.choice[picked],
        )


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
    waiting: dict[str, list[_Crowd]] = field(default_factory=dict)
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
        self.needed = _bits(self.scenario)
        self.waiting = {self.state.node: [self._first()]}
        if self.ceilings.order is not None:
            for node in self.ceilings.order:
                if node in self.waiting:
                    self._leave(self.scenario.nodes[node], self.waiting.pop(node))
            return
        for _ in range(MAX_STEPS - len(self.state.steps)):
            together, self.waiting = self.waiting, {}
            for node, crowds in together.items():
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

    def _first(self) -> _Crowd:
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
        return _Crowd(whole(scenario, [state]), got, most, flags, none, none.astype(np.int32))

    def _leave(self, node: Node, crowds: list[_Crowd]) -> None:
        """Make every choice of a node in every state that stands there."""
        crowd = self._narrowed(
            node.id, _merged(self.ceilings.by_node[node.id], _together(crowds), has_points=self.has_points)
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
                reached = _Crowd(
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

    def _narrowed(self, node: str, crowd: _Crowd) -> _Crowd:
        if len(crowd) <= self.width:
            return crowd
        if not self.has_points:
            self.is_whole = False
            return crowd.taken(np.arange(0))
        highest, lowest_axis = highest_totals(
            self.scenario, self.ceilings, node, crowd.lot, crowd.got, crowd.most
        )
        marks = self.scenario.marks
        total = _rounded(highest)
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

    def _promise(self, highest: Reals, crowd: _Crowd) -> Reals:
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

    def _end(self, node: str, ending: str, crowd: _Crowd) -> None:
        totals, passed = _scored(self.scenario, ending, crowd)
        top = self._leaf(int(totals.argmax()), totals, node, ending, crowd)
        if self.best is None or top.total > self.best.total:
            self.best = top
        if ending not in self.endings or top.total > self.endings[ending].total:
            self.endings[ending] = top
        if passed.any():
            place = int(np.where(passed, totals, -1).argmax())
            if self.passing is None or totals[place] > self.passing.total:
                self.passing = self._leaf(place, totals, node, ending, crowd)

    def _leaf(self, place: int, totals: Reals, node: str, ending: str, crowd: _Crowd) -> _Found:
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


def _bits(scenario: Scenario) -> int:
    """The flags that some ending asks to have been set at least once."""
    found = 0
    for flags in scenario.marks.needs_any.values():
        for flag in flags:
            found |= scenario.flags[flag].bit
    return found


def _together(crowds: list[_Crowd]) -> _Crowd:
    if len(crowds) == 1:
        return crowds[0]
    return _Crowd(
        joined([crowd.lot for crowd in crowds]),
        np.concatenate([crowd.got for crowd in crowds]),
        np.concatenate([crowd.most for crowd in crowds]),
        np.concatenate([crowd.ever for crowd in crowds]),
        np.concatenate([crowd.before for crowd in crowds]),
        np.concatenate([crowd.choice for crowd in crowds]),
    )


def _merged(here: Ceiling, crowd: _Crowd, *, has_points: bool) -> _Crowd:
    """One of each kind: states that differ in nothing that is still read have the same future."""
    parts: list[Places] = [crowd.lot.columns[slot].astype(np.int64) for slot in sorted(here.slots)]
    parts.append((crowd.lot.flags & np.uint64(here.flags)).astype(np.int64))
    if has_points:
        parts += [
            points[:, axis].astype(np.int64)
            for points in (crowd.got, crowd.most)
            for axis in range(points.shape[1])
        ]
        parts.append(crowd.ever.astype(np.int64))
    keys = _packed(parts)
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
    news = np.zeros(len(order), dtype=np.bool_)
    news[:1] = True
    for key in keys:
        ordered = key[order]
        news[1:] |= ordered[1:] != ordered[:-1]
    return crowd if news.all() else crowd.taken(np.sort(order[news]))


def _packed(parts: list[Places]) -> list[Places]:
    """The columns in as few integers as hold them: each counted from its lowest in steps of its common divisor."""
    keys: list[Places] = []
    room = 0
    for part in parts:
        shifted = part - part.min()
        divisor = int(np.gcd.reduce(shifted)) or 1
        shifted //= divisor
        span = int(shifted.max()) + 1
        if span == 1:
            continue
        if not keys or room * span >= 2**62:
            keys.append(shifted)
            room = span
        else:
            keys[-1] = keys[-1] * span + shifted
            room *= span
    return keys or [np.zeros(len(parts[0]), dtype=np.int64)]


def _scored(scenario: Scenario, ending: str, crowd: _Crowd) -> tuple[Reals, Mask]:
    """Totals before rounding, and which states pass: `scoring.score` in columns."""
    marks, lot, end = scenario.marks, crowd.lot, scenario.endings[ending]
    shares = {key: _share(scenario, key, lot) for key in {marks.compliance, *marks.outcome}}
    base = shares[marks.compliance]
    if marks.time:
        left = lot.columns[scenario.variables[marks.time].slot] / 100
        base = 0.6 * base + 0.4 * time_score(left, float(marks.time_in_hand))
    axes = axis_scores(crowd.got, crowd.most)
    result = sum(shares[key] for key in marks.outcome) / len(marks.outcome) * float(end.factor)
    totals: Reals = np.minimum(float(end.cap), 0.3 * base + 0.3 * mean_of(axes) + 0.4 * result)
    if ending in marks.failing:
        return totals, np.zeros(len(lot), dtype=np.bool_)
    judged = ~np.isnan(axes)
    passed = (_rounded(totals) >= float(marks.total)) & judged.any(axis=1)
    passed &= ((axes >= float(marks.axis)) | ~judged).all(axis=1)
    if needs := marks.needs_any.get(ending):
        bits = sum(scenario.flags[flag].bit for flag in dict.fromkeys(needs))
        passed &= (crowd.ever & np.uint64(bits)) != 0
    return totals, passed


def _share(scenario: Scenario, key: str, lot: Lot) -> Reals:
    variable = scenario.variables[key]
    share: Reals = 100 * (lot.columns[variable.slot] - variable.lo) / (variable.hi - variable.lo)
    return share


def _rounded(totals: Reals) -> Reals:
    rounded: Reals = np.floor(10 * totals + 0.5 + CLOSE) / 10
    return rounded


def _round(total: float) -> float:
    return float(_rounded(np.array([total]))[0])
