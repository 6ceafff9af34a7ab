"""A certificate is evidence too, for schemes that ask for one: it stands in the ledger while it is neither suspended,
revoked nor superseded. That it runs out is left to the rules that read it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from certificates.models import Certificate
from competencies.ledger import record_evidence, register_subject, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, SubjectKind


def evidence_key(certificate: Certificate) -> str:
    """Source key of the evidence that a certificate is; what follows a colon after it concerns the same."""
    return f"certificate:{certificate.serial}"


def evidence_of(certificate: Certificate) -> QuerySet[Evidence]:
    """What the ledger says by this certificate, whether it still stands or not."""
    key = evidence_key(certificate)
    rows = Evidence.objects.filter(Q(source_key=key) | Q(source_key__startswith=f"{key}:"))
    return rows.filter(withdrawn=False).order_by("pk")


def standing_evidence_of(certificate: Certificate) -> Evidence | None:
    """The row that speaks for this certificate now."""
    return evidence_of(certificate).filter(superseded_by=None).first()


def put_into_ledger(certificate: Certificate, *, now: datetime) -> Evidence:
    """Record the certificate as evidence; the row that stands already. After a suspension it counts from the day on
    which it was handed out first."""
    standing, first = standing_evidence_of(certificate), evidence_of(certificate).first()
    if standing:
        return standing
    scheme, key = certificate.scheme_version, evidence_key(certificate)
    subject = register_subject(
        kind=SubjectKind.CERTIFICATE, key=scheme.key, title=f"{certificate.title}：{scheme.title}"
    )
    return record_evidence(
        person=certificate.person,
        subject=subject,
        kind=EvidenceKind.CERTIFICATE,
        version_hash=scheme.content_hash,
        source_key=f"{key}:restored:{evidence_of(certificate).count()}" if first else key,
        occurred_at=first.occurred_at if first else now,
        now=now,
    )


def take_out_of_ledger(certificate: Certificate, *, why: str, now: datetime) -> Evidence | None:
    """Withdraw the evidence that stands; None where none does. `why` is a code and ends the source key."""
    standing = standing_evidence_of(certificate)
    if standing is None:
        return None
    return withdraw_evidence(evidence=standing, source_key=f"{standing.source_key}:{why}", now=now)
