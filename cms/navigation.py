"""The main navigation: at most five entries, two characters each, by what a person may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Entry(TypedDict):
    """One link of the navigation."""

    url: str
    title: str
    current: bool


@dataclass(frozen=True)
class _Place:
    name: str
    title: str
    prefix: str


LEARNING = (
    _Place("home", _("Home"), ""),
    _Place("courses:index", _("Courses"), "/courses/"),
    _Place("simulations:index", _("Rehearse"), "/simulations/"),
    _Place("assessments:exams", _("Exams"), "/exams/"),
    _Place("me", _("Mine"), "/me/"),
)


def entries_for(request: HttpRequest) -> list[Entry]:
    """Links for a logged-in person, the current place marked."""
    return [
        Entry(
            url=reverse(place.name), title=str(place.title), current=_is_current(request.path, place.prefix)
        )
        for place in LEARNING
    ]


def _is_current(path: str, prefix: str) -> bool:
    return path.startswith(prefix) if prefix else path == "/"
