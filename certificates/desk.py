"""What lies on the desk of those who issue: batches on their way, and people who could stand in the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from assessments.models import Decision, SchemeVersion
from certificates.authority import ISSUING_ROLES, within_paths
from certificates.models import (
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateBatch,
    EventKind,
    NameConfirmation,
    RowState,
)
from certificates.queries import names_holding_up
from people.models import Membership, Organisation, Person, RoleAssignment


@dataclass(frozen=True)
class BatchOnDesk:
    """A batch that somebody must do something about. `own`: the viewer proposed it."""

    pk: int
    title: str
    scheme_title: str
    waiting: bool
    own: bool
    ready: int
    quarantined: int
    failed: int


@dataclass(frozen=True)
class Candidates:
    """How many people meet a scheme, stand in no batch yet, and whose name is not being settled."""

    scheme_key: str
    scheme_title: str
    count: int


def issuing_scopes(viewer: Person, *, on: date) -> tuple[Organisation, ...]:
    """The organisations the viewer's issuing roles cover, the highest first. One query."""
    held = RoleAssignment.objects.active(on=on).filter(person=viewer, role__in=ISSUING_ROLES)
    scopes = {assignment.organisation for assignment in held.select_related("organisation")}
    return tuple(sorted(scopes, key=lambda organisation: (organisation.depth, organisation.path)))


def batches_on_desk(viewer: Person, scopes: tuple[Organisation, ...]) -> tuple[BatchOnDesk, ...]:
    """Batches of these organisations that wait for approval or have rows that failed, the oldest first. One query."""
    paths = [organisation.path for organisation in scopes]
    rows: QuerySet[Any] = CertificateBatch.objects.filter(within_paths("organisation__path", paths)).annotate(
        ready=_rows(RowState.READY), quarantined=_rows(RowState.QUARANTINED), failed=_rows(RowState.FAILED)
    )
    open_ones = rows.filter(Q(status=BatchStatus.PROPOSED) | Q(failed__gt=0)).select_related("scheme_version")
    return tuple(
        BatchOnDesk(
            pk=row.pk,
            title=row.title,
            scheme_title=row.scheme_version.title,
            waiting=row.status == BatchStatus.PROPOSED,
            own=row.proposed_by_id == viewer.pk,
            ready=row.ready,
            quarantined=row.quarantined,
            failed=row.failed,
        )
        for row in open_ones.order_by("proposed_at", "pk")
    )


def candidates_on_desk(scopes: tuple[Organisation, ...], *, on: date) -> tuple[Candidates, ...]:
    """By scheme, who met it at the last decision, works in these organisations, was never given its certificate or
    saw it expire, stands in no batch under way, and has no name to settle first. One query.

    Whose certificate was taken back is proposed again by somebody who means it, not because a list asks for it.
    """
    paths = [organisation.path for organisation in scopes]
    members = Membership.objects.active(on=on).filter(within_paths("organisation__path", paths))
    last = Decision.objects.filter(
        person=OuterRef("person"), scheme_version=OuterRef("scheme_version")
    ).order_by("-pk")
    met = (
        Decision.objects.filter(
            met=True,
            pk=Subquery(last.values("pk")[:1]),
            scheme_version__in=SchemeVersion.objects.newest(),
            person__in=members.values("person"),
        )
        .exclude(Exists(_given(on)))
        .exclude(Exists(_under_way()))
        .exclude(Exists(_name_held_up(on)))
    )
    counted = met.values_list("scheme_version__key", "scheme_version__title").annotate(Count("person"))
    return tuple(Candidates(*row) for row in counted.order_by("scheme_version__title"))


def _rows(state: RowState) -> Count:
    return Count("rows", filter=Q(rows__state=state))


def _given(on: date) -> QuerySet[Certificate]:
    return (
        Certificate.objects.filter(
            person=OuterRef("person"), scheme_version__key=OuterRef("scheme_version__key")
        )
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .exclude(events__kind=EventKind.VOIDED)
    )


def _under_way() -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(
        person=OuterRef("person"),
        batch__scheme_version__key=OuterRef("scheme_version__key"),
        batch__status__in=[BatchStatus.PROPOSED, BatchStatus.APPROVED],
    )


def _name_held_up(on: date) -> QuerySet[NameConfirmation]:
    return names_holding_up(on=on).filter(
        person=OuterRef("person"), scheme_key=OuterRef("scheme_version__key")
    )
