"""The nightly reconciliation: what a lost message or a killed worker left behind, named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from assessments.exams.settings import Grading
from assessments.models import Attempt, AttemptStatus
from assessments.schemes.reviewing import unexplained
from assessments.sittings.journal import receipt_for
from assessments.sittings.receipts import first_break
from certificates import consistency as certificates
from competencies.models import Evidence, EvidenceKind
from core.models import AuditEntry
from mentoring.models import Pairing, PairingStatus
from people.models import ScopeGrant
from simulations.models import Playthrough, RunJudgement

SEAL_WITHIN = timedelta(minutes=5)
HAND_IN_WITHIN = timedelta(minutes=10)
RECEIPTS_OF = timedelta(days=2)
REVIEWS_OF = timedelta(days=7)


def findings(*, now: datetime) -> list[str]:
    """Every inconsistency as one sentence with the ids a person needs; empty when all is well."""
    return [
        *_finished_without_evidence(),
        *_judged_otherwise(),
        *_never_handed_in(now),
        *_broken_receipts(now),
        *_grants_without_pairing(),
        *_unsealed(now),
        *_unexplained_decisions(now),
        *(f"{found.kind}: {found.where}" for found in certificates.findings(now=now)),
    ]


def _finished_without_evidence() -> Iterator[str]:
    keys = Evidence.objects.values_list("source_key", flat=True)
    known = {
        ":".join(key.split(":")[:2]) for key in keys
    }  # a rescored attempt's row has its result's number besides
    for pk in _complete_attempts_that_count():
        if f"attempt:{pk}" not in known:
            yield f"attempt {pk} is complete but left no evidence"
    finished = Playthrough.objects.exclude(finished_at=None).filter(
        replay_of=None
    )  # practice from a point counts for nothing
    for pk in finished.values_list("pk", flat=True):
        if f"playthrough:{pk}" not in known:
            yield f"playthrough {pk} is finished but left no evidence"


def _judged_otherwise() -> Iterator[str]:
    """Runs that a regrade judged: outcome, newest judgement and ledger have to say the same."""
    newest = RunJudgement.objects.filter(playthrough=OuterRef("pk"), version=OuterRef("judged_by")).order_by(
        "-pk"
    )
    judged = Playthrough.objects.exclude(judged_by=None).annotate(
        judged_total=Subquery(newest.values("total")[:1])
    )
    rows = dict(
        Evidence.objects.standing()
        .filter(source_key__startswith="playthrough:")
        .values_list("source_key", "version_hash")
    )
    standing = {key.split(":")[1]: version_hash for key, version_hash in rows.items()}
    for pk, total, said, version_hash in judged.values_list(
        "pk", "total", "judged_total", "judged_by__content_hash"
    ):
        if total != said:
            yield f"playthrough {pk} stands at {total:.1f}, but its newest judgement says {said:.1f}"
        elif standing.get(str(pk), version_hash) != version_hash:
            yield f"playthrough {pk} was judged again, but the ledger still says what it came to before"


def _complete_attempts_that_count() -> Iterator[UUID]:
    """Those that must stand in the ledger, each for itself, or some other of that person and exam for them."""
    credited = set(
        Evidence.objects.filter(kind=EvidenceKind.EXAM).values_list("person_id", "subject__key").distinct()
    )
    scored = Attempt.objects.filter(
        status=AttemptStatus.COMPLETE, exam_version__document__practice__isnull=True
    )
    counting = scored.filter(exam_version__document__rehearsal__isnull=True)
    grading = F("exam_version__document__grading")
    for pk, person_id, key, method in counting.values_list("pk", "person_id", "exam_key", grading):
        stands_alone = method in (None, Grading.BEST)
        if stands_alone or (person_id, key) not in credited:
            yield pk


def _never_handed_in(now: datetime) -> Iterator[str]:
    over = Attempt.objects.filter(status=AttemptStatus.OPEN, deadline_at__lt=now - HAND_IN_WITHIN)
    for pk in over.values_list("pk", flat=True):
        yield f"attempt {pk} is over but was never handed in: is the worker running?"


def _broken_receipts(now: datetime) -> Iterator[str]:
    for pk in Attempt.objects.filter(submitted_at__gte=now - RECEIPTS_OF).values_list("pk", flat=True):
        bad = first_break(receipt_for(pk))
        if bad is not None:
            yield f"attempt {pk}: entry {bad} of its receipt does not follow on the one before"


def _grants_without_pairing() -> Iterator[str]:
    active = set(Pairing.objects.filter(status=PairingStatus.ACTIVE).values_list("agreement_no", flat=True))
    open_grants = ScopeGrant.objects.filter(kind="pairing", until_at=None).values_list("pk", "reason")
    for pk, reason in open_grants:
        if reason not in active:
            yield f"grant {pk} is open although pairing {reason} is not active"


def _unexplained_decisions(now: datetime) -> Iterator[str]:
    for each in unexplained(since=now - REVIEWS_OF):
        yield (
            f"decision {each['decision']} of person {each['person']} on scheme {each['scheme']} differs from the one "
            "before, although neither evidence nor scheme nor time explains it"
        )


def _unsealed(now: datetime) -> Iterator[str]:
    late = AuditEntry.objects.filter(seal=None, at__lt=now - SEAL_WITHIN).count()
    if late:
        yield f"{late} audit entries have waited more than five minutes for the sealer"
