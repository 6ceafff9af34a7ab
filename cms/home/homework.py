"""Homework for the four lists (四清单) on a staff home: how many pieces wait to be read, and since when."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.home.rows import Group, Row
from cms.words import day
from people.models import Person
from simulations.reviewing.homework import homework_waiting


def homework(person: Person) -> Group:
    """One line for all that waits, never one's own. One query."""
    return Group(
        gettext_lazy("Homework for the four lists"),
        gettext_lazy("When learners write an entry for the four lists out of a rehearsal, it waits here."),
        tuple(_rows(person)),
    )


def _rows(person: Person) -> Iterator[Row]:
    waiting = homework_waiting(person).order_by().aggregate(count=Count("pk"), first=Min("written_at"))
    if not waiting["count"]:
        return
    yield Row(
        _("Entries for the four lists to read"),
        _("The oldest waits since %(day)s.") % {"day": day(timezone.localdate(waiting["first"]))},
        reverse("scenarios:homework"),
        _("Read them"),
        ngettext("%(count)s entry", "%(count)s entries", waiting["count"]) % {"count": waiting["count"]},
    )
