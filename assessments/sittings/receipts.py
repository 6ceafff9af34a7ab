"""The chain behind a candidate's receipt: anybody can compute it again, with nothing but SHA-256 and JSON.

Canonical JSON is UTF-8 with sorted keys, no spaces, and no escapes for letters (`core.hashing.canonical_json`).

1. The digest of a response is the SHA-256 of its canonical JSON; an answer that was taken back is `null`.
2. The chain starts with the SHA-256 of the canonical JSON of {"attempt": "<the attempt's UUID, lower case>"}.
3. Each acknowledged save adds a link, numbered from 1: the SHA-256 of the canonical JSON of {"digest", "number",
   "previous", "saved_at", "sequence", "slot"}, where `previous` is the hash before, `slot` the question's place on the
   paper, `sequence` the number of the save, and `saved_at` the server's time in UTC with six digits after the second,
   as in 2026-11-22T12:00:00.000000+00:00.

So whoever holds the last hash can prove every save before it: none can be changed, removed or slipped in afterwards
without that hash changing. All hashes are written in 64 lower-case hexadecimal digits. Nothing here knows of Django.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.hashing import content_hash

FORMAT = "qinglan receipt 1"
SHORT = 16


class NotAReceipt(ValueError):
    """The text is no receipt of ours."""


@dataclass(frozen=True)
class Link:
    """One acknowledged save. `saved_at` is text as the chain has it."""

    number: int
    slot: int
    sequence: int
    digest: str
    saved_at: str
    hash: str

    @property
    def short(self) -> str:
        """The first 16 digits of the hash, which the server says with each save."""
        return self.hash[:SHORT]


@dataclass(frozen=True)
class Receipt:
    """What a candidate keeps: the links of one attempt in order; `final` is the last hash, or the chain's start."""

    attempt: str
    links: tuple[Link, ...]
    final: str

    def as_json(self) -> dict[str, Any]:
        """The file, but for what is in it for people only."""
        entries = [asdict(link) for link in self.links]
        return {"format": FORMAT, "attempt": self.attempt, "entries": entries, "final": self.final}


def digest_of(response: Any) -> str:
    """The digest of a response. Raises TypeError for what has no canonical form, such as a float."""
    return content_hash(response)


def start_of(attempt_id: UUID | str) -> str:
    """Where the chain of an attempt starts."""
    return content_hash({"attempt": str(attempt_id)})


def as_moment(at: datetime) -> str:
    """A moment as the chain writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link(*, previous: str, number: int, slot: int, sequence: int, digest: str, saved_at: str) -> Link:
    """The link that follows on `previous`."""
    said = {"number": number, "slot": slot, "sequence": sequence, "digest": digest, "saved_at": saved_at}
    return Link(**said, hash=content_hash({**said, "previous": previous}))  # type: ignore[arg-type]


def receipt_of(attempt_id: UUID | str, links: Iterable[Link]) -> Receipt:
    """The receipt for these links."""
    given = tuple(links)
    return Receipt(str(attempt_id), given, given[-1].hash if given else start_of(attempt_id))


def first_break(receipt: Receipt) -> int | None:
    """The number of the first link that does not follow on the one before; one past the last where only the final
    hash is wrong; None when all is whole."""
    previous = start_of(receipt.attempt)
    for number, given in enumerate(receipt.links, start=1):
        said = {
            "slot": given.slot,
            "sequence": given.sequence,
            "digest": given.digest,
            "saved_at": given.saved_at,
        }
        if given != link(previous=previous, number=number, **said):  # type: ignore[arg-type]
            return number
        previous = given.hash
    return None if receipt.final == previous else len(receipt.links) + 1


def read_receipt(text: str) -> Receipt:
    """A receipt from its file. Raises NotAReceipt."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise NotAReceipt(str(said["format"]))
        links = tuple(_read_link(entry) for entry in said["entries"])
        return Receipt(str(UUID(said["attempt"])), links, str(said["final"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAReceipt(str(error)) from error


def _read_link(said: Mapping[str, Any]) -> Link:
    numbers = {name: said[name] for name in ("number", "slot", "sequence")}
    texts = {name: said[name] for name in ("digest", "saved_at", "hash")}
    if not all(type(each) is int for each in numbers.values()):
        raise NotAReceipt("a number is none")
    if not all(isinstance(each, str) for each in texts.values()):
        raise NotAReceipt("a hash is none")
    return Link(**numbers, **texts)
