"""What waits for those with a role: one line a thing, by kind of work; and what will stand here while nothing waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.affairs import affairs_of
from cms.home import authoring, halls, homework, issuing, proposals, reading, regrades
from cms.home.beginning import Beginning, beginning_of
from cms.home.rechecks import rechecks
from cms.home.requests import requests
from cms.home.rows import Group, Row
from mentoring.circles import circle_of
from people.models import Person, Role
from people.roles import Duties


@dataclass(frozen=True)
class Desk:
    """What lies before somebody with roles. `busy`: kinds of work with something in them; `empty`: those without."""

    busy: Sequence[Group]
    empty: Sequence[Group]
    beginning: Beginning | None

    @property
    def next(self) -> Row | None:
        """The one to do now: the first that is urgent, else the first that asks for anything."""
        asking = [row for group in self.busy for row in group.rows if row.asks and row.url]
        return next((row for row in asking if row.urgent), asking[0] if asking else None)

    @property
    def count(self) -> int:
        """How many lines ask for something; what waits for others does not."""
        return sum(row.asks for group in self.busy for row in group.rows)


def desk_of(person: Person, duties: Duties, *, at: datetime) -> Desk:
    """The desk at this moment, in a number of queries that depends on the roles only."""
    groups = [*_groups(person, duties, at)]
    return Desk(
        busy=[group for group in groups if group.rows],
        empty=[group for group in groups if not group.rows and group.teaching],
        beginning=beginning_of() if Role.ADMINISTRATOR in duties.roles else None,
    )


def _groups(person: Person, duties: Duties, at: datetime) -> Iterator[Group]:
    roles = duties.roles
    if Role.INVIGILATOR in roles:
        yield halls.rooms(person, at=at)
    if roles & {Role.ADMINISTRATOR, Role.ISSUER}:
        yield from issuing.groups(person, roles, at=at)
    if Role.EXAMINER in roles:
        yield reading.marking(person, at=at)
    elif Role.ADMINISTRATOR in roles:
        yield reading.papers(person, at=at)
    if Role.ADMINISTRATOR in roles:
        yield requests(person, at=at)
    if roles & {Role.ADMINISTRATOR, Role.EXAMINER}:
        yield rechecks(person, roles, at=at)
    if roles & {Role.ADMINISTRATOR, Role.AUTHOR}:
        yield regrades.regrades(person, at=at)
        yield regrades.run_regrades(person)
        yield homework.homework(person)
    if Role.AUTHOR in roles:
        yield authoring.errata(person, at=at)
        yield authoring.drafts(at=at)
    yield Group(_("For yourself"), "", tuple(_own(person, at)))


def _own(person: Person, at: datetime) -> Iterator[Row]:
    """Staff learn, lead and hold certificates too."""
    on, circle = timezone.localdate(at), circle_of(person, at=at)
    steps = [
        *proposals.name_questions(affairs_of(person, on=on).questions),
        *proposals.session_records(circle.led_by),
        *proposals.mentees(circle.leads, on=on),
    ]
    for step in steps:
        yield Row(step.title, step.note, step.url, step.action, urgent=step.urgent)
