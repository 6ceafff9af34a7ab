"""Who needs the mentor, and for what: each with one button and about how many minutes it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.standings import SchemeStanding
from cms.mentoring.mentees import Mentee, failures_of
from cms.words import about, day, together
from mentoring.endorsements import sessions_needed
from mentoring.queries import record_url

QUIET_AFTER = timedelta(days=10)
ENDING_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Task:
    """Something this mentor should do, and where. `urgent`: somebody is stuck or alone until it is done."""

    title: str
    note: str
    url: str
    action: str
    minutes: int
    urgent: bool = False

    @property
    def words(self) -> str:
        """Why, and about how long."""
        return together(self.note, about(self.minutes))


def tasks_for(mentee: Mentee, *, on: date) -> Iterator[Task]:
    """What this mentee needs from the mentor on this day, the most pressing first."""
    yield from _failures(mentee)
    yield from _meeting(mentee, on)
    yield from _endorsement(mentee)
    yield from _records(mentee)
    yield from _ending(mentee, on)


def is_quiet(mentee: Mentee, *, on: date) -> bool:
    """Whether nothing was learned, played or sat for a while; a fresh pairing is given the same time."""
    return on - (mentee.last_active_on or mentee.bond.since_on) > QUIET_AFTER


def waits_for_endorsement(mentee: Mentee) -> SchemeStanding | None:
    """A certificate for which everything is there but the mentor's word."""
    for standing in mentee.standings:
        if standing.missing and all(step.kind == "endorsement" for step in standing.missing):
            return standing
    return None


def _failures(mentee: Mentee) -> Iterator[Task]:
    """Only what happened since they last met: afterwards it has been talked about."""
    met_on = mentee.bond.sessions.last_on
    for failure in failures_of(mentee):
        if met_on is None or failure.on > met_on:
            params = {"title": failure.title, "day": day(failure.on), "result": failure.result}
            yield Task(
                _("Talk %(title)s over with %(name)s") % {"title": failure.title, "name": mentee.name},
                _("Exam of %(day)s not passed, %(result)s points. You have not met since.") % params
                if failure.is_exam
                else _("Rehearsal of %(day)s not passed, %(result)s points. You have not met since.")
                % params,
                failure.url,
                _("See the record") if failure.is_exam else _("See the debrief"),
                minutes=6,
                urgent=True,
            )


def _meeting(mentee: Mentee, on: date) -> Iterator[Task]:
    """One line at most: meet for the first time, meet again, or ask how it goes."""
    bond, overdue = mentee.bond, mentee.bond.next_session_by < on
    params = {"name": mentee.name, "day": day(bond.since_on), "by": day(bond.next_session_by)}
    if bond.sessions.last_on is None:
        title, note = (
            _("Meet %(name)s for the first time"),
            _("Paired on %(day)s; the first session should be by %(by)s."),
        )
    elif overdue:
        title, note = (
            _("Meet %(name)s"),
            _("The plan asks for a session a month: one was due by %(by)s."),
        )
    elif is_quiet(mentee, on=on):
        title, note = _("Ask %(name)s how it goes"), "%(quiet)s"
    else:
        return
    yield Task(
        title % params,
        note % {**params, "quiet": last_active(mentee)},
        reverse("mentoring:session_new", args=[bond.agreement_no]),
        _("Log a session"),
        minutes=10,
        urgent=overdue or is_quiet(mentee, on=on),
    )


def last_active(mentee: Mentee) -> str:
    """A plain statement, without judgement."""
    if mentee.last_active_on is None:
        return _("Nothing learned or played yet.")
    return _("Last learned or played on %(day)s.") % {"day": day(mentee.last_active_on)}


def _endorsement(mentee: Mentee) -> Iterator[Task]:
    standing = waits_for_endorsement(mentee)
    if standing is None:
        return
    ready = mentee.bond.sessions.confirmed >= sessions_needed()
    needed = sessions_needed()
    note = (
        _("Everything for %(scheme)s is there but your judgement of the goals.")
        if ready
        else ngettext(
            "For %(scheme)s only your endorsement is missing; first %(count)d session needs both sides' yes.",
            "For %(scheme)s only your endorsement is missing; first %(count)d sessions need both sides' yes.",
            needed,
        )
    )
    yield Task(
        _("Endorse %(name)s") % {"name": mentee.name},
        note % {"scheme": standing.scheme_title, "count": needed},
        reverse("mentoring:endorse" if ready else "mentoring:pairing", args=[mentee.bond.agreement_no]),
        _("Write") if ready else _("Look"),
        minutes=10,
        urgent=True,
    )


def _records(mentee: Mentee) -> Iterator[Task]:
    sessions = mentee.bond.sessions
    if sessions.mentor_changes_since_on:
        yield Task(
            _("Change what you wrote: %(name)s asked for it") % {"name": mentee.name},
            _("The record of %(day)s counts once %(name)s says yes.")
            % {"name": mentee.name, "day": day(sessions.mentor_changes_since_on)},
            record_url(mentee.bond.agreement_no),
            _("Change it"),
            minutes=5,
        )
    if not sessions.for_mentor or sessions.for_mentor_since_on is None:
        return
    note = ngettext(
        "%(count)d session record waits for you, of %(day)s.",
        "%(count)d session records wait for you, the oldest of %(day)s.",
        sessions.for_mentor,
    )
    yield Task(
        _("Confirm what %(name)s wrote down") % {"name": mentee.name},
        note % {"count": sessions.for_mentor, "day": day(sessions.for_mentor_since_on)},
        record_url(mentee.bond.agreement_no),
        _("Confirm it"),
        minutes=2,
    )


def _ending(mentee: Mentee, on: date) -> Iterator[Task]:
    until = mentee.bond.until_on
    if until is None or until - on > ENDING_WITHIN:
        return
    note = _("The agreement ends on %(until)s. Goals the evidence already shows: %(shown)d of %(goals)d.")
    yield Task(
        _("Look at the goals with %(name)s") % {"name": mentee.name},
        note % {"until": date_format(until), "shown": mentee.goals_shown, "goals": len(mentee.goals)},
        record_url(mentee.bond.agreement_no),
        _("See the goals"),
        minutes=5,
    )
