"""Certificates in force whose ground is gone: the scheme was met, and under the same rules it is met no longer.

A regrade, a withdrawal or a correction does that. Nothing happens to a certificate by itself: `cases` opens one for
each, and a person decides. Evidence that merely grew old is no such case: validity and renewal look after that; nor
are new rules, which change nothing about certificates given under the old ones. What was looked at and kept is settled
for the decision it was about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from assessments import deciding
from assessments.considering import Considered
from assessments.models import Decision
from assessments.standings import SchemeStanding, standings_of
from certificates.models import CaseOutcome, Certificate, CertificateCase, CertificateEvent, EventKind

ENDED = (EventKind.REVOKED, EventKind.SUPERSEDED, EventKind.VOIDED)


@dataclass(frozen=True)
class GroundLost:
    """A certificate without ground, and the decision that took it away."""

    certificate_id: int
    decision_id: int


@dataclass(frozen=True)
class Comparison:
    """What a certificate rested on, and how its scheme stands by a later decision."""

    before: SchemeStanding
    now: SchemeStanding
    decided_at: datetime


def grounds_lost(*, on: date, people: Iterable[UUID] | None = None) -> list[GroundLost]:
    """Certificates of these people (default: all) that lost their ground and were not looked at, the longest waiting
    first. One query; proofs are read only of decisions that were lost."""
    certificates = Certificate.objects.all()
    if people is not None:
        certificates = certificates.filter(person__in=list(people))
    found = (
        _without_ground(certificates, on).order_by("lost_at", "pk").values_list("pk", "lost", "lost_proof")
    )
    return [GroundLost(pk, lost) for pk, lost, proof in found.iterator() if not _is_by_age(proof)]


def ground_lost(certificate: Certificate, *, on: date) -> Comparison | None:
    """Both decisions where this certificate has lost its ground and nobody said that it stays, else None. One query,
    three where it has."""
    found = _without_ground(Certificate.objects.filter(pk=certificate.pk), on).first()
    if found is None or _is_by_age(found.lost_proof):
        return None
    newest = Decision.objects.select_related("scheme_version").filter(
        person=certificate.person_id, scheme_version__key=certificate.scheme_version.key
    )
    return compare(certificate, newest.latest("pk"))


def compare(certificate: Certificate, decision: Decision) -> Comparison:
    """What the certificate rested on beside another decision about its holder. One query."""
    rested_on = Decision.objects.select_related("scheme_version").get(pk=certificate.decision_id)
    return Comparison(_standing(rested_on), _standing(decision), decision.decided_at)


def _without_ground(certificates: QuerySet[Certificate], on: date) -> QuerySet[Any]:
    """With `lost`, `lost_at` and `lost_proof` of the first decision that followed the last yes about the holder."""
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
            lost=Subquery(lost.values("pk")[:1]),
            lost_at=Subquery(lost.values("decided_at")[:1]),
            lost_proof=Subquery(lost.values("proof")[:1]),
        )
        .exclude(Exists(_looked_at()))
        .defer("scheme_version__definition")
    )


def _looked_at() -> QuerySet[CertificateCase]:
    """Cases about the same decision that left this certificate, or the one it corrected, as it was."""
    same = Q(certificate=OuterRef("pk")) | Q(
        certificate__person=OuterRef("person"), certificate__events__kind=EventKind.SUPERSEDED
    )
    return CertificateCase.objects.filter(same, decision=OuterRef("lost"), outcome=CaseOutcome.KEPT)


def _is_by_age(proof: dict[str, Any]) -> bool:
    """Whether everything that is missing was there once and grew too old."""
    decision = deciding.Decision.from_json(proof)
    aged = {node.rule for node in decision.tree.leaves() if node.too_old}
    return bool(aged) and {each.rule for each in decision.missing} <= aged


def _standing(decision: Decision) -> SchemeStanding:
    """As it was recorded. Leads nowhere: the steps are the holder's, not the reader's."""
    stored = Considered(decision.scheme_version, deciding.Decision.from_json(decision.proof))
    return standings_of([stored], address_of=lambda kind, key: "")[0]
