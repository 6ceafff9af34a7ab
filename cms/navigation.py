"""The main navigation: at most five entries, two characters each, by what a person may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.accounts import current_person
from people.models import Role, ScopeGrant
from people.roles import roles_of


class Entry(TypedDict):
    """One link of the navigation."""

    url: str
    title: str
    current: bool


@dataclass(frozen=True)
class Place:
    """Somewhere a menu can lead: a URL name, its two characters, and the addresses that belong to it."""

    name: str
    title: str | Promise
    prefixes: tuple[str, ...]


HOME = Place("home", _("Home"), ())
COURSES = Place("courses:index", _("Courses"), ("/courses/",))
SIMULATIONS = Place("simulations:index", _("Rehearse"), ("/simulations/",))
EXAMS = Place("assessments:exams", _("Exams"), ("/exams/",))
MARKING = Place("assessments:marking", _("Marking"), ("/exams/marking/",))
MENTORING = Place("mentors:dashboard", _("Mentoring"), ("/mentoring/",))
PEOPLE = Place("people:index", _("People"), ("/people/",))
CERTIFICATES = Place("certificates:batches", _("Certificates"), ("/certificates/",))
CONTENT = Place("wagtailadmin_home", _("Content"), ("/admin/",))
MINE = Place("me", pgettext_lazy("menu", "Mine"), ("/me/",))


def entries_for(request: HttpRequest) -> list[Entry]:
    """Links for a logged-in person, the current place marked. Two queries: roles, and whether they mentor."""
    if getattr(request.user, "person_id", None) is None:
        return []  # erased or frozen: the page that says so still has a frame
    person = current_person(request)
    roles = roles_of(person, on=timezone.localdate())
    mentors = ScopeGrant.objects.active(at=timezone.now()).filter(viewer=person).exists()
    places = list(_places(roles, mentors=mentors))
    current = max(
        (prefix for place in places for prefix in place.prefixes if request.path.startswith(prefix)),
        key=len,
        default=None,
    )
    return [
        Entry(url=reverse(place.name), title=str(place.title), current=_is_current(place, request, current))
        for place in places
    ]


def _places(roles: frozenset[str], *, mentors: bool) -> Iterator[Place]:
    yield HOME
    if roles & {Role.ADMINISTRATOR, Role.ISSUER}:
        yield from (PEOPLE, CERTIFICATES, CONTENT if Role.ADMINISTRATOR in roles else COURSES, MINE)
    elif Role.AUTHOR in roles:
        yield from (COURSES, SIMULATIONS, CONTENT, MINE)
    elif Role.EXAMINER in roles:
        yield from (MARKING, COURSES, SIMULATIONS, MINE)
    elif mentors:
        yield from (MENTORING, COURSES, SIMULATIONS, MINE)
    else:
        yield from (COURSES, SIMULATIONS, EXAMS, MINE)


def _is_current(place: Place, request: HttpRequest, current: str | None) -> bool:
    return current in place.prefixes if current else place is HOME and request.path == "/"
