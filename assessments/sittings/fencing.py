"""Which window of a sitting may write: the one that opened it last.

Opening the sitting page raises the attempt's fence; the page's token carries it. What an older window still sends is
kept beside the paper (`assessments.sittings.late`), so that a forgotten tab can never write over what came after it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from assessments.models import Attempt, AttemptStatus, EventKind
from assessments.sittings import journal
from core import audit
from core.hashing import sha256_hex


def login_hash(session_key: str) -> str:
    """What stands for a login in the journal: the SHA-256 of its session key, never the key itself."""
    return sha256_hex(session_key.encode())


def open_paper(*, attempt: Attempt, opened_from: str, now: datetime) -> Attempt:
    """Let this window be the one that writes; every older one is fenced. Gives the attempt with its new fence.

    `opened_from` is a `login_hash`. Another login or device than before goes into the journal and the audit trail.
    A sitting that was handed in is given back as it is.
    """
    with transaction.atomic():
        mine = Attempt.objects.select_for_update(of=("self",)).select_related("exam_version", "person")
        attempt = mine.get(pk=attempt.pk)
        if attempt.status != AttemptStatus.OPEN:
            return attempt
        before, window = attempt.opened_from, attempt.fence + 1
        Attempt.objects.filter(pk=attempt.pk).update(
            fence=F("fence") + 1, opened_from=opened_from, seen_at=now
        )
        journal.note(attempt, EventKind.OPENED, now=now, fence=window)
        if before and before != opened_from:
            journal.note(attempt, EventKind.MOVED, now=now, fence=window)
            target = f"assessments.attempt:{attempt.pk}"
            audit.record(action="attempt.moved", target=target, by=attempt.person, now=now, fence=window)
    attempt.fence, attempt.opened_from, attempt.seen_at = window, opened_from, now
    return attempt
