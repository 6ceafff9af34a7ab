"""The nightly reconciliation: what a lost message or a killed worker left behind, named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from assessments.models import Attempt, AttemptStatus
from certificates import consistency as certificates
from competencies.models import Evidence
from core.models import AuditEntry
from mentoring.models import Pairing, PairingStatus
from people.models import ScopeGrant
from simulations.models import Playthrough

SEAL_WITHIN = timedelta(minutes=5)


def findings(*, now: datetime) -> list[str]:
    """Every inconsistency as one sentence with the ids a person needs; empty when all is well."""
    return [
        *_finished_without_evidence(),
        *_grants_without_pairing(),
        *_unsealed(now),
        *(f"{found.kind}: {found.where}" for found in certificates.findings(now=now)),
    ]


def _finished_without_evidence() -> Iterator[str]:
    known = set(Evidence.objects.values_list("source_key", flat=True))
    counting = Attempt.objects.filter(exam_version__document__practice__isnull=True)
    for pk in counting.filter(status=AttemptStatus.COMPLETE).values_list("pk", flat=True):
        if f"attempt:{pk}" not in known:
            yield f"attempt {pk} is complete but left no evidence"
    for pk in Playthrough.objects.exclude(finished_at=None).values_list("pk", flat=True):
        if f"playthrough:{pk}" not in known:
            yield f"playthrough {pk} is finished but left no evidence"


def _grants_without_pairing() -> Iterator[str]:
    active = set(Pairing.objects.filter(status=PairingStatus.ACTIVE).values_list("agreement_no", flat=True))
    open_grants = ScopeGrant.objects.filter(kind="pairing", until_at=None).values_list("pk", "reason")
    for pk, reason in open_grants:
        if reason not in active:
            yield f"grant {pk} is open although pairing {reason} is not active"


def _unsealed(now: datetime) -> Iterator[str]:
    late = AuditEntry.objects.filter(seal=None, at__lt=now - SEAL_WITHIN).count()
    if late:
        yield f"{late} audit entries have waited more than five minutes for the sealer"
