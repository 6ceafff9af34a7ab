"""Written answers: for those who mark them, and for those who answer for the people waiting."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.queries import marking_loads, papers_awaiting_marks
from cms.home.rows import Group, Row
from cms.words import day
from people.models import Person


def marking(marker: Person, *, at: datetime) -> Group:
    """What this examiner may mark, exam by exam. Two queries."""
    return Group(
        gettext_lazy("Answers to mark"),
        gettext_lazy(
            "As soon as somebody hands in a paper with a written answer it waits here, with a number and no name."
        ),
        tuple(
            Row(
                load.exam_title,
                _("The longest has waited since %(day)s.") % {"day": day(timezone.localdate(load.oldest_at))},
                reverse("assessments:marking"),
                _("Mark"),
                ngettext("%(count)d answer", "%(count)d answers", load.answers) % {"count": load.answers},
            )
            for load in marking_loads(marker, at=at)
        ),
    )


def papers(overseer: Person, *, at: datetime) -> Group:
    """Papers of the overseer's people that wait for an examiner. One query."""
    count, oldest_at = papers_awaiting_marks(overseer, at=at)
    number = ngettext("%(count)d paper", "%(count)d papers", count) % {"count": count}
    rows = []
    if count and oldest_at:
        note = _("The longest has waited since %(day)s. Examiners mark; who waits is told by a notice.")
        rows.append(
            Row(
                _("Papers with an examiner"),
                note % {"day": day(timezone.localdate(oldest_at))},
                number=number,
                asks=False,
            )
        )
    return Group(
        gettext_lazy("Marking under way"),
        gettext_lazy("Papers with written answers show here until an examiner has marked them."),
        rows,
    )
