"""Corrections of exams that people sat: those that wait for a second person, and one's own on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import RegradeStatus
from assessments.queries import regrades_on_desk
from assessments.regrading.changes import changes_text
from cms.home.rows import Group, Row
from people.models import Person


def regrades(person: Person, *, at: datetime) -> Group:
    """One line a regrade. One query."""
    return Group(
        gettext_lazy("Exams to be scored again"),
        gettext_lazy(
            "When an author proposes to correct an exam that people sat, it waits here for a second person."
        ),
        tuple(_rows(person)),
    )


def _rows(person: Person) -> Iterator[Row]:
    for regrade in regrades_on_desk(person):
        own = regrade.proposed_by_id == person.pk
        title = f"{regrade.exam_version.title}　{changes_text(regrade.changes)}"
        url = reverse("regrades:regrade", args=[regrade.pk])
        if regrade.status == RegradeStatus.TRIED:
            yield Row(title, _("The dry run is done: look at it and send it for approval."), url, _("Look"))
        elif own:
            note = _("Proposed by you; somebody else approves it.")
            yield Row(title, note, url, _("Look"), asks=False)
        else:
            note = _("Proposed by a colleague, waits for a second person.")
            yield Row(title, note, url, _("Review it"), urgent=True)
