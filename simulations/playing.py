"""A run's life: begun or resumed, one choice after another, finished once."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import Refusal
from people.models import Person
from simulations import queries
from simulations.engine.play import State, StepLimit, available, step
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import score
from simulations.evidence import record_run
from simulations.models import Playthrough, RunStatus, Step
from simulations.reviewing.hindsights import ask_hindsight
from simulations.scenarios import scenario_of
from simulations.wording import told_lock


class MovedOn(Refusal):
    """The run no longer stands where this choice was offered: the back button, a second tab, a second click."""

    code = "moved_on"


@transaction.atomic
def start_playthrough(*, person: Person, scenario_key: str, now: datetime, seed: str = "") -> Playthrough:
    """Begin a run of the newest version, or resume the one that is open, whatever version that is of.

    `seed` decides the order in which choices are shown; without one it is drawn. Raises Refusal for a scenario
    that was never released.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    runs = Playthrough.objects.filter(person=person, scenario_key=scenario_key)
    going = runs.filter(status=RunStatus.OPEN).first()
    if going:
        return going
    version = queries.newest_version(scenario_key)
    if version is None:
        raise Refusal(_("There is no scenario of this name."), code="unknown_scenario")
    last = runs.aggregate(last=Max("ordinal"))["last"] or 0
    return Playthrough.objects.create(
        person=person,
        version=version,
        scenario_key=scenario_key,
        ordinal=last + 1,
        seed=seed or secrets.token_hex(8),
        started_at=now,
    )


@transaction.atomic
def choose(
    *, playthrough: Playthrough, node: str, choice: str, now: datetime, taken: int | None = None
) -> Playthrough:
    """Make a choice at the node where the run stands; the last one finishes the run and records its evidence.

    `taken` is how many steps the page that offered the choice knew of: with it, a second click on the same choice
    returns the run as it is, even where a scenario leads back to the same node. Raises MovedOn when the run stands
    elsewhere or is finished, Refusal for a choice that cannot be made; then nothing has changed.
    """
    runs = Playthrough.objects.select_for_update(of=("self",)).select_related("version", "person")
    run = runs.get(pk=playthrough.pk)
    scenario = scenario_of(run.version)
    state = queries.state_of(run)
    if _is_repeated(state, node, choice, taken):
        return run
    _check_current(state, node, taken)
    after = _step(scenario, state, choice)
    Step.objects.create(playthrough=run, index=len(after.steps), choice=choice, node=state.node)
    if after.is_ended:
        _finish(run, scenario, after, now=now)
    return run


def _is_repeated(state: State, node: str, choice: str, taken: int | None) -> bool:
    """Whether this very choice is the step made last."""
    if not state.steps or (state.steps[-1].node, state.steps[-1].choice) != (node, choice):
        return False
    return state.node != node if taken is None else taken == len(state.steps) - 1


def _check_current(state: State, node: str, taken: int | None) -> None:
    if state.is_ended:
        raise MovedOn(_("This run is finished. Its debrief shows every step."))
    if node != state.node or taken not in (None, len(state.steps)):
        raise MovedOn(_("You have already decided that step and moved on. This is where you stand now."))


def _step(scenario: Scenario, state: State, choice: str) -> State:
    offer = next((offer for offer in available(scenario, state) if offer.choice.id == choice), None)
    if offer is None:
        raise Refusal(_("Choose one of the options shown."), code="unknown_choice")
    if offer.lock is not None:
        reason = told_lock(offer.lock, scenario)
        raise Refusal(_("This option cannot be chosen now: %(reason)s.") % {"reason": reason}, code="locked")
    try:
        return step(scenario, state, choice)
    except StepLimit as limit:
        raise Refusal(_("This run has reached the longest a run can be."), code="step_limit") from limit


def _finish(run: Playthrough, scenario: Scenario, state: State, *, now: datetime) -> None:
    outcome = score(scenario, state)
    now = max(now, run.started_at)  # a clock set back must not cost anyone their run
    run.status = RunStatus.FINISHED
    run.finished_at = now
    run.ending = outcome.ending
    run.ending_title = scenario.endings[outcome.ending].title
    run.total = Decimal(str(outcome.total))
    run.passed = outcome.passed
    run.save(update_fields=["status", "finished_at", "ending", "ending_title", "total", "passed"])
    record_run(run=run, scenario=scenario, outcome=outcome, now=now)
    ask_hindsight(run=run, now=now)
