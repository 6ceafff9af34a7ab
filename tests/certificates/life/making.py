"""Lives of certificates, lived through the operations."""

from __future__ import annotations

from datetime import datetime, timedelta

from assessments.decisions import reconsider
from certificates.batches import approve_batch
from certificates.correcting import propose_correction
from certificates.issuing import issue_batch
from certificates.models import Certificate, CertificateBatch, Reason
from certificates.suspending import suspend_certificate
from certificates.trials import try_batch
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from people.models import Person
from tests.certificates.making import NOW, someone_else

LATER = NOW + timedelta(hours=2)


def proposer_of(certificate: Certificate) -> Person:
    """Who proposed the batch a certificate came from."""
    return certificate.batch_row.batch.proposed_by


def go_through(batch: CertificateBatch, *, by: Person, now: datetime = LATER) -> None:
    """Try, approve and issue a proposed batch."""
    try_batch(batch=batch, clock=lambda: now)
    ready = batch.rows.filter(state="ready").count()
    approve_batch(batch=batch, count=ready, by=by, now=now, enqueue=False)
    issue_batch(batch=batch, clock=lambda: now)


def propose(certificate: Certificate, *, now: datetime = LATER) -> CertificateBatch:
    """A correction proposed by whoever proposed the certificate."""
    by = proposer_of(certificate)
    return propose_correction(certificate=certificate, why="姓名有误", by=by, now=now)


def correct(certificate: Certificate, *, now: datetime = LATER) -> Certificate:
    """The certificate that took its place."""
    batch = propose(certificate, now=now)
    go_through(batch, by=someone_else(certificate), now=now)
    return Certificate.objects.get(batch_row__batch=batch)


def suspend(certificate: Certificate, *, now: datetime = LATER) -> None:
    by = someone_else(certificate)
    suspend_certificate(certificate=certificate, reason=Reason.UNDER_REVIEW, note="来信", by=by, now=now)


def lose_exam(certificate: Certificate, *, now: datetime = LATER) -> None:
    """As after a regrade: the exam speaks no longer, and it was decided again."""
    exam = Evidence.objects.standing().get(person=certificate.person, kind=EvidenceKind.EXAM)
    withdraw_evidence(evidence=exam, source_key=f"{exam.source_key}:withdrawn", now=now)
    reconsider(person=certificate.person, now=now)
