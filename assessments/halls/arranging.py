"""Seating everybody without a spreadsheet: by staff number, colleagues of one community apart where they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import ngettext

from assessments.halls.seating import Placement
from assessments.models import ExamRoom, ExamSession, Invigilator
from core.errors import Refusal
from people.models import Organisation, Person, Role
from people.scope import memberships_overseen_by

Item = TypeVar("Item")


def arrange(
    *,
    session: ExamSession,
    organisations: Iterable[Organisation],
    seats: Mapping[ExamRoom, int],
    by: Person,
    now: datetime,
) -> list[Placement]:
    """Everybody who works below these organisations today, room after room, on seats 1 to as many as each has.

    Whoever watches over the session is left out. Raises Refusal when the rooms hold fewer than there are people.
    Writes nothing: the plan goes to `seating.seat_people`. Two queries.
    """
    people = alternate(_by_community(session, organisations, by, now))
    places = [(room.pk, number) for room, most in seats.items() for number in range(1, most + 1)]
    lacking = len(people) - len(places)
    if lacking > 0:
        raise Refusal(
            ngettext(
                "%(count)d person has no seat. Add seats or a room.",
                "%(count)d people have no seat. Add seats or a room.",
                lacking,
            )
            % {"count": lacking},
            code="no_room",
        )
    return [
        Placement(room_id, number, person) for (room_id, number), person in zip(places, people, strict=False)
    ]


def alternate(groups: Mapping[str, Sequence[Item]]) -> list[Item]:
    """One sequence out of the groups, each in its own order, in which two of one group are neighbours only where no
    other order could avoid it: when a group is larger than all others together and one.

    Always from the largest group left that was not served last; of equals, the first by name.
    """
    left = {name: list(reversed(items)) for name, items in sorted(groups.items()) if items}
    order: list[Item] = []
    last: str | None = None
    while left:
        others = [name for name in left if name != last] or list(left)
        last = max(others, key=lambda name: len(left[name]))
        order.append(left[last].pop())
        if not left[last]:
            del left[last]
    return order


def _by_community(
    session: ExamSession, organisations: Iterable[Organisation], by: Person, now: datetime
) -> dict[str, list[UUID]]:
    """People by the path of where they work, in the order of their staff numbers."""
    below = Q(pk__in=[])
    for organisation in organisations:
        below |= Q(organisation__path__startswith=organisation.path)
    watching = Invigilator.objects.filter(room__session=session).values("person")
    members = (
        memberships_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
        .filter(below, person__account__is_active=True)
        .exclude(person__in=watching)
        .order_by("person__account__staff_number")
    )
    groups: defaultdict[str, list[UUID]] = defaultdict(list)
    for path, person in members.values_list("organisation__path", "person"):
        groups[path].append(person)
    return groups
