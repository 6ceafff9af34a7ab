"""What a finished play is worth: the design's section 1.9, in exact arithmetic.

    leaf    = points of the choices made ÷ most points of any choice at the nodes where a choice was made × 100
    axis    = the same over all leaves of the axis together, rounded to 0.1
    base    = 0.6 × comp + 0.4 × time     time: 100 from 30 days left, 60 at 0 days, linear between, 0 below
              (which variables these are, and how much time left is full marks, a document may say: `Marks`)
    process = mean of the bound view's axes
    result  = (sat + trust) ÷ 2 × factor of the ending; variables count by their share of lo…hi, as 0–100
    total   = min(cap of the ending, 0.3 × base + 0.3 × process + 0.4 × result), rounded to 0.1

Rounding is half up (四舍五入) on exact fractions, never on floats: 6.25 is 6.3 everywhere. Axes are rounded before
their mean is taken; base, process and result enter the total unrounded and are shown to 0.01. A node entered and
left by a stop, without a choice, adds to nobody's denominator. What was never on offer is not judged: a leaf or axis
with denominator 0 is None, leaves the mean alone and is no reason to fail, unless that is true of every axis.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from . import messages as say
from .messages import Message
from .play import State, Unfinished
from .scenario import Scenario, View

TIME_AT_DEADLINE = 60


@dataclass(frozen=True)
class Outcome:
    """The result of a finished play. Scores are 0–100 with one decimal, None where nothing was on offer."""

    ending: str
    total: float
    base: float
    process: float
    result: float
    leaf: Mapping[str, float | None]
    views: Mapping[str, Mapping[str, float | None]]
    final: Mapping[str, float]
    flags: tuple[str, ...]
    passed: bool
    shortfalls: tuple[Message, ...]
    is_early: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not passed, in English; empty when it is."""
        return tuple(str(message) for message in self.shortfalls)


def score(scenario: Scenario, state: State, view: str = "") -> Outcome:
    """Score a finished play against `view` (its outward key), by default the one the scenario is bound to.

    Raises Unfinished if the play has not ended, KeyError for an unknown view.
    """
    if not state.is_ended:
        raise Unfinished(len(state.steps), say.say(say.STILL_AT, node=state.node))
    tally = _tally(scenario, state)
    axes = {key: _axes(of, tally) for key, of in scenario.views.items()}
    bound = axes[view or scenario.marks.view]
    base, process, result = _base(scenario, state), _mean(bound), _result(scenario, state)
    ending = scenario.endings[state.ending]
    total = round_half_up(min(ending.cap, 3 * base / 10 + 3 * process / 10 + 4 * result / 10), 1)
    shortfalls = tuple(_shortfalls(scenario, state, total, bound))
    return Outcome(
        ending=ending.id,
        total=float(total),
        base=float(round_half_up(base, 2)),
        process=float(round_half_up(process, 2)),
        result=float(round_half_up(result, 2)),
        leaf={leaf: _outward(_share(got, most)) for leaf, (got, most) in tally.items()},
        views={key: {axis: _outward(value) for axis, value in of.items()} for key, of in axes.items()},
        final=final_values(scenario, state),
        flags=scenario.flag_keys(state.flags),
        passed=not shortfalls,
        shortfalls=shortfalls,
        is_early=is_early(scenario, state),
    )


def final_values(scenario: Scenario, state: State) -> dict[str, float]:
    """The variables by key as people read them; whole ones are ints."""
    return {key: of.outward(state.values[of.slot]) for key, of in scenario.variables.items()}


def is_early(scenario: Scenario, state: State) -> bool:
    """Whether the play ended before the node was entered from which endings speak their full text."""
    return scenario.early_until not in {
        scenario.start,
        *(step.node for step in state.steps),
        *(step.to for step in state.steps),
    }


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round a number ≥ 0 to that many decimals, halves upward."""
    scale = 10**places
    return Fraction(floor(value * scale + Fraction(1, 2)), scale)


def _tally(scenario: Scenario, state: State) -> dict[str, tuple[int, int]]:
    """By leaf: the points earned, and the most that could be earned at the nodes passed."""
    got = [0] * len(scenario.dimensions)
    most = [0] * len(scenario.dimensions)
    for step in state.steps:
        node = scenario.nodes[step.node]
        for place, points in enumerate(node.by_id[step.choice].points):
            got[place] += points
            most[place] += node.most_points[place]
    return dict(zip(scenario.leaves, zip(got, most, strict=True), strict=True))


def _axes(view: View, tally: Mapping[str, tuple[int, int]]) -> dict[str, Fraction | None]:
    return {
        axis: _share(sum(tally[leaf][0] for leaf in leaves), sum(tally[leaf][1] for leaf in leaves))
        for axis, leaves in view.axes
    }


def _share(got: int, most: int) -> Fraction | None:
    return round_half_up(Fraction(100 * got, most), 1) if most else None


def _mean(axes: Mapping[str, Fraction | None]) -> Fraction:
    judged = [value for value in axes.values() if value is not None]
    return sum(judged, Fraction(0)) / len(judged) if judged else Fraction(0)


def _of_range(scenario: Scenario, state: State, key: str) -> Fraction:
    """Where a variable stands between its bounds, as 0–100."""
    variable = scenario.variables[key]
    return Fraction(100 * (state.values[variable.slot] - variable.lo), variable.hi - variable.lo)


def _base(scenario: Scenario, state: State) -> Fraction:
    marks = scenario.marks
    compliance = _of_range(scenario, state, marks.compliance)
    if not marks.time:
        return compliance
    left = Fraction(state.values[scenario.variables[marks.time].slot], 100)
    return (6 * compliance + 4 * _time(left, marks.time_in_hand)) / 10


def _time(left: Fraction, in_hand: Fraction) -> Fraction:
    if left < 0:
        return Fraction(0)
    return TIME_AT_DEADLINE + (100 - TIME_AT_DEADLINE) * min(left, in_hand) / in_hand


def _result(scenario: Scenario, state: State) -> Fraction:
    shares = [_of_range(scenario, state, key) for key in scenario.marks.outcome]
    return sum(shares, Fraction(0)) / len(shares) * scenario.endings[state.ending].factor


def _shortfalls(
    scenario: Scenario, state: State, total: Fraction, axes: Mapping[str, Fraction | None]
) -> list[Message]:
    """Every reason why the play is not passed."""
    marks, found = scenario.marks, []
    if state.ending in marks.failing:
        found.append(say.say(say.ENDING_FAILS, ending=state.ending))
    if total < marks.total:
        found.append(say.say(say.TOTAL_SHORT, total=float(total), needed=float(marks.total)))
    for axis, value in axes.items():
        if value is not None and value < marks.axis:
            found.append(say.say(say.AXIS_SHORT, axis=axis, score=float(value), needed=float(marks.axis)))
    if all(value is None for value in axes.values()):
        found.append(say.say(say.NO_AXIS_JUDGED))
    needed = marks.needs_any.get(state.ending, ())
    if needed and not any(_was_ever_set(scenario, state, flag) for flag in needed):
        names = "、".join(scenario.flags[flag].name for flag in needed)
        found.append(say.say(say.ENDING_NEEDS_ANY, ending=state.ending, flags=names))
    return found


def _was_ever_set(scenario: Scenario, state: State, flag: str) -> bool:
    return any(step.flags & scenario.flags[flag].bit for step in state.steps)


def _outward(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
