"""Corrections of exams and rehearsals: those that wait for a second person, and one's own on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Regrade, RegradeStatus
from assessments.queries import regrades_on_desk
from assessments.regrading.changes import changes_text
from cms.home.rows import Group, Row
from people.models import Person
from simulations.models import RunRegrade
from simulations.regrading.queries import run_regrades_on_desk


def regrades(person: Person, *, at: datetime) -> Group:
    """One line a regrade. One query."""
    return Group(
        gettext_lazy("Exams to be scored again"),
        gettext_lazy(
            "When an author proposes to correct an exam that people sat, it waits here for a second person."
        ),
        tuple(_rows(person)),
    )


def run_regrades(person: Person) -> Group:
    """The same for rehearsals that people played. One query."""
    return Group(
        gettext_lazy("Rehearsals to be judged again"),
        gettext_lazy(
            "When an author proposes to judge finished rehearsals by a corrected version, it waits here for a second "
            "person."
        ),
        tuple(_run_rows(person)),
    )


def _rows(person: Person) -> Iterator[Row]:
    for regrade in regrades_on_desk(person):
        title = f"{regrade.exam_version.title}　{changes_text(regrade.changes)}"
        yield _row(title, reverse("regrades:regrade", args=[regrade.pk]), regrade, person)


def _run_rows(person: Person) -> Iterator[Row]:
    for regrade in run_regrades_on_desk(person):
        what = _("Version %(played)s judged by version %(corrected)s") % {
            "played": regrade.played.number,
            "corrected": regrade.corrected.number,
        }
        title = f"{regrade.played.title}　{what}"
        yield _row(title, reverse("scenarios:regrade", args=[regrade.pk]), regrade, person)


def _row(title: str, url: str, regrade: Regrade | RunRegrade, person: Person) -> Row:
    if regrade.status == RegradeStatus.TRIED:
        return Row(title, _("The dry run is done: look at it and send it for approval."), url, _("Look"))
    if regrade.proposed_by_id == person.pk:
        return Row(title, _("Proposed by you; somebody else approves it."), url, _("Look"), asks=False)
    note = _("Proposed by a colleague, waits for a second person.")
    return Row(title, note, url, _("Review it"), urgent=True)
