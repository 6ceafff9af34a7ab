"""The papers of a regrade, one line each: what its result says before and what it would say after.

Who sees the candidate in their scope reads the name, everybody else the number that markers know; never both, so that
no list leads from one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.regrade_charts import Spread, spread_of
from assessments.models import Regrade, RegradeLine
from people.models import Account, Person
from people.scope import people_visible_to

ALL, CHANGED, FLIPPED = "all", "changed", "flipped"
FILTERS = {
    FLIPPED: gettext_lazy("Outcome flips"),
    CHANGED: gettext_lazy("Points change"),
    ALL: gettext_lazy("All papers"),
}
UP, DOWN = "up", "down"


@dataclass(frozen=True)
class Side:
    """A result as text: points of how many, and in a word what came of it."""

    points: str
    outcome: str


@dataclass(frozen=True)
class LineShown:
    """A line as one reader sees it. `flips`: "up" for a fail that becomes a pass, "down" for the other way round."""

    pk: int
    candidate: str
    before: Side
    after: Side
    changes: bool
    flips: str
    done: bool


@dataclass(frozen=True)
class Totals:
    """How many papers, how many whose result changes, how many that pass or fail because of it, and how many people
    were told of a new result."""

    papers: int
    changed: int
    up: int
    down: int
    told: int

    @property
    def flipped(self) -> int:
        return self.up + self.down

    def of(self, show: str) -> int:
        """How many a filter leaves."""
        return {FLIPPED: self.flipped, CHANGED: self.changed}.get(show, self.papers)


def totals_of(regrade: Regrade) -> Totals:
    """One query. Sittings that were still open when it was approved are no papers here: they are scored on the new
    terms when they are handed in."""
    told = (
        Q(changes=True, result__correction=regrade.correction_id) if regrade.correction_id else Q(pk__in=[])
    )
    flips = Q(flips=True)
    return Totals(
        **_worked_out(regrade).aggregate(
            papers=Count("pk"),
            changed=Count("pk", filter=Q(changes=True)),
            up=Count("pk", filter=flips & Q(after__passed=True)),
            down=Count("pk", filter=flips & ~Q(after__passed=True)),
            told=Count("attempt__person", filter=told, distinct=True),
        )
    )


def _worked_out(regrade: Regrade) -> QuerySet[RegradeLine]:
    return regrade.lines.filter(Q(after__isnull=False) | Q(result__isnull=False))


def filtered_lines(regrade: Regrade, show: str) -> QuerySet[RegradeLine]:
    """The lines a filter leaves: first those that flip, then those that change, then the rest in order of time."""
    narrow: Mapping[str, Mapping[str, Any]] = {FLIPPED: {"flips": True}, CHANGED: {"changes": True}}
    lines = _worked_out(regrade).filter(**narrow.get(show, {})).select_related("attempt", "result")
    lines = lines.defer("result__items", "result__parts")
    return lines.order_by("-flips", "-changes", "attempt__submitted_at", "pk")


def shown_lines(lines: Iterable[RegradeLine], names: Mapping[UUID, str]) -> Iterator[LineShown]:
    """These lines for a reader who knows these people by name. Asks nothing."""
    for line in lines:
        yield LineShown(
            pk=line.pk,
            candidate=names.get(line.attempt.person_id) or numbered(line),
            before=side_of(line.before),
            after=side_of(after_of(line)),
            changes=line.changes,
            flips=flip_of(line),
            done=line.done_at is not None,
        )


def names_for(viewer: Person, lines: Sequence[RegradeLine], *, at: datetime) -> dict[UUID, str]:
    """The names of those candidates whom the viewer sees anyway: 许知秋（2026-0417）, by person id. One query."""
    return names_in_scope(viewer, {line.attempt.person_id for line in lines}, at=at)


def names_in_scope(
    viewer: Person, people: Iterable[UUID] | QuerySet[Any], *, at: datetime
) -> dict[UUID, str]:
    """The same for people by their ids, or for those that a query gives. One query."""
    seen = people_visible_to(viewer, at=at).filter(pk__in=people)
    rows = Account.objects.filter(person__in=seen.values("pk")).values_list("person", "name", "staff_number")
    template = _("%(name)s (%(number)s)")
    return {person: template % {"name": name, "number": number} for person, name, number in rows}


def numbered(line: RegradeLine) -> str:
    """The candidate as markers know them."""
    return _("Candidate %(number)s") % {"number": line.attempt.candidate_number}


def spread_of_lines(regrade: Regrade) -> Spread | None:
    """How the results lie before and after. One query."""
    return spread_of(regrade.lines.values_list("before", "after"))


def after_of(line: RegradeLine) -> Mapping[str, Any] | None:
    """What the dry run said, or for a paper that came in after it, what its result says."""
    if line.after is None and line.result is not None:
        result = line.result
        return {"points": result.points_text, "max": result.max_points_text, "passed": result.passed}
    return line.after


def side_of(said: Mapping[str, Any] | None) -> Side:
    """One side of a line in words."""
    if said is None:
        return Side("", _("no result yet"))
    points = _("%(points)s of %(max)s") % {"points": said["points"], "max": said["max"]}
    return Side(points, outcome_text(said["passed"]))


def outcome_text(passed: bool | None) -> str:
    """What came of a paper in a word."""
    if passed is None:
        return _("awaits marks")
    return _("passed") if passed else _("not passed")


def flip_of(line: RegradeLine) -> str:
    """ "up", "down", or "" where the outcome stays."""
    if not line.flips:
        return ""
    return UP if (line.after or {}).get("passed") else DOWN
