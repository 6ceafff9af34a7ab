"""Who may look at a room while people sit in it: its invigilators for some hours, and who administers its session."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import ExamRoom, ExamSession, Invigilator
from people.models import Person, Role, RoleAssignment

# An invigilator's screen opens this long before the session and shuts this long after it.
BEFORE = timedelta(hours=1)
AFTER = timedelta(hours=24)


def rooms_watched_by(person: Person, *, at: datetime) -> QuerySet[ExamRoom]:
    """The rooms this person invigilates, from an hour before they open until a day after they close; lazy.

    Being named for a room is not enough: the role must hold too, so that ending it shuts every screen.
    """
    held = RoleAssignment.objects.active(on=timezone.localdate(at)).filter(
        person=person, role=Role.INVIGILATOR
    )
    named = Invigilator.objects.filter(room=OuterRef("pk"), person=person)
    return ExamRoom.objects.filter(
        Exists(held), Exists(named), session__opens_at__lte=at + BEFORE, session__closes_at__gte=at - AFTER
    )


def sessions_administered_by(person: Person, *, at: datetime) -> QuerySet[ExamSession]:
    """The sessions held in a part of the tree that this person administers; lazy."""
    overseeing = (
        RoleAssignment.objects.active(on=timezone.localdate(at))
        .filter(person=person, role=Role.ADMINISTRATOR)
        .alias(held_path=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField()))
        .filter(held_path__startswith=F("organisation__path"))
    )
    return ExamSession.objects.filter(Exists(overseeing))


def rooms_overseen_by(person: Person, *, at: datetime) -> QuerySet[ExamRoom]:
    """The rooms whose screen this person may open: those watched, and all of the sessions administered; lazy."""
    watched = rooms_watched_by(person, at=at).values("pk")
    administered = sessions_administered_by(person, at=at).values("pk")
    return ExamRoom.objects.filter(Q(pk__in=watched) | Q(session__in=administered))
