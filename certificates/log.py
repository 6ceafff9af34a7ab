"""The transparency log: what was issued, revoked and voided, in one order that cannot be rewritten unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from certificates.models import Certificate, Checkpoint, LeafKind, LogHead, LogLeaf
from certificates.transparency import Frontier, leaf_hash
from core.hashing import canonical_json


@dataclass(frozen=True)
class LogReport:
    """Result of replaying the log: number of leaves, whether all holds, the index of the first that does not."""

    entries: int
    ok: bool
    first_bad: int | None


def entry(*, kind: str, serial: str, digest: str, at: datetime) -> bytes:
    """The bytes a leaf hash covers."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical_json({"kind": kind, "serial": serial, "digest": digest, "at": moment})


def append_leaf(*, certificate: Certificate, kind: LeafKind, now: datetime) -> LogLeaf:
    """Add an entry at the end, in the transaction of what it records. Writers queue for the log's head."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a log entry belongs in the transaction of what it records")
    head = _locked_head()
    hashed = leaf_hash(
        entry(kind=kind, serial=certificate.serial, digest=certificate.credential_hash, at=now)
    )
    leaf = LogLeaf.objects.create(
        index=head.size,
        kind=kind,
        certificate=certificate,
        digest=certificate.credential_hash,
        at=now,
        leaf_hash=hashed.hex(),
    )
    _store(head, _frontier(head).append(hashed))
    return leaf


@transaction.atomic
def write_checkpoint(*, now: datetime) -> Checkpoint | None:
    """Fix the head of the log as it is; the checkpoint that already does so; None while the log is empty."""
    head = _locked_head()
    if head.size == 0:
        return None
    existing = Checkpoint.objects.filter(size=head.size).first()
    if existing:
        return existing
    return Checkpoint.objects.create(size=head.size, root_hash=_frontier(head).root().hex(), at=now)


def is_covered(leaf: LogLeaf) -> bool:
    """Whether a checkpoint fixes this leaf. One query."""
    return Checkpoint.objects.filter(size__gt=leaf.index).exists()


def is_intact(leaf: LogLeaf) -> bool:
    """Whether the leaf says what its certificate says, and its hash covers that. Needs `leaf.certificate`."""
    return (
        leaf.digest == leaf.certificate.credential_hash
        and leaf.leaf_hash
        == leaf_hash(
            entry(kind=leaf.kind, serial=leaf.certificate.serial, digest=leaf.digest, at=leaf.at)
        ).hex()
    )


def verify_log() -> LogReport:
    """Replay every leaf, comparing the root at each checkpoint's size, and the stored head at the end."""
    roots = dict(Checkpoint.objects.values_list("size", "root_hash"))
    frontier = Frontier()
    leaves = LogLeaf.objects.select_related("certificate").order_by("index")
    for leaf in leaves.iterator():
        if leaf.index != frontier.size or not is_intact(leaf):
            return LogReport(LogLeaf.objects.count(), False, frontier.size)
        frontier = frontier.append(bytes.fromhex(leaf.leaf_hash))
        promised = roots.pop(frontier.size, None)
        if promised is not None and promised != frontier.root().hex():
            return LogReport(LogLeaf.objects.count(), False, leaf.index)
    head = LogHead.objects.first() or LogHead()
    whole = not roots and _frontier(head) == frontier
    return LogReport(frontier.size, whole, None if whole else frontier.size)


def _locked_head() -> LogHead:
    LogHead.objects.get_or_create(pk=1)
    return LogHead.objects.select_for_update().get(pk=1)


def _frontier(head: LogHead) -> Frontier:
    return Frontier(head.size, tuple(bytes.fromhex(peak) for peak in head.peaks))


def _store(head: LogHead, frontier: Frontier) -> None:
    head.size, head.peaks = frontier.size, [peak.hex() for peak in frontier.peaks]
    head.save(update_fields=["size", "peaks"])
