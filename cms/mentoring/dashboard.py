"""The mentor's evening: who needs me, how each mentee stands. A constant number of queries, however many mentees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.mentoring.mentees import Mentee, failures_of, mentees_in
from cms.mentoring.tasks import (
    ENDING_WITHIN,
    Task,
    is_quiet,
    last_active,
    tasks_for,
    waits_for_endorsement,
)
from cms.records import draw_radar
from cms.words import day, together
from competencies import radar
from mentoring.circles import circle_of
from mentoring.queries import lineage_in
from people.models import Person


@dataclass(frozen=True)
class Card:
    """One mentee: the pairing, how far the nearest certificate is, where they are, and their radar.

    `words` say how long they are paired, when somebody last learned or met, and what lies with the mentee.
    """

    mentee: Mentee
    place: str
    state: str
    state_text: str
    words: str
    radar: radar.Radar


@dataclass(frozen=True)
class Dashboard:
    """Everything the mentor's page shows. `needing`: how many mentees stand in the tasks."""

    tasks: Sequence[Task]
    cards: Sequence[Card]
    lineage: Sequence[Any]
    needing: int
    capacity: int

    @property
    def minutes(self) -> int:
        """What all tasks together take, about."""
        return sum(task.minutes for task in self.tasks)


def dashboard_of(mentor: Person, *, at: datetime) -> Dashboard:
    """The dashboard as of `at`. Eight queries."""
    circle, on = circle_of(mentor, at=at), timezone.localdate(at)
    mentees = mentees_in(circle.leads)
    tasks = [list(tasks_for(mentee, on=on)) for mentee in mentees]
    return Dashboard(
        tasks=sorted((task for own in tasks for task in own), key=lambda task: not task.urgent),
        cards=[_card(mentee, on) for mentee in mentees],
        lineage=lineage_in(circle),
        needing=sum(bool(own) for own in tasks),
        capacity=max((bond.capacity for bond in circle.leads), default=0),
    )


def _card(mentee: Mentee, on: date) -> Card:
    state, state_text = _state(mentee, on)
    return Card(
        mentee=mentee,
        place=_place(mentee),
        state=state,
        state_text=state_text,
        words=together(_month(mentee, on), last_active(mentee), _last_session(mentee), _waiting(mentee)),
        radar=draw_radar(mentee.profile),
    )


def _month(mentee: Mentee, on: date) -> str:
    since = mentee.bond.since_on
    month = (on.year - since.year) * 12 + on.month - since.month + 1
    return _("Month %(month)s of the pairing.") % {"month": month}


def _last_session(mentee: Mentee) -> str:
    last_on = mentee.bond.sessions.last_on
    return _("Last session %(day)s.") % {"day": date_format(last_on)} if last_on else ""


def _state(mentee: Mentee, on: date) -> tuple[str, str]:
    """The one thing worth knowing first."""
    failures = failures_of(mentee)
    if waits_for_endorsement(mentee):
        return "due", _("Waits for your endorsement")
    if failures:
        return "due", _("Exam not passed") if failures[0].is_exam else _("Rehearsal not passed")
    if mentee.bond.sessions.last_on is None:
        return "open", _("Newly paired")
    if is_quiet(mentee, on=on):
        return "due", _("Quiet at the moment")
    if any(standing.met for standing in mentee.standings):
        return "done", _("All requirements met")
    if mentee.bond.until_on and mentee.bond.until_on - on <= ENDING_WITHIN:
        return "doing", _("Ends soon")
    return "doing", _("As planned")


def _place(mentee: Mentee) -> str:
    """Where they are now, in one sentence."""
    for sitting in mentee.attempts:
        if not sitting.points_text and sitting.submitted_at:
            return _("%(exam)s: handed in, being marked") % {"exam": sitting.exam_title}
    for run in mentee.runs:
        if run.finished_at is None:
            return _("In the middle of %(title)s") % {"title": run.title}
    for course in mentee.progress:
        if course.next_lesson is not None:
            return _("Learning %(course)s: %(lesson)s") % {
                "course": course.title,
                "lesson": course.next_lesson.title,
            }
    finished = next((run for run in mentee.runs if run.finished_at), None)
    if finished:
        return _("%(title)s: %(total)s points") % {"title": finished.title, "total": finished.total}
    if mentee.progress:
        return _("All courses begun are finished")
    return _("Has not begun yet")


def _waiting(mentee: Mentee) -> str:
    since = mentee.bond.sessions.for_mentee_since_on
    if since is None:
        return ""
    return _("Your record of %(day)s waits for a yes.") % {"day": day(since)}
