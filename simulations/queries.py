"""Reads that more than one page shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from core.prepared import prepared
from people.models import Person
from simulations.engine.play import State, replay
from simulations.models import Playthrough, RunStatus, ScenarioDraft, ScenarioPage, ScenarioVersion
from simulations.scenarios import scenario_of


@dataclass(frozen=True)
class Run:
    """One run as lists show it. `total` (0..100), `ending` and `passed` are None, "" and None until it is finished.
    `minutes` is the usual length of a whole run.

    `ending` is the ending's title. `first` marks the run that shapes the profile; later ones are practice. `replayed`
    says that it was begun from a point of another run, and counts for nothing.
    """

    title: str
    key: str
    url: str
    started_at: datetime
    finished_at: datetime | None
    total: Decimal | None
    ending: str
    passed: bool | None
    first: bool
    minutes: int
    replayed: bool = False


def newest_version(key: str) -> ScenarioVersion | None:
    """The version that a new run of this scenario gets; None when it was never released."""
    return ScenarioVersion.objects.filter(key=key).order_by("-number").first()


def catalogue() -> tuple[ScenarioVersion, ...]:
    """The newest version of every released scenario by title, without its document. One query."""
    newest = ScenarioVersion.objects.filter(key=OuterRef("key")).order_by("-number")
    versions = ScenarioVersion.objects.filter(pk=Subquery(newest.values("pk")[:1]))
    return tuple(versions.defer("document").order_by("title", "key"))


def page_of(key: str) -> ScenarioPage | None:
    """The live page that introduces this scenario."""
    return ScenarioPage.objects.live().filter(scenario_key=key).order_by("path").first()


def state_of(run: Playthrough) -> State:
    """Where a run stands: its steps replayed from the start, under the version it is judged by.

    One query; `run.version` and `run.judged_by` should be loaded.
    """
    choices = run.steps.order_by("index").values_list("choice", flat=True)
    return replay(scenario_of(run.standing_version), choices)


def open_run(beside: Playthrough) -> Playthrough | None:
    """The run of the same scenario that its person has not finished. One query."""
    return Playthrough.objects.filter(
        person=beside.person_id, scenario_key=beside.scenario_key, status=RunStatus.OPEN
    ).first()


def runs_of(people: Iterable[Person]) -> dict[UUID, tuple[Run, ...]]:
    """Everybody's runs by person id, newest first; people who never played are absent. One query."""
    found: dict[UUID, list[Run]] = {}
    for row in _runs([person.pk for person in people]):
        found.setdefault(row.person_id, []).append(_as_run(row))
    return {person_id: tuple(runs) for person_id, runs in found.items()}


@prepared
def _runs(people: Sequence[UUID]) -> QuerySet[Playthrough]:
    rows = Playthrough.objects.filter(person__in=people).select_related("version").defer("version__document")
    return rows.order_by("-started_at", "-ordinal")


def _as_run(row: Playthrough) -> Run:
    return Run(
        title=row.version.title,
        key=row.scenario_key,
        url=reverse("simulations:debrief" if row.is_finished else "simulations:play", args=[row.pk]),
        started_at=row.started_at,
        finished_at=row.finished_at,
        total=row.total,
        ending=row.ending_title,
        passed=row.passed,
        first=row.is_first,
        minutes=row.version.minutes,
        replayed=row.replay_of_id is not None,
    )


def drafts_to_release() -> QuerySet[ScenarioDraft]:
    """Drafts that say something else than their newest release, or have none; the last stored first. One query."""
    drafts = ScenarioDraft.objects.with_releases().defer("document")
    return drafts.filter(Q(newest_hash=None) | ~Q(newest_hash=F("content_hash"))).order_by(
        "-stored_at", "key"
    )
