"""Whose sittings one may look at, and how much of them.

Administrators those of the people they administer; examiners those of the people they examine, without whom they
accompany; whoever watches over a room those that were sat in it. Nobody one's own. A rehearsal or a practice paper is
nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assessments.halls.watching import rooms_overseen_by
from assessments.models import REHEARSAL, Attempt
from people.models import Person, Role, ScopeGrant
from people.scope import people_overseen_by


@dataclass(frozen=True)
class Lens:
    """What somebody sees of a sitting: whose it is, and what was answered. Marks are never part of it."""

    names: bool
    answers: bool


def sittings_within_reach(person: Person, *, at: datetime) -> QuerySet[Attempt]:
    """The sittings this person may look at, each with what `lens_for` reads; lazy."""
    administered = people_overseen_by(person, roles=[Role.ADMINISTRATOR], at=at)
    examined = people_overseen_by(person, roles=[Role.EXAMINER], at=at)
    accompanied = ScopeGrant.objects.active(at=at).filter(viewer=person).values("subject")
    watched = rooms_overseen_by(person, at=at)
    return (
        Attempt.objects.annotate(
            administers=Exists(administered.filter(pk=OuterRef("person"))),
            examines=Exists(examined.filter(pk=OuterRef("person")).exclude(pk__in=accompanied)),
            watches=Exists(watched.filter(pk=OuterRef("seat__room"))),
            is_anonymous=F("exam_version__document__anonymous_marking"),
        )
        .filter(Q(administers=True) | Q(examines=True) | Q(watches=True))
        .exclude(person=person)
        .exclude(exam_key=REHEARSAL)
        .filter(Q(exam_version__document__practice__isnull=True) | Q(exam_version__document__practice=False))
    )


def lens_for(attempt: Any) -> Lens:
    """How much the person sees for whom the attempt was found by `sittings_within_reach`.

    Who examines knows the candidate by number alone, unless the exam is marked with open names, also when they watched
    over the room: a name once connected with a number stays so.
    """
    if attempt.administers:
        return Lens(names=True, answers=True)
    if attempt.examines:
        return Lens(names=attempt.is_anonymous is False, answers=True)
    return Lens(names=True, answers=False)


def may_look(person: Person, attempt: Attempt, *, at: datetime) -> bool:
    """Whether the sitting is one of those."""
    return sittings_within_reach(person, at=at).filter(pk=attempt.pk).exists()
