"""The main navigation: at most five entries, two characters each, by what a person may do; and the other places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.accounts import current_person
from people.models import Role
from people.roles import Duties, duties_of

KEPT = "qinglan_duties"


class Entry(TypedDict):
    """One link of the navigation."""

    url: str
    title: str
    current: bool


@dataclass(frozen=True)
class Place:
    """Somewhere a menu can lead: URL name, two characters, the addresses that belong to it, what is done there."""

    name: str
    title: str | Promise
    prefixes: tuple[str, ...]
    note: str | Promise = ""

    @cached_property
    def url(self) -> str:
        """Resolved late, and once: places are named before the addresses are known."""
        return reverse(self.name)


HOME = Place("home", _("Home"), ())
COURSES = Place(
    "courses:index",
    _("Courses"),
    ("/courses/",),
    _("Short lessons; one counts when its self-check is right."),
)
SIMULATIONS = Place(
    "simulations:index",
    _("Rehearse"),
    ("/simulations/", "/library/"),
    _("Hard situations, decided step by step, with a look back afterwards."),
)
EXAMS = Place(
    "assessments:exams", _("Exams"), ("/exams/",), _("Every exam with its rules, and your own results.")
)
MARKING = Place(
    "assessments:marking",
    _("Marking"),
    ("/exams/marking/",),
    _("Written answers by rubric; you see a number, never a name."),
)
INVIGILATION = Place(
    "assessments:rooms",
    pgettext_lazy("menu", "Invigilation"),
    ("/exams/rooms/",),
    _("The rooms you watch over, from an hour before an exam until a day after it."),
)
MENTORING = Place(
    "mentors:dashboard", _("Mentoring"), ("/mentoring/",), _("Who needs you, session records, endorsements.")
)
PEOPLE = Place(
    "people:index",
    _("People"),
    ("/people/",),
    _("Everybody in your part of the tree: their record, and the spelling of a name."),
)
CERTIFICATES = Place(
    "certificates:batches",
    _("Certificates"),
    ("/certificates/",),
    _("Propose a batch, approve one, see what was handed out, revoke."),
)
CONTENT = Place(
    "wagtailadmin_home",
    _("Content"),
    ("/admin/",),
    _("Courses, questions and rehearsals as drafts, and their release."),
)
MINE = Place(
    "me", pgettext_lazy("menu", "Mine"), ("/me/",), _("Your own evidence, certificates and account.")
)


def duties_in(request: HttpRequest) -> Duties:
    """What the person behind this request does. One query for the whole request; none for an erased account."""
    duties: Duties | None = getattr(request, KEPT, None)
    if duties is None:
        duties = duties_of(current_person(request), at=timezone.now())
        setattr(request, KEPT, duties)
    return duties


def entries_for(request: HttpRequest) -> list[Entry]:
    """Links for a logged-in person, the current place marked. One query, shared with whoever asks `duties_in`."""
    if getattr(request.user, "person_id", None) is None:
        return []  # erased or frozen: the page that says so still has a frame
    places = list(_menu(duties_in(request)))
    current = max(
        (prefix for place in places for prefix in place.prefixes if request.path.startswith(prefix)),
        key=len,
        default=None,
    )
    return [
        Entry(url=place.url, title=str(place.title), current=_is_current(place, request, current))
        for place in places
    ]


def places_for(duties: Duties) -> tuple[Place, ...]:
    """Everywhere somebody with these duties has something to do, those of the roles first."""
    roles = duties.roles
    issues = bool(roles & {Role.ADMINISTRATOR, Role.ISSUER})
    wanted = {
        PEOPLE: issues,
        CERTIFICATES: issues,
        CONTENT: bool(roles & {Role.ADMINISTRATOR, Role.AUTHOR}),
        MARKING: Role.EXAMINER in roles,
        INVIGILATION: bool(roles & {Role.ADMINISTRATOR, Role.INVIGILATOR}),
        MENTORING: bool(duties.accompanies),
        COURSES: True,
        SIMULATIONS: True,
        EXAMS: True,
        MINE: True,
    }
    return tuple(place for place, is_wanted in wanted.items() if is_wanted)


def _menu(duties: Duties) -> Iterator[Place]:
    roles = duties.roles
    yield HOME
    if roles & {Role.ADMINISTRATOR, Role.ISSUER}:
        yield from (PEOPLE, CERTIFICATES, CONTENT if Role.ADMINISTRATOR in roles else COURSES, MINE)
    elif Role.AUTHOR in roles:
        yield from (COURSES, SIMULATIONS, CONTENT, MINE)
    elif Role.EXAMINER in roles:
        yield from (MARKING, INVIGILATION if Role.INVIGILATOR in roles else COURSES)
        yield from (COURSES if Role.INVIGILATOR in roles else SIMULATIONS, MINE)
    elif Role.INVIGILATOR in roles:
        yield from (INVIGILATION, MENTORING if duties.accompanies else COURSES, EXAMS, MINE)
    elif duties.accompanies:
        yield from (MENTORING, COURSES, SIMULATIONS, MINE)
    else:
        yield from (COURSES, SIMULATIONS, EXAMS, MINE)


def _is_current(place: Place, request: HttpRequest, current: str | None) -> bool:
    return current in place.prefixes if current else place is HOME and request.path == "/"
