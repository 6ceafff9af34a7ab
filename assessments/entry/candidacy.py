"""Everything that decides about a start, read from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from assessments.entry.accommodations import Arrangements, arrangements_of
from assessments.entry.admission import Candidacy, Sitting
from assessments.exams.settings import ExamSettings
from assessments.models import Attempt, ExamVersion, Seat
from people.models import Person


def candidacy_of(person: Person, version: ExamVersion, *, now: datetime) -> Candidacy:
    """One person and one exam, as it stands. Three queries."""
    sittings = list(Attempt.objects.filter(person=person, exam_key=version.key).defer("exam_version"))
    return candidacies_of(person, [version], sittings={version.key: sittings}, now=now)[version.key]


def candidacies_of(
    person: Person,
    versions: Iterable[ExamVersion],
    *,
    sittings: Mapping[str, Sequence[Sitting]],
    now: datetime,
    arrangements: Arrangements | None = None,
) -> dict[str, Candidacy]:
    """One person and several exams by key, where their sittings are at hand. Two queries, one without arrangements
    to look up (see `arrangements_of`)."""
    versions = list(versions)
    seats = _seats_of(person, [version.key for version in versions])
    if arrangements is None:
        arrangements = arrangements_of(person, on=timezone.localdate(now))
    found = {}
    for version in versions:
        arrangement = arrangements.of(version.key)
        found[version.key] = Candidacy(
            settings=ExamSettings.of(version.document),
            sittings=sittings.get(version.key, ()),
            seats=seats.get(version.key, ()),
            time_factor=arrangement.time_factor,
            extra_attempts=arrangement.extra_attempts,
        )
    return found


def _seats_of(person: Person, keys: Sequence[str]) -> dict[str, list[Seat]]:
    found: defaultdict[str, list[Seat]] = defaultdict(list)
    seats = Seat.objects.filter(person=person, session__exam_key__in=keys)
    for seat in seats.select_related("session", "room").order_by("session__opens_at", "pk"):
        found[seat.session.exam_key].append(seat)
    return found
