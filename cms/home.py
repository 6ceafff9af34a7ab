"""The first page: a door for visitors, and for each role what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import decisions, marking
from assessments.models import Attempt, AttemptStatus
from assessments.standings import SchemeStanding
from certificates import queries as certificates
from cms.models import HomePage
from cms.records import draw_radar, still_to_earn
from competencies.profile import profile_of
from courses import queries as courses
from mentoring import queries as mentoring
from people.accounts import current_person
from people.models import Notice, Person, Role
from people.roles import roles_of
from simulations import queries as simulations

MINUTES = (5, 10, 20)


@dataclass(frozen=True)
class Step:
    """Something that can be done now: what, why, how long it takes, and the button that starts it."""

    title: str
    note: str
    url: str
    action: str
    minutes: int
    urgent: bool = False


def home(request: HttpRequest) -> HttpResponse:
    """Visitors read what this is; members see what waits for them."""
    if not request.user.is_authenticated:
        return render(request, "home/visitor.html", {"page": HomePage.objects.live().first()})
    now, person = timezone.now(), current_person(request)
    roles = roles_of(person, on=timezone.localdate(now))
    if roles:
        return render(request, "home/staff.html", {"waiting": _waiting_for(person, roles, now), "now": now})
    return render(request, "home/worker.html", _worker(request, person, now))


def _worker(request: HttpRequest, person: Person, now: datetime) -> dict[str, Any]:
    minutes = _minutes(request)
    progress = courses.progress_of([person]).get(person.pk, ())
    held = certificates.held_by(person, now=now)
    standings = still_to_earn(decisions.standing(person), held)
    steps = [
        *_open_sittings(person, now),
        *_confirmations(person, timezone.localdate(now)),
        *_mentees(person, now),
        *_open_runs(person),
        *_lessons(progress),
        *_missing(standings),
    ]
    return {
        "now": now,
        "greeting": _greeting(timezone.localtime(now).hour),
        "minutes": minutes,
        "choices": MINUTES,
        "steps": sorted(steps, key=lambda step: (not step.urgent, step.minutes > minutes))[:4],
        "standings": standings,
        "progress": progress,
        "radar": draw_radar(profile_of(person)),
        "notices": Notice.objects.filter(recipient=person).order_by("-sent_at")[:3],
        "pairing": mentoring.pairing_of(person, at=now),
    }


def _minutes(request: HttpRequest) -> int:
    offered = {str(choice): choice for choice in MINUTES}
    return offered.get(request.GET.get("m", ""), MINUTES[1])


def _greeting(hour: int) -> str:
    if hour < 5 or hour >= 18:
        return _("good evening")
    return _("good morning") if hour < 12 else _("good afternoon")


def _open_sittings(person: Person, now: datetime) -> list[Step]:
    running = Attempt.objects.filter(person=person, status=AttemptStatus.OPEN, deadline_at__gt=now)
    return [
        Step(
            title=_("Go on with the exam %(title)s") % {"title": attempt.exam_version.title},
            note=_("The clock is running: %(minutes)d minutes left.")
            % {"minutes": (attempt.deadline_at - now).total_seconds() // 60},
            url=reverse("assessments:sit", args=[attempt.pk]),
            action=_("Go on"),
            minutes=0,
            urgent=True,
        )
        for attempt in running.select_related("exam_version")
    ]


def _missing(standings: list[SchemeStanding]) -> list[Step]:
    """The next step of each certificate that can be begun now; lessons have their own lines."""
    return [
        Step(
            title=step.title,
            note=_("For %(scheme)s") % {"scheme": standing.scheme_title},
            url=step.url,
            action=_("Begin now"),
            minutes=step.minutes,
        )
        for standing in standings
        for step in standing.missing[:1]
        if step.url and not step.url.startswith(reverse("courses:index"))
    ]


def _confirmations(person: Person, on: date) -> list[Step]:
    return [
        Step(
            title=_("Check how your name will be printed"),
            note=_("Not answered by %(day)s counts as correct.") % {"day": _day(asked.due_on)},
            url=reverse("certificates:name", args=[asked.pk]),
            action=_("Check"),
            minutes=1,
            urgent=True,
        )
        for asked in certificates.confirmations_waiting_for(person, on=on)
    ]


def _mentees(person: Person, now: datetime) -> list[Step]:
    count = len(mentoring.mentees_of(person, at=now))
    if not count:
        return []
    note = ngettext("%(count)d mentee", "%(count)d mentees", count) % {"count": count}
    return [Step(_("Your mentees"), note, reverse("mentors:dashboard"), _("Look"), minutes=5)]


def _open_runs(person: Person) -> list[Step]:
    return [
        Step(
            title=_("Go on with %(title)s") % {"title": run.title},
            note=_("Saved after every step."),
            url=run.url,
            action=_("Go on"),
            minutes=20,
        )
        for run in simulations.runs_of([person]).get(person.pk, ())
        if run.finished_at is None
    ]


def _lessons(progress: Any) -> list[Step]:
    return [
        Step(
            title=course.next_lesson.title,
            note=_("%(course)s, about %(minutes)d minutes")
            % {"course": course.title, "minutes": course.next_lesson.minutes},
            url=course.next_lesson.url,
            action=_("Go on") if course.done else _("Begin"),
            minutes=course.next_lesson.minutes,
        )
        for course in progress
        if course.next_lesson is not None
    ]


def _waiting_for(person: Person, roles: frozenset[str], now: datetime) -> list[Step]:
    """Of the roles first, then what waits for anybody: staff learn, lead and hold certificates too."""
    waiting: list[Step] = []
    if roles & {Role.ADMINISTRATOR, Role.ISSUER}:
        waiting += [
            Step(
                title=batch.title,
                note=_("Proposed by a colleague, waits for a second person."),
                url=reverse("certificates:batch", args=[batch.pk]),
                action=_("Review the batch"),
                minutes=5,
                urgent=True,
            )
            for batch in certificates.batches_waiting_for(person, on=timezone.localdate(now))
        ]
    if Role.EXAMINER in roles:
        count = marking.attempts_to_mark(person, at=now).count()
        if count:
            note = ngettext("%(count)d answer", "%(count)d answers", count) % {"count": count}
            waiting.append(
                Step(_("Answers to mark"), note, reverse("assessments:marking"), _("Mark"), minutes=8 * count)
            )
    return [*waiting, *_confirmations(person, timezone.localdate(now)), *_mentees(person, now)]


def _day(day: Any) -> str:
    return _("%(month)d/%(day)d") % {"month": day.month, "day": day.day}
