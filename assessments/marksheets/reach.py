"""Whose papers somebody may bring marks for, and which releases have papers that wait for them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.marking.queueing import people_too_close_to
from assessments.models import REHEARSAL, Attempt, AttemptStatus, ExamVersion, MarkSheet
from people.models import Person, Role
from people.roles import has_role
from people.scope import people_overseen_by

BRINGERS = (Role.ADMINISTRATOR, Role.EXAMINER)


def papers_within_reach(person: Person, *, at: datetime) -> QuerySet[Attempt]:
    """Papers, open ones too, of the people whom this person administers or examines; lazy.

    As in marking by hand never one's own, and none of people one accompanies or works with in one community. Rehearsals
    and practice papers have no marks from files.
    """
    overseen = people_overseen_by(person, roles=BRINGERS, at=at)
    return (
        Attempt.objects.filter(person__in=overseen)
        .exclude(person__in=people_too_close_to(person, at=at))
        .exclude(exam_key=REHEARSAL)
        .filter(Q(exam_version__document__practice__isnull=True) | Q(exam_version__document__practice=False))
    )


def is_anonymous(version: ExamVersion) -> bool:
    """Whether this release is marked without names. It comes with its document."""
    return version.document.get("anonymous_marking", True) is not False


def people_named_to(person: Person, version: ExamVersion, *, at: datetime) -> QuerySet[Person]:
    """Whose names and staff numbers this person may read beside a candidate's number: of an exam that is marked
    without names those whom they administer, else everybody; lazy."""
    if not is_anonymous(version):
        return Person.objects.all()
    return people_overseen_by(person, roles=[Role.ADMINISTRATOR], at=at)


def may_name(person: Person, version: ExamVersion, *, at: datetime) -> bool:
    """Whether a file by this person may say 工号 at all. One query at most."""
    return not is_anonymous(version) or has_role(person, Role.ADMINISTRATOR, on=timezone.localdate(at))


def releases_in_reach(person: Person, *, at: datetime) -> QuerySet[ExamVersion]:
    """Releases with papers of those people that were handed in, those with papers that wait (`waiting`) first; lazy."""
    papers = papers_within_reach(person, at=at).exclude(status=AttemptStatus.OPEN)
    own = papers.filter(exam_version=OuterRef("pk"))
    waiting = Q(attempts__in=papers.filter(status=AttemptStatus.MARKING).values("pk"))
    return (
        ExamVersion.objects.filter(Exists(own))
        .annotate(waiting=Count("attempts", filter=waiting))
        .defer("document")
        .order_by("-waiting", "-released_at", "pk")
    )


def sheets_of(person: Person) -> QuerySet[MarkSheet]:
    """What this person brought, newest first; nobody else's files are anybody's business."""
    return MarkSheet.objects.filter(uploaded_by=person).order_by("-uploaded_at")
