"""Reads about exam days that other pages share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from assessments.halls.watching import rooms_watched_by
from people.models import Person


def rooms_to_watch(invigilator: Person, *, at: datetime) -> QuerySet[Any]:
    """The rooms whose screens are open to this invigilator, with their sessions and `seat_count`. One query."""
    rooms = rooms_watched_by(invigilator, at=at).select_related("session")
    return rooms.annotate(seat_count=Count("seats")).order_by("session__opens_at", "name")
