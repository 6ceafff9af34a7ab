"""The worker's home, put together from all rooms in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import decisions
from assessments.queries import AttemptSummary, attempts_of
from assessments.standings import SchemeStanding
from certificates.affairs import Affairs, Held, affairs_of
from certificates.standing import Standing
from cms.addresses import address_of
from cms.home import proposals
from cms.home.steps import MINUTES, Offer, Step, choose
from cms.home.ways import Way, ways_to
from cms.records import draw_radar
from cms.words import duration, together
from competencies import radar
from competencies.profile import profile_from
from competencies.queries import standing_evidence
from courses.queries import CourseCard, CourseProgress, learning_of, minutes_left_of
from mentoring.circles import Bond, Circle, circle_of
from people.models import Notice, Person
from simulations.queries import Run, runs_of

NEWS = 3
RECENT = timedelta(days=30)
RENEWING = timedelta(days=90)


@dataclass(frozen=True)
class WorkerHome:
    """Everything the page shows. `standings`: certificates still to come, the nearest first."""

    minutes: int
    at: datetime
    affairs: Affairs
    circle: Circle
    shelf: Sequence[CourseCard]
    progress: Sequence[CourseProgress]
    standings: Sequence[SchemeStanding]
    attempts: Sequence[AttemptSummary]
    runs: Sequence[Run]
    radar: radar.Radar
    news: Sequence[Notice]

    @property
    def choices(self) -> tuple[int, ...]:
        return MINUTES

    @property
    def greeting(self) -> str:
        hour = timezone.localtime(self.at).hour
        if hour < 5 or hour >= 18:
            return _("good evening")
        return _("good morning") if hour < 12 else _("good afternoon")

    @cached_property
    def offer(self) -> Offer:
        """What to do with the minutes at hand; to a newcomer one thing, so that it is clear what to press."""
        offer = choose(self._steps(), minutes=self.minutes)
        return replace(offer, others=()) if self.is_new and not self.circle.leads else offer

    @property
    def is_new(self) -> bool:
        """Nothing learned, played or sat yet."""
        return not (self.progress or self.attempts or self.runs)

    @property
    def is_settled(self) -> bool:
        """Every certificate there is to earn is held, or only waits to be handed out."""
        return not self.is_new and not any(standing.missing for standing in self.standings)

    @property
    def nearest(self) -> SchemeStanding | None:
        return self.standings[0] if self.standings else None

    @property
    def way_left(self) -> str:
        """How long the cheapest way to the nearest certificate typically takes."""
        return duration(self.nearest.minutes) if self.nearest else ""

    @property
    def ways(self) -> Sequence[Way]:
        """What the nearest certificate still asks for."""
        if self.nearest is None:
            return ()
        return tuple(ways_to(self.nearest, attempts=self.attempts, mentor=self.mentor))

    @property
    def further(self) -> Sequence[SchemeStanding]:
        return self.standings[1:]

    @property
    def mentor(self) -> Bond | None:
        return self.circle.led_by[0] if self.circle.led_by else None

    @property
    def mentor_words(self) -> str:
        """When they last met, and by when they should meet again."""
        bond = self.mentor
        if bond is None:
            return ""
        by, last_on = bond.next_session_by, bond.sessions.last_on
        overdue = by < timezone.localdate(self.at)
        following = (
            _("The next one was due by %(day)s: suggest a day.") if overdue else _("The next one by %(day)s.")
        )
        return together(
            _("Last session %(day)s.") % {"day": date_format(last_on)}
            if last_on
            else _("You have not met yet."),
            following % {"day": date_format(by)},
        )

    @property
    def held(self) -> Sequence[Held]:
        """Certificates that count today."""
        return [one for one in self.affairs.certificates if one.standing == Standing.VALID]

    @property
    def renewing(self) -> Sequence[Held]:
        """Those that soon end."""
        soon = timezone.localdate(self.at) + RENEWING
        return [one for one in self.held if one.valid_until and one.valid_until <= soon]

    @property
    def results(self) -> Sequence[AttemptSummary]:
        """Sittings of the last weeks: marked, or waiting for marks."""
        since = self.at - RECENT
        return [one for one in self.attempts if one.submitted_at and one.submitted_at >= since][:NEWS]

    @property
    def ideas(self) -> Sequence[CourseCard]:
        """Courses not taken yet, for somebody who has nothing left to do."""
        taken = {course.course_key for course in self.progress}
        return [card for card in self.shelf if card.key not in taken][:NEWS]

    @property
    def first_course(self) -> CourseCard | None:
        """Where a newcomer begins: base modules stand first on the shelf."""
        return self.shelf[0] if self.shelf else None

    def _steps(self) -> Iterator[Step]:
        on = timezone.localdate(self.at)
        yield from proposals.running_exams(self.attempts, at=self.at)
        yield from proposals.name_questions(self.affairs.questions)
        yield from proposals.session_records(self.circle.led_by)
        yield from proposals.mentees(self.circle.leads, on=on)
        yield from proposals.open_runs(self.runs)
        yield from proposals.lessons(self.progress)
        yield from proposals.missing(
            self.standings,
            shelf=self.shelf,
            taken=[course.course_key for course in self.progress],
            attempts=self.attempts,
            runs=self.runs,
        )
        if self.is_new and not self.standings and self.first_course:
            yield proposals.first_lesson(self.first_course)


def home_of(person: Person, *, minutes: int, at: datetime) -> WorkerHome:
    """The home of one person at this moment. Nine queries."""
    affairs, learning = affairs_of(person, on=timezone.localdate(at)), learning_of([person])
    evidence = standing_evidence([person])
    standings = decisions.standings_over(evidence, address_of=address_of, at=at)[person.pk]
    progress = learning.progress.get(person.pk, ())
    return WorkerHome(
        minutes=minutes,
        at=at,
        affairs=affairs,
        circle=circle_of(person, at=at),
        shelf=learning.shelf,
        progress=progress,
        standings=_to_come(standings, affairs, progress),
        attempts=attempts_of([person]).get(person.pk, ()),
        runs=runs_of([person]).get(person.pk, ()),
        radar=draw_radar(profile_from(evidence[person.pk])),
        news=list(
            Notice.objects.filter(recipient=person, read_at=None).order_by("-sent_at", "-id")[: NEWS + 1]
        ),
    )


def _to_come(
    standings: Sequence[SchemeStanding], affairs: Affairs, progress: Sequence[CourseProgress]
) -> list[SchemeStanding]:
    """Without those held; met ones first, then the share that is met, then those whose courses are under way, then
    the minutes that are left. Each names the course somebody is in the middle of first."""
    taken = {course.course_key for course in progress}
    begun = minutes_left_of(progress)

    def nearness(standing: SchemeStanding) -> tuple[int, bool, int]:
        under_way = any(step.kind == "course" and step.subject_key in taken for step in standing.missing)
        return -standing.percent, not under_way, standing.minutes

    to_come = (one.going_on_with(begun) for one in standings if one.scheme_key not in affairs.taken)
    return sorted(to_come, key=nearness)
