"""Everything a mentor may know about the people they lead, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import decisions
from assessments.queries import AttemptSummary, attempts_of
from assessments.standings import SchemeStanding
from cms.addresses import nowhere
from competencies.models import Evidence, EvidenceKind
from competencies.profile import Profile, profile_from
from competencies.queries import standing_evidence
from courses.queries import CourseProgress, progress_of
from mentoring.circles import Bond
from mentoring.models import PairingGoal
from mentoring.queries import goals_of
from people.models import Person
from simulations.queries import Run, runs_of

# What somebody does themselves; endorsements and certificates come from others.
OWN_DOING = {
    EvidenceKind.COURSE,
    EvidenceKind.SCENARIO,
    EvidenceKind.EXAM,
    EvidenceKind.WORKSHOP,
    EvidenceKind.PRACTICE,
}


@dataclass(frozen=True)
class Failure:
    """An exam or a rehearsal that was not passed, and not made good since; `url` is where the mentor can look."""

    title: str
    on: date
    result: str
    is_exam: bool
    url: str


@dataclass(frozen=True)
class Mentee:
    """One person led: the pairing with its goals, and what they did. `standings` leave out certificates held."""

    bond: Bond
    goals: Sequence[PairingGoal]
    progress: Sequence[CourseProgress]
    attempts: Sequence[AttemptSummary]
    runs: Sequence[Run]
    standings: Sequence[SchemeStanding]
    profile: Profile
    last_active_on: date | None

    @property
    def name(self) -> str:
        return self.bond.mentee.name or _("(erased)")

    @property
    def nearest(self) -> SchemeStanding | None:
        """The certificate that is closest."""
        return max(self.standings, key=lambda standing: standing.percent, default=None)

    @property
    def goals_shown(self) -> int:
        """How many goals the evidence alone already reaches."""
        scores = {leaf: standing.score for leaf, standing in self.profile.items()}
        return sum(goal.leaf in scores and scores[goal.leaf] >= goal.target for goal in self.goals)


def mentees_in(bonds: Iterable[Bond]) -> tuple[Mentee, ...]:
    """The people led in these pairings, in their order. Seven queries, however many they are."""
    bonds = tuple(bonds)
    people = [Person(pk=bond.mentee.person_id) for bond in bonds]
    evidence = standing_evidence(people)
    goals = goals_of(bond.agreement_no for bond in bonds)
    standings = decisions.standings_over(evidence, address_of=nowhere)
    progress, attempts, runs = progress_of(people), attempts_of(people), runs_of(people)
    return tuple(
        _mentee(
            bond,
            goals.get(bond.agreement_no, ()),
            progress.get(bond.mentee.person_id, ()),
            attempts.get(bond.mentee.person_id, ()),
            runs.get(bond.mentee.person_id, ()),
            standings[bond.mentee.person_id],
            evidence[bond.mentee.person_id],
        )
        for bond in bonds
    )


def failures_of(mentee: Mentee) -> list[Failure]:
    """What was not passed and not passed later, the newest first."""
    return sorted([*_failed_exams(mentee), *_failed_runs(mentee)], key=lambda one: one.on, reverse=True)


def _mentee(
    bond: Bond,
    goals: Sequence[PairingGoal],
    progress: Sequence[CourseProgress],
    attempts: Sequence[AttemptSummary],
    runs: Sequence[Run],
    standings: Sequence[SchemeStanding],
    evidence: Sequence[Evidence],
) -> Mentee:
    held = {row.subject.key for row in evidence if row.kind == EvidenceKind.CERTIFICATE}
    moments = [
        *(course.learned_at for course in progress),
        *(sitting.submitted_at or sitting.started_at for sitting in attempts),
        *(run.finished_at or run.started_at for run in runs),
        *(row.occurred_at for row in evidence if row.kind in OWN_DOING),
    ]
    return Mentee(
        bond=bond,
        goals=goals,
        progress=progress,
        attempts=attempts,
        runs=runs,
        standings=[standing for standing in standings if standing.scheme_key not in held],
        profile=profile_from(evidence),
        last_active_on=_newest(moments),
    )


def _newest(moments: Iterable[datetime | None]) -> date | None:
    known = [moment for moment in moments if moment]
    return timezone.localdate(max(known)) if known else None


def _failed_exams(mentee: Mentee) -> list[Failure]:
    passed = {sitting.exam_key for sitting in mentee.attempts if sitting.exam_passed}
    newest: dict[str, AttemptSummary] = {}
    for sitting in mentee.attempts:
        newest.setdefault(sitting.exam_key, sitting)
    return [
        Failure(
            title=sitting.exam_title,
            on=timezone.localdate(sitting.submitted_at or sitting.started_at),
            result=f"{sitting.points_text}/{sitting.max_points_text}",
            is_exam=True,
            url=reverse("people:record", args=[mentee.bond.mentee.person_id]),
        )
        for sitting in newest.values()
        if sitting.passed is False and sitting.exam_key not in passed
    ]


def _failed_runs(mentee: Mentee) -> list[Failure]:
    runs = [run for run in mentee.runs if not run.replayed]  # practice from a step counts for nothing
    passed = {run.key for run in runs if run.passed}
    newest: dict[str, Run] = {}
    for run in runs:
        newest.setdefault(run.key, run)
    return [
        Failure(
            title=run.title,
            on=timezone.localdate(run.finished_at or run.started_at),
            result=str(run.total),
            is_exam=False,
            url=run.url,
        )
        for run in newest.values()
        if run.passed is False and run.key not in passed
    ]
