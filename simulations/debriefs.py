"""What the debrief shows of a finished run: all of it, replayed and explained by the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from competencies import framework, radar
from simulations import queries
from simulations.engine import debrief as engine
from simulations.engine.consequences import Consequence, Kind
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome
from simulations.engine.wording import amount, signed
from simulations.models import Playthrough, RunStatus
from simulations.scenarios import scenario_of
from simulations.scenes import Delta
from simulations.wording import told_of


@dataclass(frozen=True)
class Station:
    """A step of the way, in the shape of components/timeline.html."""

    number: int
    title: str
    text: str
    note: str
    chip_state: str
    chip_text: str
    deltas: tuple[Delta, ...]
    state: str
    consequence: str


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
    """A hidden variable: where it began, where it ended, and its value after every step."""

    title: str
    first: str
    last: str
    values: tuple[str, ...]


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


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what is compared, in the first run and in the best."""

    title: str
    first: str
    best: str


def debrief_of(run: Playthrough) -> Debrief:
    """The debrief of a finished run; `run.version` should be loaded. One query. Raises Unfinished otherwise."""
    scenario = scenario_of(run.version)
    found = engine.debrief(scenario, queries.state_of(run))
    outcome = found.outcome
    view = framework.view(run.version.view_ref)
    titles = framework.leaf_titles()
    ending = scenario.endings[outcome.ending]
    is_capped = outcome.total == ending.cap
    return Debrief(
        ending=found.title,
        text=found.text,
        is_early=outcome.is_early,
        stations=tuple(_stations(found)),
        why=tuple(c.sentence for c in found.consequences if c.kind is Kind.ENDING),
        hidden=tuple(_hidden(found.hidden)),
        total=_mark(outcome.total),
        needed=amount(float(scenario.marks.total)),
        cap=amount(float(ending.cap)) if is_capped else "",
        passed=outcome.passed,
        reasons=tuple(told_of(message, scenario) for message in outcome.shortfalls),
        parts=_parts(outcome),
        leaves=tuple(
            Leaf(titles[leaf], "" if score is None else _mark(score)) for leaf, score in outcome.leaf.items()
        ),
        radar=draw_axes(scenario, outcome),
        view=view,
        left_out=tuple(titles[leaf] for leaf in view.left_out),
    )


def draw_axes(scenario: Scenario, outcome: Outcome) -> radar.Radar:
    """The axes of the bound view with the mark each has to reach."""
    goal = float(scenario.marks.axis)
    axes = outcome.views[scenario.marks.view]
    return radar.draw(radar.Axis(title, score, goal) for title, score in axes.items())


def comparison_of(run: Playthrough) -> tuple[Compared, ...]:
    """The first run of this scenario beside the best one; empty until somebody has finished two.

    The best has the highest total, the earlier one among equals. Both are replayed. At most three queries.
    """
    runs = Playthrough.objects.filter(
        person=run.person_id, scenario_key=run.scenario_key, status=RunStatus.FINISHED
    )
    finished = list(runs.select_related("version").order_by("ordinal"))
    if len(finished) < 2:
        return ()
    first = finished[0]
    best = max(finished, key=lambda each: (each.total, -each.ordinal))
    return tuple(_compared(first, best))


def _compared(first: Playthrough, best: Playthrough) -> Iterable[Compared]:
    one, two = debrief_of(first), debrief_of(best)
    yield Compared(_("Run"), str(first.ordinal), str(best.ordinal))
    yield Compared(_("Ending"), one.ending, two.ending)
    yield Compared(_("Total"), one.total, two.total)
    scores = {leaf.title: leaf.score for leaf in two.leaves}
    for leaf in one.leaves:
        yield Compared(leaf.title, leaf.score or "—", scores.get(leaf.title) or "—")


def _stations(found: engine.Debrief) -> Iterable[Station]:
    """The way, each consequence told at the step that caused it."""
    told = _told_by_step(found.consequences)
    for entry in found.timeline:
        sentences = told.get(entry.step, ())
        yield Station(
            number=entry.step,
            title=entry.title,
            text=entry.chosen or _("The run ended as this situation came about."),
            note=entry.feedback,
            chip_state="plain",
            chip_text=entry.stage,
            deltas=(
                *(Delta(_arrival(change), cost=change.change < 0) for change in entry.entering),
                *(Delta(_change(change), cost=change.change < 0) for change in entry.changes),
            ),
            state="turn" if sentences else "",
            consequence="".join(sentences),
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


def _hidden(variables: Iterable[engine.HiddenVariable]) -> Iterable[Hidden]:
    for variable in variables:
        values = tuple(amount(value) for value in variable.values)
        yield Hidden(variable.label, values[0], values[-1], values)


def _parts(outcome: Outcome) -> tuple[Part, ...]:
    """The weights are the engine's one formula (simulations.engine.scoring)."""
    return (
        Part(_("Base, 30%"), _("compliance and time"), _mark(outcome.base)),
        Part(_("Process, 30%"), _("mean of the axes"), _mark(outcome.process)),
        Part(_("Result, 40%"), _("satisfaction and trust, by ending"), _mark(outcome.result)),
    )


def _mark(score: float) -> str:
    """At most two decimals, as the engine gives them."""
    return amount(score)
