"""What a run is worth in the eyes of each group, beside the way with the most points and going by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from simulations.engine.lenses import value
from simulations.engine.paths import walk
from simulations.engine.play import State
from simulations.engine.scenario import Lens, Scenario
from simulations.engine.wording import amount
from simulations.models import CheckStatus, ScenarioCheck


@dataclass(frozen=True)
class Bar:
    """A value of 0..100 in the shape of components/bars.html."""

    title: str
    score: str
    note: str = ""


@dataclass(frozen=True)
class Viewpoint:
    """One group: what it looks at, in words, and its values."""

    title: str
    cares: str
    bars: tuple[Bar, ...]


def viewpoints_of(scenario: Scenario, state: State, best: Sequence[str]) -> tuple[Viewpoint, ...]:
    """The lenses of a finished run in the author's order; none for a scenario without lenses, then no query either.

    `best` is the way with the most points, () while it is not worked out. One query for the newest check's averages.
    """
    if not scenario.lenses:
        return ()
    averages = _averages(scenario.content_hash)
    finest = walk(scenario, best) if best else None
    return tuple(
        Viewpoint(
            title=lens.name,
            cares=_cares(scenario, lens),
            bars=tuple(_bars(scenario, lens, state, finest, averages.get(lens.key))),
        )
        for lens in scenario.lenses
    )


def _bars(
    scenario: Scenario, lens: Lens, state: State, finest: State | None, average: Mapping[str, Any] | None
) -> list[Bar]:
    bars = [Bar(_("This run"), amount(value(scenario, state, lens)))]
    if finest is not None:
        bars.append(Bar(_("The way with the most points"), amount(value(scenario, finest, lens))))
    if average is not None:
        bars.append(Bar(_("Going by chance"), amount(average["random"])))
    return bars


def _averages(content_hash: str) -> Mapping[str, Any]:
    checks = ScenarioCheck.objects.filter(content_hash=content_hash, status=CheckStatus.DONE)
    found = checks.order_by("-finished_at").values_list("report__lenses__by_lens", flat=True).first()
    return found or {}


def _cares(scenario: Scenario, lens: Lens) -> str:
    """What it wants much of, then what it wants little of, the weightiest first."""
    weighed = sorted(lens.weights.items(), key=lambda each: -abs(each[1]))
    much = [scenario.variables[key].label for key, weight in weighed if weight > 0]
    little = [scenario.variables[key].label for key, weight in weighed if weight < 0]
    told = [_("the ending")] if lens.ending_weight else []
    comma = pgettext("list", ", ")
    words = _("Looks at: %(what)s") % {"what": comma.join([*much, *told])}
    if little:
        words += _("; wants little of: %(what)s") % {"what": comma.join(little)}
    return words
