"""Certificates in force whose ground is gone: the scheme was met, and under the same rules it is met no longer.

A regrade, a withdrawal or a correction does that. Nothing happens to a certificate by itself: staff are told, and
decide. Evidence that merely grew old is no such case: validity and renewal look after that; nor are new rules, which
change nothing about certificates given under the old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from assessments import deciding
from assessments.considering import Considered
from assessments.models import Decision
from assessments.standings import SchemeStanding, standings_of
from certificates.authority import within_paths
from certificates.models import Certificate, CertificateEvent, EventKind
from people.models import Person

ENDED = (EventKind.REVOKED, EventKind.SUPERSEDED, EventKind.VOIDED)


@dataclass(frozen=True)
class GroundLost:
    """A certificate without ground, and when that was decided."""

    serial: str
    holder_name: str
    scheme_title: str
    since: datetime


@dataclass(frozen=True)
class Comparison:
    """What a certificate rested on, and how its scheme stands by the newest decision."""

    before: SchemeStanding
    now: SchemeStanding
    decided_at: datetime


def grounds_lost(viewer: Person, paths: Sequence[str], *, on: date) -> tuple[GroundLost, ...]:
    """Cases in the organisations below these tree paths that the viewer may decide, the longest waiting first: not
    their own certificate. One query; proofs are read only of decisions that were lost."""
    within = Certificate.objects.filter(within_paths("batch_row__batch__organisation__path", list(paths)))
    cases = _without_ground(within.exclude(person=viewer), on).select_related("holder", "scheme_version")
    return tuple(
        GroundLost(
            serial=case.serial,
            holder_name=case.holder.printed_name if hasattr(case, "holder") else "",
            scheme_title=case.scheme_version.title,
            since=case.lost_at,
        )
        for case in cases.order_by("lost_at", "pk")
        if not _is_by_age(case.lost_proof)
    )


def ground_lost(certificate: Certificate, *, on: date) -> Comparison | None:
    """Both decisions where this certificate has lost its ground, else None. One query, three where it has."""
    case = _without_ground(Certificate.objects.filter(pk=certificate.pk), on).first()
    if case is None or _is_by_age(case.lost_proof):
        return None
    decisions = Decision.objects.select_related("scheme_version")
    newest = decisions.filter(
        person=certificate.person_id, scheme_version__key=certificate.scheme_version.key
    ).latest("pk")
    rested_on = decisions.get(pk=certificate.decision_id)
    return Comparison(_standing(rested_on), _standing(newest), newest.decided_at)


def _without_ground(certificates: QuerySet[Certificate], on: date) -> QuerySet[Any]:
    """With `lost_at` and `lost_proof` of the first decision that followed the last yes about the holder."""
    events = CertificateEvent.objects.filter(certificate=OuterRef("pk"))
    decisions = Decision.objects.filter(
        person=OuterRef("person"), scheme_version__key=OuterRef("scheme_version__key")
    )
    met = decisions.filter(met=True).order_by("-pk")
    lost = decisions.filter(pk__gt=OuterRef("met_last")).order_by("pk")
    return (
        certificates.filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(Exists(events.filter(kind=EventKind.RELEASED)))
        .exclude(Exists(events.filter(kind__in=ENDED)))
        .annotate(
            met_last=Subquery(met.values("pk")[:1]), met_rules=Subquery(met.values("scheme_version")[:1])
        )
        .annotate(lost_rules=Subquery(lost.values("scheme_version")[:1]))
        .filter(lost_rules=F("met_rules"))
        .annotate(
            lost_at=Subquery(lost.values("decided_at")[:1]), lost_proof=Subquery(lost.values("proof")[:1])
        )
        .defer("scheme_version__definition")
    )


def _is_by_age(proof: dict[str, Any]) -> bool:
    """Whether everything that is missing was there once and grew too old."""
    decision = deciding.Decision.from_json(proof)
    aged = {node.rule for node in decision.tree.leaves() if node.too_old}
    return bool(aged) and {each.rule for each in decision.missing} <= aged


def _standing(decision: Decision) -> SchemeStanding:
    """As it was recorded. Leads nowhere: the steps are the holder's, not the reader's."""
    stored = Considered(decision.scheme_version, deciding.Decision.from_json(decision.proof))
    return standings_of([stored], address_of=lambda kind, key: "")[0]
