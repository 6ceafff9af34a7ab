"""Who may recheck a paper: an examiner of the candidate's part of the organisation who had no hand in it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import Attempt, Mark
from people.models import Membership, OrganisationKind, Person, Role, RoleAssignment, ScopeGrant


def markers_for(attempt: Attempt, *, at: datetime) -> QuerySet[Person]:
    """Whoever may mark this candidate today and gave none of the paper's answers a mark, not even one taken back or
    brought in a file; lazy.

    The same people as in `marking.queueing.attempts_within_reach`, asked from the other side: never the candidate, nor
    anybody who accompanies them or works in their community. Of a candidate who works nowhere any more, every examiner.
    """
    on = timezone.localdate(at)
    working = Membership.objects.active(on=on).filter(person=attempt.person_id)
    covering = working.alias(
        above=ExpressionWrapper(OuterRef("organisation__path"), output_field=CharField())
    ).filter(organisation__path__startswith=F("above"))
    roles = RoleAssignment.objects.active(on=on).filter(
        Q(Exists(covering)) | ~Q(Exists(working)), role=Role.EXAMINER
    )
    communities = working.filter(organisation__kind=OrganisationKind.COMMUNITY).values("organisation")
    colleagues = Membership.objects.active(on=on).filter(organisation__in=communities)
    accompanying = ScopeGrant.objects.active(at=at).filter(subject=attempt.person_id)
    marks = Mark.objects.filter(answer__attempt=attempt)
    return (
        Person.objects.filter(pk__in=roles.values("person"))
        .exclude(pk=attempt.person_id)
        .exclude(pk__in=accompanying.values("viewer"))
        .exclude(pk__in=colleagues.values("person"))
        .exclude(pk__in=marks.values("marked_by"))
    )
