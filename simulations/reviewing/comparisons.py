"""Somebody's first run of a scenario beside the best one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from competencies import framework
from simulations import queries
from simulations.engine.scoring import score
from simulations.engine.wording import amount
from simulations.models import Playthrough, RunStatus
from simulations.scenarios import scenario_of


@dataclass(frozen=True)
class Compared:
    """One line of the comparison: what is compared, in the first run and in the best."""

    title: str
    first: str
    best: str


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
    return "—" if score is None else amount(score)
