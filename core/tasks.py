"""Celery entry points of the foundations."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core import audit, once


@shared_task(name="core.seal_audit_entries")
def seal_audit_entries() -> int:
    """Chain what was written since the last run."""
    return audit.seal_pending()


@shared_task(name="core.forget_old_keys")
def forget_old_keys() -> int:
    """Delete the idempotency keys of a month ago."""
    return once.forget_old_keys(now=timezone.now())
