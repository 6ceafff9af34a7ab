"""Whom somebody is paired with now, both upward and downward, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils import timezone

from competencies.models import Evidence, EvidenceKind, SubjectKind
from core.prepared import prepared
from mentoring.models import MentorStanding, Pairing, SessionText
from mentoring.rhythm import next_session_by
from mentoring.terms import SessionStatus, Tier
from people.models import Account, Membership, Person


@dataclass(frozen=True)
class Side:
    """One person of a pairing: where they work and as what, and their tier in it."""

    person_id: UUID
    name: str
    organisation: str
    post: str
    tier: Tier


@dataclass(frozen=True)
class Sessions:
    """The meetings of a pairing. `confirmed` by both; `for_mentor` and `for_mentee` wait for that side's yes,
    `mentor_changes` and `mentee_changes` for that side to change what it wrote, the oldest since `…_since_on`. `words`
    are those of the last one."""

    last_on: date | None
    confirmed: int
    for_mentor: int
    for_mentor_since_on: date | None
    mentor_changes: int
    mentor_changes_since_on: date | None
    for_mentee: int
    for_mentee_since_on: date | None
    mentee_changes: int
    mentee_changes_since_on: date | None
    words: str
    words_by_mentor: bool


@dataclass(frozen=True)
class Bond:
    """One active pairing. `endorsed`: an endorsement of it stands in the ledger; `capacity`: how many the mentor may
    lead; `next_session_by`: see `mentoring.rhythm`."""

    agreement_no: str
    area: str
    since_on: date
    until_on: date | None
    mentor: Side
    mentee: Side
    sessions: Sessions
    endorsed: bool
    capacity: int

    @property
    def next_session_by(self) -> date:
        return next_session_by(since_on=self.since_on, last_session_on=self.sessions.last_on)


@dataclass(frozen=True)
class Circle:
    """The pairings in which somebody is led (the general one first) and those in which they lead, longest first."""

    led_by: tuple[Bond, ...]
    leads: tuple[Bond, ...]


def circle_of(person: Person, *, at: datetime) -> Circle:
    """Everybody this person is paired with at this moment. One query."""
    rows = _pairings_around(person.pk, timezone.localdate(at))
    leads = sorted(
        (row for row in rows if row.mentor_id == person.pk), key=lambda row: (row.since_on, row.pk)
    )
    return Circle(
        led_by=tuple(_bond(row) for row in rows if row.mentee_id == person.pk),
        leads=tuple(_bond(row) for row in leads),
    )


@prepared
def _pairings_around(person: UUID, on: date) -> QuerySet[Any]:
    """The active pairings of somebody, with everything a `Bond` says."""
    newest = SessionText.objects.filter(session__pairing=OuterRef("pk")).order_by(
        "-session__held_on", "-session__pk"
    )
    standing = MentorStanding.objects.filter(person=OuterRef("mentor"))
    pairings = Pairing.objects.active().filter(Q(mentor=person) | Q(mentee=person))
    return pairings.order_by("kind", "since_on", "pk").annotate(
        **_names("mentor", on),
        **_names("mentee", on),
        **_session_counts(),
        words=Subquery(newest.values("text")[:1]),
        words_by=Subquery(newest.values("session__written_by")[:1], output_field=UUIDField()),
        endorsed=Exists(_endorsements()),
        capacity=Subquery(standing.values("capacity")[:1]),
    )


def _names(side: str, on: date) -> dict[str, Subquery]:
    account = Account.objects.filter(person=OuterRef(side))
    membership = Membership.objects.active(on=on).filter(person=OuterRef(side))
    return {
        f"{side}_name": Subquery(account.values("name")[:1]),
        f"{side}_organisation": Subquery(membership.values("organisation__name")[:1]),
        f"{side}_post": Subquery(membership.values("post")[:1]),
    }


def _session_counts() -> dict[str, Any]:
    """A written record waits for the other side to confirm it, one with a wish for change for its writer."""
    written, asked = Q(sessions__status=SessionStatus.WRITTEN), Q(sessions__status=SessionStatus.CHANGE_ASKED)
    by_mentor, by_mentee = Q(sessions__written_by=F("mentor")), Q(sessions__written_by=F("mentee"))
    waiting = {
        "for_mentor": written & by_mentee,
        "mentor_changes": asked & by_mentor,
        "for_mentee": written & by_mentor,
        "mentee_changes": asked & by_mentee,
    }
    return {
        "last_on": Max("sessions__held_on"),
        "confirmed": Count("sessions", filter=Q(sessions__status=SessionStatus.CONFIRMED)),
        **{name: Count("sessions", filter=which) for name, which in waiting.items()},
        **{f"{name}_since_on": Min("sessions__held_on", filter=which) for name, which in waiting.items()},
    }


def _endorsements() -> QuerySet[Evidence]:
    return Evidence.objects.standing().filter(
        person=OuterRef("mentee"),
        kind=EvidenceKind.ENDORSEMENT,
        subject__kind=SubjectKind.PAIRING,
        subject__key=OuterRef("agreement_no"),
    )


def _bond(row: Any) -> Bond:
    side = partial(_side, row)
    return Bond(
        agreement_no=row.agreement_no,
        area=row.area,
        since_on=row.since_on,
        until_on=row.until_on,
        mentor=side("mentor"),
        mentee=side("mentee"),
        sessions=Sessions(
            last_on=row.last_on,
            confirmed=row.confirmed,
            for_mentor=row.for_mentor,
            for_mentor_since_on=row.for_mentor_since_on,
            mentor_changes=row.mentor_changes,
            mentor_changes_since_on=row.mentor_changes_since_on,
            for_mentee=row.for_mentee,
            for_mentee_since_on=row.for_mentee_since_on,
            mentee_changes=row.mentee_changes,
            mentee_changes_since_on=row.mentee_changes_since_on,
            words=row.words or "",
            words_by_mentor=row.words_by == row.mentor_id,
        ),
        endorsed=row.endorsed,
        capacity=row.capacity or 0,
    )


def _side(row: Any, side: str) -> Side:
    return Side(
        person_id=getattr(row, f"{side}_id"),
        name=getattr(row, f"{side}_name") or "",
        organisation=getattr(row, f"{side}_organisation") or "",
        post=getattr(row, f"{side}_post") or "",
        tier=Tier(getattr(row, f"{side}_tier")),
    )
