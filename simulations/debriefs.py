"""What the debrief shows of a finished run: all of it, replayed and explained by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from competencies import framework, radar
from simulations.engine import debrief as engine
from simulations.engine.consequences import Consequence, Kind
from simulations.engine.play import State
from simulations.engine.scenario import Scenario, Variable
from simulations.engine.scoring import Outcome
from simulations.engine.wording import amount, signed
from simulations.models import Hindsight, Playthrough
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
    """A step of the way. `deltas` are its changes, `caused` those that hung on something earlier, `left` what it
    left behind, `told` what came of it later; `regret` what it gave away, None where nothing is known of it.

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
    """Everything the page says. `why` are the reasons for the ending, none of them of its own where it `is_leftover`,
    the one that remained when no other could be reached; `final` says in one line how every variable stood."""

    ending: str
    text: str
    is_early: bool
    stations: tuple[Station, ...]
    why: tuple[str, ...]
    is_leftover: bool
    final: str
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
    reasons = [each for each in found.consequences if each.kind is Kind.ENDING]
    return Debrief(
        ending=found.title,
        text=found.text,
        is_early=outcome.is_early,
        stations=tuple(_stations(found, looked)),
        why=tuple(each.sentence for each in reasons) or _straight(scenario, state),
        is_leftover=bool(reasons) and not any(each.fired for each in reasons),
        final=_final(scenario, outcome),
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
                *_deltas(entry.entering, _arrival),
                *_deltas(entry.changes, _change),
            ),
            caused=(
                *_caused(entry.entering, _arrival),
                *_caused(entry.changes, _change),
            ),
            left=entry.raised,
            told=told.get(entry.step, ()),
            regret=looked.by_step.get(entry.step) if looked else None,
            is_mistake=bool(looked and looked.first_mistake == entry.step),
            may_replay=bool(entry.choice) and entry.step > 1,
        )


def _deltas(changes: Iterable[engine.Change], told: Callable[[engine.Change], str]) -> Iterable[Delta]:
    """The ones that came in any case; the others are told with their reasons."""
    return (Delta(told(change), cost=change.is_loss) for change in changes if not change.because)


def _caused(changes: Iterable[engine.Change], told: Callable[[engine.Change], str]) -> Iterable[Caused]:
    """The conditional ones; where no step of the player's is behind it, the condition itself is the reason."""
    for change in changes:
        if change.because:
            reasons = tuple(Reason(cause.step, cause.text) for cause in change.causes)
            yield Caused(
                told(change),
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


def _straight(scenario: Scenario, state: State) -> tuple[str, ...]:
    """The one reason for an ending that hung on no condition: the last choice."""
    if not state.steps or state.steps[-1].to not in scenario.endings:
        return ()
    last = state.steps[-1]
    values = {"number": len(state.steps), "choice": scenario.nodes[last.node].by_id[last.choice].text}
    return (_("At step %(number)s “%(choice)s” was chosen, which led to this ending.") % values,)


def _final(scenario: Scenario, outcome: Outcome) -> str:
    told = (f"{of.label} {amount(outcome.final[key])}" for key, of in scenario.variables.items())
    return pgettext("list", ", ").join(told)


def _mark(score: float) -> str:
    """At most two decimals, as the engine gives them."""
    return amount(score)
