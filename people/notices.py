"""The inbox: short news with a link to the place where something can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

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


def send_notices(notices: Iterable[Notice]) -> int:
    """Put several notices into inboxes at once, each as `send_notice` would; returns how many were new. Two queries."""
    wanted = {notice.source_key: notice for notice in notices}
    known = set(Notice.objects.filter(source_key__in=wanted).values_list("source_key", flat=True))
    new = [notice for key, notice in wanted.items() if key not in known]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def open_notice(*, pk: int, recipient: Person, now: datetime) -> Notice | None:
    """The notice with this number in this inbox, read from now on; None where it holds no such notice."""
    Notice.objects.filter(pk=pk, recipient=recipient, read_at=None).update(read_at=now)
    return Notice.objects.filter(pk=pk, recipient=recipient).first()


def settle_notices(*, source_key: str, now: datetime) -> int:
    """What was asked by this notice, or by any whose key goes on after a colon, is done: it counts as read."""
    asked = Notice.objects.filter(Q(source_key=source_key) | Q(source_key__startswith=f"{source_key}:"))
    return asked.filter(read_at=None).update(read_at=now)


def mark_read(*, recipient: Person, now: datetime) -> int:
    """Mark the whole inbox read; returns how many notices were new."""
    return Notice.objects.filter(recipient=recipient, read_at=None).update(read_at=now)
