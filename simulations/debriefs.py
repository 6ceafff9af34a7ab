"""What the debrief shows of a finished run: all of it, replayed and explained by the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from competencies import framework, radar
from simulations import queries
from simulations.engine import debrief as engine
from simulations.engine.consequences import Consequence, Kind
from simulations.engine.play import State
from simulations.engine.scenario import Scenario, Variable
from simulations.engine.scoring import Outcome, score
from simulations.engine.wording import amount, signed
from simulations.models import Hindsight, Playthrough, RunStatus
from simulations.reviewing.regrets import LookBack, Regret, look_back
from simulations.reviewing.viewpoints import Viewpoint, viewpoints_of
from simulations.scenarios import scenario_of
from simulations.scenes import Delta
from simulations.wording import told_of


@dataclass(frozen=True)
class Reason:
    """Why a conditional change struck: the step it goes back to (None: never in the player's hands) and the words."""

    step: int | None
    text: str


@dataclass(frozen=True)
class Caused:
    """A change that hung on something earlier, and on what."""

    text: str
    cost: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Station:
    """A step of the way. `deltas` are all its changes, `caused` those of them that hung on something earlier, `left`
    what it left behind, `told` what came of it later; `regret` what it gave away, None where nothing is known of it.

    `may_replay` says that there is something to decide here, and a step before it.
    """

    number: int
    title: str
    stage: str
    chosen: str
    feedback: str
    deltas: tuple[Delta, ...]
    caused: tuple[Caused, ...]
    left: tuple[str, ...]
    told: tuple[str, ...]
    regret: Regret | None
    is_mistake: bool
    may_replay: bool


@dataclass(frozen=True)
class Part:
    """One of the three parts of the total: `score` is 0..100 before its weight."""

    title: str
    note: str
    score: str


@dataclass(frozen=True)
class Leaf:
    """A leaf's score as text, empty where the run never asked for it."""

    title: str
    score: str


@dataclass(frozen=True)
class Hidden:
    """A hidden variable: where it began, where it ended, and its value after every step.

    `line` draws them as the points of a polyline in a box of 100 × 40, the variable's range from bottom to top.
    """

    title: str
    first: str
    last: str
    values: tuple[str, ...]
    line: str


@dataclass(frozen=True)
class Debrief:
    """Everything the page says."""

    ending: str
    text: str
    is_early: bool
    stations: tuple[Station, ...]
    why: tuple[str, ...]
    hidden: tuple[Hidden, ...]
    total: str
    needed: str
    cap: str
    passed: bool
    reasons: tuple[str, ...]
    parts: tuple[Part, ...]
    leaves: tuple[Leaf, ...]
    radar: radar.Radar
    view: framework.View
    left_out: tuple[str, ...]
    look_back: LookBack | None
    viewpoints: tuple[Viewpoint, ...]


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what is compared, in the first run and in the best."""

    title: str
    first: str
    best: str


def debrief_of(run: Playthrough, state: State, asked: Hindsight | None) -> Debrief:
    """The debrief of a finished run: `state` is the run replayed, `asked` its look back as far as it is.

    `run.version` and `run.judged_by` should be loaded. One query where the scenario has lenses. Raises Unfinished.
    """
    scenario = scenario_of(run.standing_version)
    found = engine.debrief(scenario, state)
    outcome = found.outcome
    looked = look_back(scenario, asked)
    view = framework.view(run.standing_version.view_ref)
    titles = framework.leaf_titles()
    ending = scenario.endings[outcome.ending]
    is_capped = outcome.total == ending.cap
    return Debrief(
        ending=found.title,
        text=found.text,
        is_early=outcome.is_early,
        stations=tuple(_stations(found, looked)),
        why=tuple(c.sentence for c in found.consequences if c.kind is Kind.ENDING),
        hidden=tuple(_hidden(scenario, found.hidden)),
        total=_mark(outcome.total),
        needed=amount(float(scenario.marks.total)),
        cap=amount(float(ending.cap)) if is_capped else "",
        passed=outcome.passed,
        reasons=tuple(told_of(message, scenario) for message in outcome.shortfalls),
        parts=_parts(scenario, outcome),
        leaves=tuple(
            Leaf(titles[leaf], "" if score is None else _mark(score)) for leaf, score in outcome.leaf.items()
        ),
        radar=draw_axes(scenario, outcome),
        view=view,
        left_out=tuple(titles[leaf] for leaf in view.left_out),
        look_back=looked,
        viewpoints=viewpoints_of(scenario, state, looked.path if looked else ()),
    )


def draw_axes(scenario: Scenario, outcome: Outcome) -> radar.Radar:
    """The axes of the bound view with the mark each has to reach."""
    goal = float(scenario.marks.axis)
    axes = outcome.views[scenario.marks.view]
    return radar.draw(radar.Axis(title, score, goal) for title, score in axes.items())


def comparison_of(run: Playthrough) -> tuple[Compared, ...]:
    """The first run of this scenario beside the best one; empty until somebody has finished two.

    The best has the highest total, the earlier one among equals; practice from a point is not among them. Both are
    replayed. At most three queries.
    """
    runs = Playthrough.objects.filter(
        person=run.person_id, scenario_key=run.scenario_key, status=RunStatus.FINISHED, replay_of=None
    )
    finished = list(runs.select_related("version", "judged_by").order_by("ordinal"))
    if len(finished) < 2:
        return ()
    first = finished[0]
    best = max(finished, key=lambda each: (each.total, -each.ordinal))
    return tuple(_compared(first, best))


def _compared(first: Playthrough, best: Playthrough) -> Iterable[Compared]:
    yield Compared(_("Run"), str(first.ordinal), str(best.ordinal))
    yield Compared(_("Ending"), first.ending_title, best.ending_title)
    yield Compared(_("Total"), amount(float(first.total or 0)), amount(float(best.total or 0)))
    one, two = (score(scenario_of(of.standing_version), queries.state_of(of)).leaf for of in (first, best))
    titles = framework.leaf_titles()
    for leaf, mark in one.items():
        yield Compared(titles[leaf], _leaf_mark(mark), _leaf_mark(two.get(leaf)))


def _leaf_mark(score: float | None) -> str:
    return "—" if score is None else _mark(score)


def _stations(found: engine.Debrief, looked: LookBack | None) -> Iterable[Station]:
    """The way, each consequence told at the step that caused it."""
    told = _told_by_step(found.consequences)
    for entry in found.timeline:
        yield Station(
            number=entry.step,
            title=entry.title,
            stage=entry.stage,
            chosen=entry.chosen,
            feedback=entry.feedback,
            deltas=(
                *(Delta(_arrival(change), cost=change.is_loss) for change in entry.entering),
                *(Delta(_change(change), cost=change.is_loss) for change in entry.changes),
            ),
            caused=tuple(_caused((*entry.entering, *entry.changes))),
            left=entry.raised,
            told=told.get(entry.step, ()),
            regret=looked.by_step.get(entry.step) if looked else None,
            is_mistake=bool(looked and looked.first_mistake == entry.step),
            may_replay=bool(entry.choice) and entry.step > 1,
        )


def _caused(changes: Iterable[engine.Change]) -> Iterable[Caused]:
    """The conditional ones; where no step of the player's is behind it, the condition itself is the reason."""
    for change in changes:
        if change.because:
            reasons = tuple(Reason(cause.step, cause.text) for cause in change.causes)
            yield Caused(
                f"{change.label} {signed(change.change)}",
                change.is_loss,
                reasons or (Reason(None, change.because),),
            )


def _told_by_step(consequences: Iterable[Consequence]) -> dict[int, tuple[str, ...]]:
    """Sentences by the first step that caused them; one that nobody caused stands where it struck."""
    found: dict[int, tuple[str, ...]] = {}
    for consequence in consequences:
        if consequence.kind is not Kind.ENDING:
            causes = [cause.step for cause in consequence.causes if cause.step is not None]
            at = min(causes, default=consequence.step)
            found[at] = (*found.get(at, ()), consequence.sentence)
    return found


def _change(change: engine.Change) -> str:
    text = f"{change.label} {signed(change.change)}"
    return _("%(change)s (hidden)") % {"change": text} if change.is_hidden else text


def _arrival(change: engine.Change) -> str:
    return _("On arrival: %(change)s") % {"change": _change(change)}


def _hidden(scenario: Scenario, variables: Iterable[engine.HiddenVariable]) -> Iterable[Hidden]:
    for variable in variables:
        values = tuple(amount(value) for value in variable.values)
        line = _line(variable.values, scenario.variables[variable.variable])
        yield Hidden(variable.label, values[0], values[-1], values, line)


def _line(values: tuple[float, ...], of: Variable) -> str:
    low, high = of.lo / 100, of.hi / 100
    wide = max(len(values) - 1, 1)
    points = (
        (100 * place / wide, 40 - 40 * (value - low) / ((high - low) or 1))
        for place, value in enumerate(values)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _parts(scenario: Scenario, outcome: Outcome) -> tuple[Part, ...]:
    """The weights are the engine's one formula (simulations.engine.scoring), what it speaks of is the scenario's."""
    marks = scenario.marks
    result = _("%(variables)s, by ending") % {"variables": _labels(scenario, marks.outcome)}
    return (
        Part(_("Base, 30%"), _labels(scenario, (marks.compliance, marks.time)), _mark(outcome.base)),
        Part(_("Process, 30%"), _("mean of the axes"), _mark(outcome.process)),
        Part(_("Result, 40%"), result, _mark(outcome.result)),
    )


def _labels(scenario: Scenario, keys: Iterable[str]) -> str:
    return pgettext("list", ", ").join(scenario.variables[key].label for key in keys if key)


def _mark(score: float) -> str:
    """At most two decimals, as the engine gives them."""
    return amount(score)
