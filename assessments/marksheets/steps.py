"""The steps in the life of a file of marks, and what of it has still to be taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from assessments.models import IMPORT_TRANSITIONS, ImportStatus, MarkLine, MarkLineFate, MarkSheet
from core import audit
from people.models import Person

TAKEABLE = (MarkLineFate.NEW, MarkLineFate.CHANGED)


def due_lines(sheet: MarkSheet) -> QuerySet[MarkLine]:
    """What has still to be taken."""
    return sheet.lines.filter(fate__in=TAKEABLE, taken_at=None)


def move(sheet: MarkSheet, status: ImportStatus, now: datetime) -> None:
    """Save the next status of a locked sheet. Raises ValueError where there is no such step."""
    if status not in IMPORT_TRANSITIONS[ImportStatus(sheet.status)]:
        raise ValueError(f"a file of marks does not go from {sheet.status} to {status}")
    sheet.status, sheet.touched_at = status, now
    sheet.finished_at = now if status in (ImportStatus.DONE, ImportStatus.REFUSED) else None
    sheet.save(update_fields=["status", "problem", "touched_at", "finished_at"])


def record(action: str, sheet: MarkSheet, by: Person | None, now: datetime, **detail: Any) -> None:
    """One audit entry."""
    audit.record(action=action, target=f"assessments.mark_sheet:{sheet.pk}", by=by, now=now, **detail)
