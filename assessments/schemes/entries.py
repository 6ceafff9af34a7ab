"""What administrators entered by hand, read back: the newest entries, who made them and who took them back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from assessments.models import SchemeVersion
from assessments.schemes.recognising import OURS, WithdrawalReason
from competencies.models import Evidence, Subject, SubjectKind
from core.models import AuditEntry
from people.accounts import names_of
from people.models import Person, Role
from people.scope import people_overseen_by

PRACTISED = (SubjectKind.COURSE, SubjectKind.SCENARIO, SubjectKind.WORKSHOP)


@dataclass(frozen=True)
class Entry:
    """A row of the list; names are empty where the person was erased, `reason` where the entry stands."""

    evidence: Evidence
    entered_by: str
    is_withdrawn: bool
    withdrawn_by: str
    reason: str
    is_own: bool


def people_enterable_by(administrator: Person, *, at: datetime) -> QuerySet[Person]:
    """Whom this administrator may make entries about: their part of the organisation, never themselves; lazy."""
    overseen = people_overseen_by(administrator, roles=[Role.ADMINISTRATOR], at=at)
    return overseen.exclude(pk=administrator.pk)


def entries_overseen_by(administrator: Person, *, at: datetime) -> QuerySet[Evidence]:
    """What was entered by hand about people in this administrator's part of the tree, the newest first; lazy."""
    by_hand = Q()
    for kind, prefix in OURS.items():
        by_hand |= Q(kind=kind, source_key__startswith=prefix)
    overseen = people_overseen_by(administrator, roles=[Role.ADMINISTRATOR], at=at)
    rows = Evidence.objects.filter(by_hand, person__in=overseen.values("pk"), withdrawn=False)
    return rows.select_related("person__account", "subject", "superseded_by").order_by("-recorded_at", "-pk")


def told(rows: Collection[Evidence], *, viewer: Person) -> list[Entry]:
    """These rows with who made them and who took them back, as the trail has it. Two queries."""
    targets = {f"competencies.evidence:{row.pk}": row.pk for row in rows}
    trail = AuditEntry.objects.filter(target__in=targets)
    acts = {(targets[each.target], each.action == "evidence.withdrawn"): each for each in trail}
    names = names_of({UUID(each.actor) for each in acts.values()})
    return [_entry(row, acts, names, viewer) for row in rows]


def certificates_recognised() -> QuerySet[Subject]:
    """Kinds of certificates from elsewhere, by title; those issued here are not recognised."""
    ours = SchemeVersion.objects.values("key")
    return Subject.objects.filter(kind=SubjectKind.CERTIFICATE).exclude(key__in=ours).order_by("title", "key")


def practised() -> QuerySet[Subject]:
    """What hours of practice may be done for."""
    return Subject.objects.filter(kind__in=PRACTISED).order_by("kind", "title", "key")


def proposed_key() -> str:
    """A key for a new kind of certificate that none has yet."""
    taken = set(Subject.objects.filter(kind=SubjectKind.CERTIFICATE).values_list("key", flat=True))
    return next(key for number in range(1, len(taken) + 2) if (key := f"prior-{number}") not in taken)


def _entry(
    row: Evidence, acts: dict[tuple[int, bool], AuditEntry], names: dict[UUID, str], viewer: Person
) -> Entry:
    made, withdrawn = acts.get((row.pk, False)), acts.get((row.pk, True))
    return Entry(
        evidence=row,
        entered_by=names.get(UUID(made.actor), "") if made else "",
        is_withdrawn=hasattr(row, "superseded_by"),
        withdrawn_by=names.get(UUID(withdrawn.actor), "") if withdrawn else "",
        reason=str(WithdrawalReason(withdrawn.detail["reason"]).label) if withdrawn else "",
        is_own=row.person_id == viewer.pk,
    )
