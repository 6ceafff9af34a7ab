"""Drafts that say something else than what learners read, and questions that learners reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.bank.errata import errata_waiting_for, excerpt, headline
from cms.home.rows import Group, Row
from courses.admin_views import release_url
from courses.drafts import DraftState, courses_waiting, state_of
from people.models import Person
from simulations.checks.reports import trouble_text, troubled_checks
from simulations.queries import drafts_to_release

SHOWN = 6


def drafts(*, at: datetime) -> Group:
    """Courses and rehearsals to release, the last edited first; where a check found errors, the way to it. Three
    queries."""
    return Group(
        gettext_lazy("Drafts changed since their release"),
        gettext_lazy(
            "Learners read what was released. Publish a changed lesson: its course shows here until you release it."
        ),
        tuple(islice(_rows(at), SHOWN)),
    )


def errata(person: Person, *, at: datetime) -> Group:
    """Reports this author is asked about, the longest waiting first. One query."""
    waiting = errata_waiting_for(person, on=timezone.localdate(at))[:SHOWN]
    return Group(
        gettext_lazy("Questions that learners reported"),
        gettext_lazy(
            "Below each question learners can say what is wrong with it. Their reports wait here for you."
        ),
        tuple(
            Row(
                headline(erratum),
                excerpt(erratum.text),
                reverse("errata:answer", args=[erratum.pk]),
                _("Answer the report"),
            )
            for erratum in waiting
        ),
    )


def _rows(at: datetime) -> Iterator[Row]:
    on = timezone.localdate(at)
    for course in courses_waiting(on=on)[:SHOWN]:
        yield _course(course, state_of(course, on=on))
    changed: Any = list(drafts_to_release()[:SHOWN])
    troubled = troubled_checks(draft.content_hash for draft in changed)
    for draft in changed:
        if check := troubled.get(draft.content_hash):
            url = reverse("scenarios:check", args=[draft.pk])
            yield Row(draft.title, trouble_text(check), url, _("See what it found"))
            continue
        note = (
            _("Changed since version %(number)s") % {"number": draft.newest_number}
            if draft.newest_number
            else _("Never released: nobody can play it")
        )
        yield Row(draft.title, note, reverse("scenarios:inspect", args=[draft.pk]), _("Look and release"))


def _course(course: Any, state: DraftState) -> Row:
    ready = course.live and state in (DraftState.UNSEEN, DraftState.PUBLISHED)
    url = release_url(course) if ready else reverse("wagtailadmin_pages:edit", args=[course.pk])
    return Row(course.title, str(state.label), url, _("Release…") if ready else _("Open the draft"))
