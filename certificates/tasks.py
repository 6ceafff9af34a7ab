"""Celery entry points: each fetches by id and makes one call; any of them may be delivered any number of times."""

from __future__ import annotations

from celery import shared_task

from certificates import issuing
from certificates.models import BatchStatus, CertificateBatch


@shared_task(name="certificates.issue_batch")
def issue_batch(batch_id: int) -> bool:
    """Take an approved batch as far as it goes."""
    return issuing.issue_batch(batch=CertificateBatch.objects.get(pk=batch_id))


@shared_task(name="certificates.resume_batches")
def resume_batches() -> int:
    """Take up what a killed worker or a lost message left behind; returns how many batches were open."""
    approved = list(CertificateBatch.objects.filter(status=BatchStatus.APPROVED).order_by("pk"))
    for batch in approved:
        issuing.issue_batch(batch=batch)
    return len(approved)
