"""The runs of a regrade, one line each: what came of them, and what would come of them under the corrected version.

Who sees the player in their scope reads the name, everybody else a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Account, Person
from people.scope import people_visible_to
from simulations.models import RunRegrade, RunRegradeLine
from simulations.regrading.effects import numbered
from simulations.regrading.rerunning import obstacle_message
from simulations.wording import told

ALL, CHANGED, FLIPPED, STUCK = "all", "changed", "flipped", "stuck"
FILTERS = {
    FLIPPED: gettext_lazy("Outcome flips"),
    CHANGED: gettext_lazy("Outcome changes"),
    STUCK: gettext_lazy("Cannot be played again"),
    ALL: gettext_lazy("All runs"),
}


@dataclass(frozen=True)
class LineShown:
    """A line as one reader sees it. `flips`: "up" for a fail that becomes a pass, "down" for the other way round.
    `obstacle` says why the choices cannot be made again, "" where they can."""

    player: str
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    obstacle: str
    changes: bool
    flips: str


@dataclass(frozen=True)
class Totals:
    """How many runs; of these how many whose outcome changes, that pass, that fail, that cannot be played again."""

    runs: int
    changed: int
    up: int
    down: int
    stuck: int

    def of(self, show: str) -> int:
        """How many a filter leaves."""
        numbers = {FLIPPED: self.up + self.down, CHANGED: self.changed, STUCK: self.stuck}
        return numbers.get(show, self.runs)


def totals_of(regrade: RunRegrade) -> Totals:
    """One query."""
    flips = Q(flips=True)
    return Totals(
        **regrade.lines.filter(before__isnull=False).aggregate(
            runs=Count("pk"),
            changed=Count("pk", filter=Q(changes=True)),
            up=Count("pk", filter=flips & Q(after__passed=True)),
            down=Count("pk", filter=flips & Q(after__passed=False)),
            stuck=Count("pk", filter=Q(obstacle__isnull=False)),
        )
    )


def filtered_lines(regrade: RunRegrade, show: str) -> QuerySet[RunRegradeLine]:
    """The lines a filter leaves: first those that flip, then those that change, then the rest in order of time."""
    narrow: Mapping[str, Mapping[str, Any]] = {
        FLIPPED: {"flips": True},
        CHANGED: {"changes": True},
        STUCK: {"obstacle__isnull": False},
    }
    lines = regrade.lines.filter(before__isnull=False).filter(**narrow.get(show, {}))
    return lines.select_related("playthrough").order_by(
        "-flips", "-changes", "playthrough__finished_at", "pk"
    )


def shown_lines(lines: Sequence[RunRegradeLine], viewer: Person, *, at: datetime) -> Iterator[LineShown]:
    """These lines for one reader. One query."""
    names = names_in_scope(viewer, {line.playthrough.person_id for line in lines}, at=at)
    for line in lines:
        yield LineShown(
            player=names.get(line.playthrough.person_id) or numbered(line),
            before=line.before or {},
            after=line.after,
            obstacle=_obstacle(line),
            changes=line.changes,
            flips=("up" if (line.after or {}).get("passed") else "down") if line.flips else "",
        )


def names_in_scope(viewer: Person, people: set[UUID], *, at: datetime) -> dict[UUID, str]:
    """The names of those whom the viewer sees anyway: 许知秋（2026-0417）, by person id. One query."""
    seen = people_visible_to(viewer, at=at).filter(pk__in=people)
    rows = Account.objects.filter(person__in=seen.values("pk")).values_list("person", "name", "staff_number")
    template = _("%(name)s (%(number)s)")
    return {person: template % {"name": name, "number": number} for person, name, number in rows if person}


def _obstacle(line: RunRegradeLine) -> str:
    if line.obstacle is None:
        return ""
    why = told(obstacle_message(line.obstacle))
    return _("step %(step)s: %(why)s") % {"step": line.obstacle["step"], "why": why}
