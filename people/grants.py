"""Scope grants: written and ended by the room that has the reason, in that room's own transaction."""

from __future__ import annotations

from datetime import datetime

from people.models import Person, ScopeGrant


def open_grant(*, viewer: Person, subject: Person, kind: str, reason: str, now: datetime) -> ScopeGrant:
    """Let `viewer` see `subject` from now on; the open grant when there is one for the same reason."""
    grant, _created = ScopeGrant.objects.get_or_create(
        viewer=viewer, subject=subject, kind=kind, reason=reason, until_at=None, defaults={"since_at": now}
    )
    return grant


def end_grants(*, kind: str, reason: str, now: datetime) -> int:
    """End every open grant given for this reason; access ends at once. Returns how many ended."""
    return ScopeGrant.objects.filter(kind=kind, reason=reason, until_at=None).update(until_at=now)
