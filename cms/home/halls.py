"""The rooms somebody watches over now."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.halls.printing import when
from assessments.halls.queries import rooms_to_watch
from cms.home.rows import Group, Row
from people.models import Person


def rooms(invigilator: Person, *, at: datetime) -> Group:
    """One line a room, urgent while people sit in it. One query."""
    return Group(
        gettext_lazy("Rooms you watch over"),
        gettext_lazy(
            "An administrator assigns you to a room. It shows here one hour before the session begins."
        ),
        tuple(
            Row(
                f"{room.session.title}　{room.name}",
                when(room.session),
                reverse("assessments:room", args=[room.pk]),
                _("Open the room"),
                ngettext("%(count)d seat", "%(count)d seats", room.seat_count) % {"count": room.seat_count},
                urgent=room.session.opens_at <= at <= room.session.closes_at,
                asks=at <= room.session.closes_at,
            )
            for room in rooms_to_watch(invigilator, at=at)
        ),
    )
