"""What may still happen to a certificate, by how it stands; total, and tested against both enums.

Revoked, superseded and voided are ends: nothing follows, so none of them is ever valid again. What has expired is not
suspended, since there is nothing left to hold back; it can still be revoked, since a reader of the old paper asks
whether it was honestly earned. What is suspended is settled first: restored or revoked, and corrected after that.
"""

from __future__ import annotations

from certificates.models import EventKind, LeafKind
from certificates.standing import Standing

IN_FORCE = frozenset({EventKind.SUSPENDED, EventKind.SUPERSEDED, EventKind.REVOKED})

LIFE: dict[Standing, frozenset[EventKind]] = {
    Standing.UNRELEASED: frozenset({EventKind.RELEASED, EventKind.VOIDED}),
    Standing.NOT_YET_VALID: IN_FORCE,
    Standing.VALID: IN_FORCE,
    Standing.SUSPENDED: frozenset({EventKind.RESTORED, EventKind.REVOKED}),
    Standing.EXPIRED: frozenset({EventKind.REVOKED}),
    Standing.REVOKED: frozenset(),
    Standing.SUPERSEDED: frozenset(),
    Standing.VOIDED: frozenset(),
}

# What the log says of each; a release is not logged again, the number was when it was taken.
LEAVES: dict[EventKind, LeafKind | None] = {
    EventKind.ISSUED: LeafKind.ISSUE,
    EventKind.RELEASED: None,
    EventKind.REVOKED: LeafKind.REVOKE,
    EventKind.SUSPENDED: LeafKind.SUSPEND,
    EventKind.RESTORED: LeafKind.RESTORE,
    EventKind.SUPERSEDED: LeafKind.SUPERSEDE,
    EventKind.VOIDED: LeafKind.VOID,
}


def may_follow(standing: Standing, kind: EventKind) -> bool:
    """Whether this may happen to a certificate that stands like this."""
    return kind in LIFE[standing]
