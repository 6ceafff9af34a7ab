"""Celery entry points of the foundations."""

from __future__ import annotations

from celery import shared_task

from core import audit


@shared_task(name="core.seal_audit_entries")
def seal_audit_entries() -> int:
    """Chain what was written since the last run."""
    return audit.seal_pending()
