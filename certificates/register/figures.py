"""How many certificates there are: by state, by scheme, by place and by month. Counts of certificates, never ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.standing import Standing
from people.models import Membership, Organisation

MONTHS = 12
NEVER_GIVEN = (Standing.VOIDED, Standing.UNRELEASED)


@dataclass(frozen=True)
class Figure:
    """A number and its share of the largest beside it: what components/bars.html draws. `query` finds the same
    certificates in the register."""

    title: str
    count: int
    score: int
    query: str = ""

    @property
    def text(self) -> str:
        return str(self.count)


@dataclass(frozen=True)
class Figures:
    """All numbers of the page. `valid` of `given` are in force; `people` hold at least one in force."""

    given: int
    valid: int
    people: int
    by_standing: Sequence[Figure]
    by_scheme: Sequence[Figure]
    by_place: Sequence[Figure]
    by_month: Sequence[Figure]


def figures_of(certificates: QuerySet[Any], places: Iterable[Organisation], *, on: date) -> Figures:
    """Numbers of certificates that carry `standing_now`; `places` are counted with everything below them, by where
    holders work today. Five queries."""
    given = certificates.exclude(standing_now__in=NEVER_GIVEN)
    standings = _counts(certificates, "standing_now")
    in_force = given.filter(standing_now=Standing.VALID)
    return Figures(
        given=sum(count for standing, count in standings.items() if standing not in NEVER_GIVEN),
        valid=standings.get(Standing.VALID, 0),
        people=in_force.aggregate(people=Count("person", distinct=True))["people"],
        by_standing=_drawn(
            (one.label, standings[one], f"standing={one.value}") for one in Standing if one in standings
        ),
        by_scheme=_by_scheme(in_force),
        by_place=_by_place(in_force, places, on),
        by_month=_by_month(given, on),
    )


def _counts(certificates: QuerySet[Any], *fields: str) -> dict[Any, int]:
    rows = certificates.order_by().values_list(*fields).annotate(count=Count("pk"))
    return {row[0] if len(fields) == 1 else row[:-1]: row[-1] for row in rows}


def _by_scheme(in_force: QuerySet[Any]) -> list[Figure]:
    """By key, so that versions of one scheme count together; the title is that of the newest there is."""
    counts: Counter[str] = Counter()
    titles: dict[str, tuple[int, str]] = {}
    fields = ("scheme_version__key", "scheme_version__number", "scheme_version__title")
    for (key, number, title), count in _counts(in_force, *fields).items():
        counts[key] += count
        titles[key] = max(titles.get(key, (0, "")), (number, title))
    return _drawn(
        (titles[key][1], counts[key], f"scheme={key}&standing=valid")
        for key in sorted(counts, key=lambda key: titles[key][1])
    )


def _by_place(in_force: QuerySet[Any], places: Iterable[Organisation], on: date) -> list[Figure]:
    working = Membership.objects.active(on=on).filter(person=OuterRef("person")).order_by("-since_on", "-pk")
    placed = in_force.annotate(path=Subquery(working.values("organisation__path")[:1]))
    counts = _counts(placed, "path")
    known, lines = 0, []
    for place in places:
        count = sum(n for path, n in counts.items() if path and path.startswith(place.path))
        known += count
        lines.append((place.name, count, f"organisation={place.code}&standing=valid"))
    elsewhere = sum(counts.values()) - known
    return _drawn([*lines, *([(_("Elsewhere, or left"), elsewhere, "")] if elsewhere > 0 else [])])


def _by_month(given: QuerySet[Any], on: date) -> list[Figure]:
    first = _months_before(on, MONTHS - 1)
    recent = given.filter(issued_at__date__gte=first).annotate(month=TruncMonth("issued_at"))
    counts = {(month.year, month.month): count for month, count in _counts(recent, "month").items()}
    months = [_months_before(on, back) for back in reversed(range(MONTHS))]
    return _drawn(
        (date_format(day, "YEAR_MONTH_FORMAT"), counts.get((day.year, day.month), 0), "") for day in months
    )


def _months_before(day: date, back: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, 1)


def _drawn(lines: Iterable[tuple[Any, int, str]]) -> list[Figure]:
    counted = list(lines)
    most = max((count for _title, count, _query in counted), default=0) or 1
    return [Figure(str(title), count, round(100 * count / most), query) for title, count, query in counted]
