"""The record page of one pairing, composed for whichever side looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from competencies.framework import leaf_titles
from competencies.models import Evidence, EvidenceKind
from competencies.profile import Profile, profile_of
from mentoring.models import Endorsement, Pairing, PairingGoal, SessionLog
from mentoring.sessions import can_confirm
from mentoring.terms import Judgement, PairingStatus, SessionStatus
from people.models import Person

# What a score comes from, and how many of it.
WORK: dict[str, Callable[[int], str]] = {
    EvidenceKind.COURSE: lambda n: ngettext("%(count)s finished course", "%(count)s finished courses", n),
    EvidenceKind.EXAM: lambda n: ngettext("%(count)s marked exam", "%(count)s marked exams", n),
    EvidenceKind.SCENARIO: lambda n: ngettext("%(count)s rehearsal", "%(count)s rehearsals", n),
    EvidenceKind.ENDORSEMENT: lambda n: ngettext(
        "%(count)s earlier endorsement", "%(count)s earlier endorsements", n
    ),
}

CHIP = {
    SessionStatus.WRITTEN: "doing",
    SessionStatus.CHANGE_ASKED: "due",
    SessionStatus.CONFIRMED: "done",
}


@dataclass(frozen=True)
class GoalLine:
    """A goal beside what the mentee's evidence shows: `score` 0..100 of its leaf, None without evidence."""

    id: int
    text: str
    leaf_title: str
    target: int
    score: Decimal | None
    subjects: int

    @property
    def shown(self) -> bool:
        """Whether the evidence alone already reaches the target."""
        return self.score is not None and self.score >= self.target


@dataclass(frozen=True)
class ShownLine:
    """A leaf as components/bars.html draws it: `score` 0..100, None without evidence; `note`: from how much."""

    title: str
    score: Decimal | None
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class SessionLine:
    """A session and what the viewer may do about it."""

    id: int
    held_on: date
    minutes: int
    method: str
    text: str
    comment: str
    status: str
    status_text: str
    chip: str
    by_mentor: bool
    may_confirm: bool
    may_revise: bool


@dataclass(frozen=True)
class EndorsementLine:
    """One judgement: its day, its words (empty once erased) and (goal, judgement, reached) per goal."""

    endorsed_at: datetime
    text: str
    judgements: tuple[tuple[str, str, bool], ...]


def goal_lines(pairing: Pairing, profile: Profile | None = None) -> tuple[GoalLine, ...]:
    """The goals in their order, with the mentee's present scores."""
    profile = profile_of(pairing.mentee) if profile is None else profile
    goals = PairingGoal.objects.filter(pairing=pairing).order_by("pk")
    return tuple(_goal_line(goal, profile) for goal in goals)


def shown_lines(profile: Profile, evidence: Iterable[Evidence]) -> tuple[ShownLine, ...]:
    """Every leaf in the framework's order beside what the standing evidence behind the profile, oldest first, shows."""
    newest = {row.subject_id: row for row in evidence if row.weights}.values()
    return tuple(
        ShownLine(title, profile[leaf].score, profile[leaf].figure, _behind(leaf, newest))
        if leaf in profile
        else ShownLine(title, None)
        for leaf, title in leaf_titles().items()
    )


def _behind(leaf: str, rows: Iterable[Evidence]) -> str:
    scored = (
        row for row in rows if leaf in row.weights and (row.score is not None or leaf in row.leaf_scores)
    )
    counts = Counter(row.kind for row in scored)
    words = [WORK.get(kind, _other)(count) % {"count": count} for kind, count in sorted(counts.items())]
    return _("from %(work)s") % {"work": pgettext("list", ", ").join(words)}


def _other(count: int) -> str:
    return ngettext("%(count)s other piece of evidence", "%(count)s other pieces of evidence", count)


def session_lines(pairing: Pairing, viewer: Person) -> tuple[SessionLine, ...]:
    """Sessions, newest first. One query."""
    rows = SessionLog.objects.filter(pairing=pairing).select_related("words").order_by("-held_on", "-pk")
    return tuple(_session_line(row, pairing, viewer) for row in rows)


def endorsement_lines(pairing: Pairing, goals: Iterable[GoalLine]) -> tuple[EndorsementLine, ...]:
    """Endorsements, newest first: the first one is what the mentor says now. One query."""
    titles = {str(goal.id): goal.text for goal in goals}
    rows = Endorsement.objects.filter(pairing=pairing).select_related("words").order_by("-pk")
    return tuple(
        EndorsementLine(
            row.endorsed_at,
            row.words.text if hasattr(row, "words") else "",
            tuple(
                (titles[goal_id], str(Judgement(said).label), said == Judgement.REACHED)
                for goal_id, said in row.judgements.items()
            ),
        )
        for row in rows
    )


def _goal_line(goal: PairingGoal, profile: Profile) -> GoalLine:
    standing = profile.get(goal.leaf)
    return GoalLine(
        goal.pk,
        goal.text,
        leaf_titles().get(goal.leaf, goal.leaf),
        goal.target,
        standing.score if standing else None,
        standing.subjects if standing else 0,
    )


def _session_line(session: SessionLog, pairing: Pairing, viewer: Person) -> SessionLine:
    session.pairing = pairing
    status = SessionStatus(session.status)
    open_record = pairing.status == PairingStatus.ACTIVE
    own = session.written_by_id == viewer.pk
    words = getattr(session, "words", None)
    return SessionLine(
        id=session.pk,
        held_on=session.held_on,
        minutes=session.minutes,
        method=session.get_method_display(),
        text=words.text if words else "",
        comment=words.comment if words else "",
        status=status.value,
        status_text=str(status.label),
        chip=CHIP[status],
        by_mentor=session.written_by_id == pairing.mentor_id,
        may_confirm=open_record and can_confirm(session, viewer),
        may_revise=open_record and own and status == SessionStatus.CHANGE_ASKED,
    )
