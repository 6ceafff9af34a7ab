"""The audit trail: entries are inserted unchained inside the writer's transaction; a sealer chains them later.

Chaining at once would make every writer in the system queue for the end of one chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from core.hashing import content_hash
from core.models import AuditEntry, AuditSeal

GENESIS = "0" * 64


class Actor(Protocol):
    """Whoever can be named in an audit entry: a Person."""

    @property
    def pk(self) -> UUID: ...


@dataclass(frozen=True)
class ChainReport:
    """Result of replaying the chain: how many entries are sealed, whether all match, where the first break is."""

    entries: int
    ok: bool
    first_bad: int | None
    unsealed: int


def record(*, action: str, target: str, by: Actor | None, now: datetime, **detail: Any) -> AuditEntry:
    """Write one audit entry in the current transaction. `by=None` means the system itself.

    `detail` values are codes, numbers and hashes, never names: the trail is not erasable.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit entry belongs in the transaction of the write it describes")
    actor = str(by.pk) if by else "system"
    return AuditEntry.objects.create(at=now, actor=actor, action=action, target=target, detail=detail)


def seal_pending(*, limit: int = 5_000) -> int:
    """Chain the entries that have no seal yet, oldest first; returns how many. Safe to run twice at once:
    positions are unique, so the slower of two sealers fails and leaves the work to the faster."""
    with transaction.atomic():
        last = AuditSeal.objects.order_by("-position").first()
        position, previous = (last.position, last.digest) if last else (0, GENESIS)
        pending = AuditEntry.objects.filter(seal=None).order_by("id")[:limit]
        seals = []
        for entry in pending:
            position += 1
            digest = _digest(entry, previous)
            seals.append(AuditSeal(position=position, entry=entry, previous=previous, digest=digest))
            previous = digest
        AuditSeal.objects.bulk_create(seals)
    return len(seals)


def verify_chain() -> ChainReport:
    """Recompute every link. `first_bad` is the position of the first seal that does not hold."""
    previous, count = GENESIS, 0
    for seal in AuditSeal.objects.select_related("entry").order_by("position").iterator():
        count += 1
        intact = seal.position == count and seal.previous == previous
        if not intact or seal.digest != _digest(seal.entry, previous):
            return ChainReport(count, False, seal.position, _unsealed())
        previous = seal.digest
    return ChainReport(count, True, None, _unsealed())


def _unsealed() -> int:
    return AuditEntry.objects.filter(seal=None).count()


def _digest(entry: AuditEntry, previous: str) -> str:
    return content_hash(
        {
            "previous": previous,
            "id": entry.pk,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "target": entry.target,
            "detail": entry.detail,
        }
    )
