"""What somebody could do now, room by room, from what is already read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import AttemptStatus
from assessments.queries import AttemptSummary
from assessments.standings import SchemeStanding
from assessments.standings import Step as Missing
from certificates.affairs import NameQuestion
from cms.home.steps import Step
from cms.words import day, together
from courses.queries import CourseCard, CourseProgress
from mentoring.circles import Bond
from mentoring.queries import record_url
from simulations.queries import Run

# A rehearsal is saved after every step: it is proposed as one stretch of this length.
STRETCH = 20


def running_exams(attempts: Iterable[AttemptSummary], *, at: datetime) -> Iterator[Step]:
    """The clock runs: nothing comes before."""
    for sitting in attempts:
        if sitting.status == AttemptStatus.OPEN and sitting.deadline_at > at:
            left = int((sitting.deadline_at - at).total_seconds() // 60)
            yield Step(
                _("Go on with the exam %(title)s") % {"title": sitting.exam_title},
                _("The clock is running: %(minutes)d minutes left.") % {"minutes": left},
                sitting.url,
                _("Back to the exam"),
                minutes=0,
                urgent=True,
            )


def name_questions(questions: Iterable[NameQuestion]) -> Iterator[Step]:
    """A certificate is about to be printed."""
    for question in questions:
        yield Step(
            _("Check how your name will be printed"),
            _("Not answered by %(day)s counts as correct.") % {"day": day(question.due_on)},
            reverse("certificates:name", args=[question.pk]),
            _("Check"),
            minutes=1,
            urgent=True,
        )


def session_records(bonds: Iterable[Bond]) -> Iterator[Step]:
    """What a mentor wrote down and the mentee has not confirmed, or should change."""
    for bond in bonds:
        if bond.sessions.for_mentee and bond.sessions.for_mentee_since_on:
            yield Step(
                _("Confirm what %(name)s wrote down") % {"name": bond.mentor.name},
                _("The session of %(day)s counts once you say yes.")
                % {"day": day(bond.sessions.for_mentee_since_on)},
                record_url(bond.agreement_no),
                _("Confirm it"),
                minutes=2,
                begun=True,
            )
        if bond.sessions.mentee_changes_since_on:
            yield Step(
                _("Change what you wrote: %(name)s asked for it") % {"name": bond.mentor.name},
                _("The record of %(day)s counts once %(name)s says yes.")
                % {"name": bond.mentor.name, "day": day(bond.sessions.mentee_changes_since_on)},
                record_url(bond.agreement_no),
                _("Change it"),
                minutes=5,
                begun=True,
            )


def mentees(bonds: Iterable[Bond], *, on: date) -> Iterator[Step]:
    """One line for those who lead: the rest stands on their own page."""
    bonds = list(bonds)
    if not bonds:
        return
    waiting = sum(bond.sessions.for_mentor + bond.sessions.mentor_changes for bond in bonds)
    overdue = sum(bond.next_session_by < on for bond in bonds)
    count = ngettext("%(count)d mentee", "%(count)d mentees", len(bonds)) % {"count": len(bonds)}
    parts = [_("You lead %(count)s.") % {"count": count}]
    if waiting:
        parts.append(
            ngettext("%(count)d record to confirm.", "%(count)d records to confirm.", waiting)
            % {"count": waiting}
        )
    if overdue:
        parts.append(
            ngettext("%(count)d session is overdue.", "%(count)d sessions are overdue.", overdue)
            % {"count": overdue}
        )
    yield Step(
        _("Your mentees"), together(*parts), reverse("mentors:dashboard"), _("Look"), minutes=5, begun=True
    )


def open_runs(runs: Iterable[Run]) -> Iterator[Step]:
    """Rehearsals left in the middle."""
    for run in runs:
        if run.finished_at is None:
            yield Step(
                _("Go on with %(title)s") % {"title": run.title},
                _("Saved after every step; stop whenever you like."),
                run.url,
                _("Go on rehearsing"),
                minutes=STRETCH,
                begun=True,
            )


def lessons(progress: Iterable[CourseProgress]) -> Iterator[Step]:
    """In each course taken the next lesson and self-checks to answer again; in all one question to oneself."""
    progress = list(progress)
    for course in progress:
        following = course.next_lesson
        if following:
            note = _("%(course)s.") % {"course": course.title}
            if following.stopped_at:
                note = _("%(course)s, stopped at “%(heading)s”.") % {
                    "course": course.title,
                    "heading": following.stopped_at,
                }
            action = _("Go on") if course.begun else _("Begin")
            yield Step(following.title, note, following.url, action, following.minutes, begun=course.begun)
        for lesson in course.retries:
            title = _("Once more: the self-check of %(lesson)s") % {"lesson": lesson.title}
            note = _("%(course)s: the last answer was not right yet.") % {"course": course.title}
            yield Step(title, note, lesson.url, _("Answer again"), lesson.minutes, begun=True)
    blank = [(course, lesson) for course in progress for lesson in course.reflections]
    for course, lesson in blank[:1]:
        title = _("Write a few lines: %(lesson)s") % {"lesson": lesson.title}
        note = _("%(course)s left you a question; only you read the answer.") % {"course": course.title}
        yield Step(title, note, lesson.url, _("Write it down"), lesson.minutes)


def missing(
    standings: Iterable[SchemeStanding],
    *,
    shelf: Iterable[CourseCard],
    taken: Iterable[str],
    attempts: Iterable[AttemptSummary],
    runs: Iterable[Run],
) -> Iterator[Step]:
    """What the cheapest ways to certificates still ask for and can be begun now, each thing once."""
    cards = {card.key: card for card in shelf}
    seen = {("course", key) for key in taken}
    sat = [*attempts]
    seen |= {("exam", sitting.exam_key) for sitting in sat if not may_sit(sitting.exam_key, sat)}
    seen |= {("scenario", run.key) for run in runs if run.finished_at is None}
    for standing in standings:
        for step in standing.missing:
            if (step.kind, step.subject_key) in seen or not step.url or not step.ready:
                continue
            seen.add((step.kind, step.subject_key))
            if step.kind == "course" and step.subject_key in cards:
                yield first_lesson(cards[step.subject_key])
            else:
                yield _for_scheme(step, standing)


def may_sit(exam_key: str, attempts: Iterable[AttemptSummary]) -> bool:
    """Whether a new sitting may begin: none is open or being marked, and attempts are left."""
    own = [sitting for sitting in attempts if sitting.exam_key == exam_key]
    if any(sitting.status != AttemptStatus.COMPLETE for sitting in own):
        return False
    most = own[0].max_attempts if own else None
    return most is None or len(own) < most


def first_lesson(card: CourseCard) -> Step:
    """Joining a course is one click on its page; then its first lesson."""
    note = _("First lesson of %(course)s; join with one click.") % {"course": card.title}
    return Step(card.first.title, note, card.url, _("Begin"), card.first.minutes)


def _for_scheme(step: Missing, standing: SchemeStanding) -> Step:
    note = _("For %(scheme)s.") % {"scheme": standing.scheme_title}
    if step.kind == "scenario":
        note = together(note, _("Saved after every step; stop whenever you like."))
        return Step(step.title, note, step.url, _("Rehearse it"), min(step.minutes, STRETCH))
    action = _("Sit the exam") if step.kind == "exam" else _("Begin now")
    return Step(step.title, note, step.url, action, step.minutes)
