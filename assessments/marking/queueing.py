"""Who may mark which answers, and what waits for whom by question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.marking.given import STILL
from assessments.marking.plans import PlanTerms, marked_counts, terms_by_key
from assessments.marking.rounds import waiting_answers
from assessments.models import Answer, Attempt, AttemptStatus, ExamItem, Mark, MarkingLease
from core.errors import NotAllowed
from people.models import Membership, OrganisationKind, Person, Role, RoleAssignment, ScopeGrant
from people.scope import memberships_overseen_by


@dataclass(frozen=True)
class QuestionLoad:
    """A question with answers that this marker may mark now or has in hand: how many, since when they wait, and the
    terms of the exam's plan. `left` is how many more the quota allows, None without one."""

    item: ExamItem
    waiting: int
    in_hand: int
    oldest_at: datetime
    terms: PlanTerms
    left: int | None

    @property
    def due_at(self) -> datetime | None:
        return self.terms.due_at


def attempts_to_mark(marker: Person, *, at: datetime) -> QuerySet[Attempt]:
    """Attempts that wait for marks and that this person may mark, as one lazy query."""
    return attempts_within_reach(marker, at=at).filter(status=AttemptStatus.MARKING)


def attempts_within_reach(marker: Person, *, at: datetime) -> QuerySet[Attempt]:
    """Attempts that were handed in and that this person may mark while they wait for marks, as one lazy query.

    An examiner marks candidates who work in the examiner's part of the organisation (or nowhere any more), but never
    themselves, nobody of the community they work in, and nobody they accompany: whoever holds a scope grant on the
    candidate, as a mentor does, is out.
    """
    on = timezone.localdate(at)
    roles = RoleAssignment.objects.active(on=on).filter(person=marker, role=Role.EXAMINER)
    working = Membership.objects.active(on=on).filter(person=OuterRef("person"))
    covered = memberships_overseen_by(marker, roles=[Role.EXAMINER], at=at).values("person")
    return (
        Attempt.objects.filter(Exists(roles))
        .exclude(status=AttemptStatus.OPEN)
        .filter(Q(person__in=covered) | ~Exists(working))
        .exclude(person__in=people_too_close_to(marker, at=at))
    )


def people_too_close_to(marker: Person, *, at: datetime) -> QuerySet[Person]:
    """Whom this person never marks: themselves, whom they accompany, and who works in the same community; lazy."""
    on = timezone.localdate(at)
    accompanied = ScopeGrant.objects.active(at=at).filter(viewer=marker).values("subject")
    communities = Membership.objects.active(on=on).filter(
        person=marker, organisation__kind=OrganisationKind.COMMUNITY
    )
    colleagues = Membership.objects.active(on=on).filter(organisation__in=communities.values("organisation"))
    return Person.objects.filter(
        Q(pk=marker.pk) | Q(pk__in=accompanied) | Q(pk__in=colleagues.values("person"))
    )


def can_mark(marker: Person, attempt: Attempt, *, at: datetime) -> bool:
    """Whether this attempt is in the marker's queue."""
    return attempts_to_mark(marker, at=at).filter(pk=attempt.pk).exists()


def check_can_mark(marker: Person, attempt: Attempt, *, at: datetime) -> None:
    """Raises NotAllowed unless `can_mark`."""
    if not can_mark(marker, attempt, at=at):
        raise NotAllowed(_("You cannot mark this paper."))


def free_scripts(marker: Person, *, at: datetime) -> QuerySet[Any]:
    """Answers that wait for a round (`wanted`) which this marker may give and nobody else has in hand.

    Their order is the same for everybody and every time, differs from question to question, and says nothing about the
    candidates. Lazy, after what `waiting_answers` asks first.
    """
    own = Mark.objects.filter(STILL, answer=OuterRef("pk"), marked_by=marker, imported=False)
    in_hand = MarkingLease.objects.filter(
        answer=OuterRef("pk"), round=OuterRef("wanted"), expires_at__gt=at
    ).exclude(marker=marker)
    return (
        waiting_answers(attempts_to_mark(marker, at=at))
        .exclude(Exists(own.exclude(round=OuterRef("wanted"))))
        .exclude(Exists(in_hand))
        .alias(place=MD5(Concat(Cast("attempt", CharField()), Value(":"), Cast("item", CharField()))))
        .order_by("place", "pk")
    )


def scripts_in_hand(marker: Person, *, at: datetime) -> QuerySet[MarkingLease]:
    """What this marker has in hand and may still mark, the first taken first; lazy."""
    return MarkingLease.objects.filter(
        marker=marker, expires_at__gt=at, answer__attempt__in=attempts_to_mark(marker, at=at)
    ).order_by("taken_at", "pk")


def questions_to_mark(marker: Person, *, at: datetime) -> tuple[QuestionLoad, ...]:
    """What waits for this marker by question, the longest waiting first. Six queries, however much there is, and one
    where a plan has a quota."""
    waiting = _waiting(marker, at)
    items = ExamItem.objects.filter(pk__in=waiting).select_related(
        "exam_version", "question_version__question"
    )
    leases = scripts_in_hand(marker, at=at).order_by().values_list("answer__item")
    in_hand: dict[int, int] = dict(leases.annotate(count=Count("pk")))
    terms = terms_by_key({item.exam_version.key for item in items})
    marked = marked_counts(marker, [key for key, each in terms.items() if each.quota is not None])
    loads = []
    for item in items:
        count, oldest_at = waiting[item.pk]
        own, key = terms[item.exam_version.key], item.exam_version.key
        left = None if own.quota is None else max(own.quota - marked.get(key, 0), 0)
        loads.append(QuestionLoad(item, count, in_hand.get(item.pk, 0), oldest_at, own, left))
    return tuple(sorted(loads, key=lambda load: (load.oldest_at, load.item.pk)))


def _waiting(marker: Person, at: datetime) -> dict[int, tuple[int, datetime]]:
    """By item how many answers wait, those in hand among them, and since when the oldest does."""
    free = Answer.objects.filter(pk__in=free_scripts(marker, at=at).order_by().values("pk"))
    counted = free.values_list("item").annotate(count=Count("pk"), oldest_at=Min("attempt__submitted_at"))
    return {item: (count, oldest_at) for item, count, oldest_at in counted.order_by()}
