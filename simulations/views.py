"""Pages of the simulations: choosing a scenario, playing it, looking back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.errors import Refusal
from people.accounts import current_person, names_of
from people.scope import can_see
from simulations import playing, queries
from simulations.debriefs import debrief_of
from simulations.models import Playthrough, ScenarioVersion
from simulations.regrading.consequences import judgements_of
from simulations.reviewing.comparisons import comparison_of
from simulations.reviewing.margins import margins_of
from simulations.reviewing.regrets import hindsight_of
from simulations.reviewing.replaying import replay_from
from simulations.scenarios import scenario_of
from simulations.scenes import opening_stats, scene_of


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All scenarios, and my runs with the open ones on top."""
    person = current_person(request)
    runs = queries.runs_of([person]).get(person.pk, ())
    context = {
        "scenarios": queries.catalogue(),
        "runs": runs,
        "open_runs": [run for run in runs if run.finished_at is None],
        "open_keys": {run.key for run in runs if run.finished_at is None},
        "passed_keys": {run.key for run in runs if run.passed and not run.replayed},
        "played_keys": {run.key for run in runs},
    }
    return render(request, "simulations/index.html", context)


@login_required
@require_safe
def scenario(request: HttpRequest, key: str) -> HttpResponse:
    """The briefing: the task, who is who, the rules, and the way in."""
    person = current_person(request)
    version = _newest_or_404(key)
    runs = [run for run in queries.runs_of([person]).get(person.pk, ()) if run.key == key]
    read = scenario_of(version)
    context = {
        "version": version,
        "page": queries.page_of(key),
        "stakeholders": read.stakeholders,
        "stats": opening_stats(read),
        "runs": runs,
        "is_open": any(run.finished_at is None for run in runs),
    }
    return render(request, "simulations/scenario.html", context)


@login_required
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Begin, or go on where one left off."""
    _newest_or_404(key)
    run = playing.start_playthrough(person=current_person(request), scenario_key=key, now=timezone.now())
    return redirect("simulations:play", run.pk)


@login_required
@require_safe
def play(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The situation as it stands and what can be done about it."""
    run = _own_or_404(request, run_id)
    if run.is_finished:
        return redirect("simulations:debrief", run.pk)
    read = scenario_of(run.version)
    context = {
        "run": run,
        "title": run.version.title,
        "scene": scene_of(read, queries.state_of(run), seed=run.seed),
        "stakeholders": read.stakeholders,
    }
    return render(request, "simulations/play.html", context)


@login_required
@require_POST
def choose(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Make one choice. Whatever comes, the answer is the run as it stands."""
    run = _own_or_404(request, run_id)
    taken = request.POST.get("taken", "")
    try:
        run = playing.choose(
            playthrough=run,
            node=request.POST.get("node", ""),
            choice=request.POST.get("choice", ""),
            taken=int(taken) if taken.isdecimal() and len(taken) < 6 else None,
            now=timezone.now(),
        )
    except playing.MovedOn as moved:
        messages.info(request, str(moved))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("simulations:debrief" if run.is_finished else "simulations:play", run.pk)


@login_required
@require_safe
def debrief(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Looking back on a finished run: one's own, or that of somebody in scope."""
    viewer = current_person(request)
    runs = Playthrough.objects.select_related("version", "judged_by", "person", "replay_of")
    run = get_object_or_404(runs, pk=run_id)
    own = run.person_id == viewer.pk
    if not own and not (run.is_finished and can_see(viewer, run.person, at=timezone.now())):
        raise Http404
    if not run.is_finished:
        return redirect("simulations:play", run.pk)
    state, asked = queries.state_of(run), hindsight_of(run)
    context = {
        "run": run,
        "own": own,
        "name": "" if own else names_of({run.person_id}).get(run.person_id, ""),
        "debrief": debrief_of(run, state, asked),
        "asked": asked,
        "comparison": comparison_of(run),
        "going": queries.open_run(run) if own else None,
        "margins": margins_of(run, state, viewer=viewer, now=timezone.now()),
        "judgements": judgements_of(run) if run.judged_by_id else (),
    }
    return render(request, "simulations/debrief.html", context)


@login_required
@require_POST
def replay(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Begin practice from a step of one's own finished run: the steps before it are made already."""
    run = _own_or_404(request, run_id)
    step = request.POST.get("step", "")
    try:
        fresh = replay_from(
            run=run,
            step=int(step) - 1 if step.isdecimal() and len(step) < 6 else 0,
            by=current_person(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("simulations:debrief" if run.is_finished else "simulations:play", run.pk)
    return redirect("simulations:play", fresh.pk)


def _newest_or_404(key: str) -> ScenarioVersion:
    version = queries.newest_version(key)
    if version is None:
        raise Http404
    return version


def _own_or_404(request: HttpRequest, run_id: UUID) -> Playthrough:
    """A run of the person who asks; anybody else's looks like none at all."""
    runs = Playthrough.objects.select_related("version", "judged_by", "replay_of")
    return get_object_or_404(runs, pk=run_id, person=current_person(request))
