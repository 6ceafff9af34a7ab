"""The mentor's evening: who needs me, how each mentee stands. A constant number of queries, however many mentees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import decisions
from cms.records import draw_radar
from competencies import radar
from competencies.profile import profiles_of
from courses import queries as courses
from mentoring import queries as mentoring
from mentoring.queries import Mentee
from people.models import Person
from simulations import queries as simulations

QUIET_DAYS = 10


@dataclass(frozen=True)
class Card:
    """One mentee: the pairing, how far the certificate is, where they are, and their radar."""

    mentee: Mentee
    done: int
    total: int
    place: str
    state: str
    state_text: str
    radar: radar.Radar


@dataclass(frozen=True)
class Task:
    """Something this mentor should do, and where."""

    title: str
    note: str
    url: str
    action: str
    urgent: bool = False


@dataclass(frozen=True)
class Dashboard:
    """Everything the mentor's page shows."""

    tasks: Sequence[Task]
    cards: Sequence[Card]
    lineage: Sequence[Any]


def dashboard_of(mentor: Person, *, at: datetime) -> Dashboard:
    """The dashboard as of `at`."""
    mentees = mentoring.mentees_of(mentor, at=at)
    people = [Person(pk=mentee.person_id) for mentee in mentees]
    progress = courses.progress_of(people)
    standings = decisions.standings(people)
    profiles = profiles_of(people)
    runs = simulations.runs_of(people)
    cards = [
        _card(
            mentee,
            progress.get(mentee.person_id, ()),
            standings.get(mentee.person_id, ()),
            runs.get(mentee.person_id, ()),
            draw_radar(profiles.get(mentee.person_id, {})),
            at,
        )
        for mentee in mentees
    ]
    tasks = [task for card in cards for task in _tasks(card.mentee, at)]
    return Dashboard(
        tasks=sorted(tasks, key=lambda task: not task.urgent),
        cards=cards,
        lineage=mentoring.lineage_of(mentor, at=at),
    )


def _card(
    mentee: Mentee, progress: Any, standings: Any, runs: Any, picture: radar.Radar, at: datetime
) -> Card:
    nearest = max(standings, key=lambda standing: standing.percent, default=None)
    state, state_text = _state(mentee, nearest, at)
    return Card(
        mentee=mentee,
        done=nearest.done if nearest else 0,
        total=nearest.total if nearest else 0,
        place=_place(progress, runs),
        state=state,
        state_text=state_text,
        radar=picture,
    )


def _state(mentee: Mentee, nearest: Any, at: datetime) -> tuple[str, str]:
    if nearest is not None and nearest.met:
        return "done", _("All requirements met")
    quiet = _quiet_days(mentee, at)
    if quiet > QUIET_DAYS:
        return "due", _("No session for %(days)d days") % {"days": quiet}
    return "doing", _("As planned")


def _place(progress: Any, runs: Any) -> str:
    """Where they are now, in one sentence."""
    for course in progress:
        if course.next_lesson is not None:
            return _("Learning %(course)s: %(lesson)s") % {
                "course": course.title,
                "lesson": course.next_lesson.title,
            }
    finished = [run for run in runs if run.finished_at is not None]
    if finished:
        last = max(finished, key=lambda run: run.finished_at)
        return _("%(title)s: %(total)s points") % {"title": last.title, "total": last.total}
    return _("Has not begun yet")


def _tasks(mentee: Mentee, at: datetime) -> Iterator[Task]:
    pairing = reverse("mentoring:pairing", args=[mentee.agreement_no])
    if mentee.unconfirmed:
        yield Task(
            _("Session with %(name)s") % {"name": mentee.name},
            _("Not confirmed by both sides yet."),
            pairing,
            _("Look"),
        )
    if _quiet_days(mentee, at) > QUIET_DAYS:
        yield Task(
            _("Get in touch with %(name)s") % {"name": mentee.name},
            _("No session for %(days)d days.") % {"days": _quiet_days(mentee, at)},
            reverse("mentoring:session_new", args=[mentee.agreement_no]),
            _("Log a session"),
            urgent=True,
        )
    if mentee.confirmed and not mentee.endorsed:
        yield Task(
            _("Endorse %(name)s") % {"name": mentee.name},
            _("%(count)d sessions confirmed; your judgement of the goals is missing.")
            % {"count": mentee.confirmed},
            reverse("mentoring:endorse", args=[mentee.agreement_no]),
            _("Write"),
        )


def _quiet_days(mentee: Mentee, at: datetime) -> int:
    since = mentee.last_session_on or mentee.since_on
    return (timezone.localdate(at) - since).days
