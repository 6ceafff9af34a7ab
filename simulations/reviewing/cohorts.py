"""How others chose at the same place, without telling who.

Only finished first runs of the same version are counted: practice and replays know what comes. They are counted by
whole tens in the order in which they finished, so that the picture never moves by one person; where fewer than ten of
them came by, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from simulations.engine.scenario import Scenario
from simulations.models import Playthrough, RunStatus, Step
from simulations.scenarios import scenario_of

FEWEST = 10
"""Below so many people at a place nothing is shown (防反推)."""


@dataclass(frozen=True)
class Share:
    """How many in a hundred chose this, in words where it rounds to none; `own` marks one's own choice, which may not
    be counted yet. `title` and `score` feed components/bars.html."""

    title: str
    score: int
    own: bool

    @property
    def text(self) -> str:
        return f"{self.score}%" if self.score else _("hardly anybody")


@dataclass(frozen=True)
class Cohort:
    """One step of a run among others: how many people stood there, at least, and what they chose.

    `people` is rounded down to ten; `shares` are in the author's order and leave out what nobody else chose.
    """

    step: int
    title: str
    people: int
    shares: tuple[Share, ...]


def cohort_of(run: Playthrough, steps: tuple[tuple[str, str], ...]) -> tuple[Cohort, ...]:
    """The steps of this run at which at least ten first runs can be told, one's own among them if it counts. One query.

    `steps` are (node, choice) as they were made. Shares are whole percents; how many people made a choice is not told.
    """
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for node, choice, people in _counted(run.version_id):
        counted[node][choice] = people
    scenario = scenario_of(run.version)
    told = (
        _told(scenario, number, node, choice, counted.get(node, {}))
        for number, (node, choice) in enumerate(steps, start=1)
    )
    return tuple(each for each in told if each is not None)


def _counted(version: Any) -> QuerySet[Step, tuple[str, str, int]]:
    """(node, choice, people) over the first whole tens of finished first runs. Who came by a place again is counted by
    the first time, so that ten are ten people."""
    before = Step.objects.filter(
        playthrough=OuterRef("playthrough"), node=OuterRef("node"), index__lt=OuterRef("index")
    )
    return (
        Step.objects.filter(~Exists(before), playthrough__in=_whole_tens(version))
        .exclude(node="")
        .values("node", "choice")
        .annotate(people=Count("playthrough", distinct=True))
        .values_list("node", "choice", "people")
    )


def _whole_tens(version: Any) -> QuerySet[Any]:
    runs = Playthrough.objects.filter(
        version=version, ordinal=1, status=RunStatus.FINISHED, replay_of=None
    ).annotate(
        place=Window(RowNumber(), order_by=[F("finished_at").asc(), F("id").asc()]),
        all_of_them=Window(Count("id")),
    )
    return runs.filter(place__lte=F("all_of_them") - F("all_of_them") % FEWEST).values("pk")


def _told(scenario: Scenario, number: int, node: str, own: str, counts: dict[str, int]) -> Cohort | None:
    people = sum(counts.values())
    if people < FEWEST:
        return None
    shares = tuple(
        Share(choice.text, round(100 * counts.get(choice.id, 0) / people), choice.id == own)
        for choice in scenario.nodes[node].choices
        if choice.id in counts or choice.id == own
    )
    return Cohort(number, scenario.nodes[node].title, people // FEWEST * FEWEST, shares)
