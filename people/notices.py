"""The inbox: short news with a link to the place where something can be done about it."""

from __future__ import annotations

from datetime import datetime

from people.models import Notice, Person


def send_notice(
    *, recipient: Person, title: str, source_key: str, now: datetime, body: str = "", url: str = ""
) -> Notice:
    """Put a notice into an inbox once: the same `source_key` never arrives twice."""
    notice, _created = Notice.objects.get_or_create(
        source_key=source_key,
        defaults={"recipient": recipient, "title": title, "body": body, "url": url, "sent_at": now},
    )
    return notice


def mark_read(*, recipient: Person, now: datetime) -> int:
    """Mark the whole inbox read; returns how many notices were new."""
    return Notice.objects.filter(recipient=recipient, read_at=None).update(read_at=now)
