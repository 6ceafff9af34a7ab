"""What a regrade does beyond results: to decisions and to certificates.

Certificates live above this floor. Whoever knows them registers a reader at start-up with `register_effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.models import Regrade
from people.models import Person


@dataclass(frozen=True)
class DecisionLine:
    """A decision that comes out differently: whose, of which scheme, and whether it would be met."""

    candidate: str
    scheme: str
    met: bool


@dataclass(frozen=True)
class CertificateLine:
    """A certificate whose decision no longer holds. `note` says what a person may do, `url` leads there, "" for a
    reader who may not."""

    serial: str
    candidate: str
    scheme: str
    note: str
    url: str = ""


@dataclass(frozen=True)
class Effects:
    """`sentence` says it all in one: 第 17 题作废将改变 3 张证书的结论. `shown` decisions of `count` are listed, those
    of certificates first."""

    sentence: str
    certificates: Sequence[CertificateLine]
    decisions: Sequence[DecisionLine]
    count: int
    gained: int
    lost: int


Reader = Callable[[Regrade, Person, datetime], Effects]
_readers: list[Reader] = []


def register_effects(read: Reader) -> None:
    """Called once at start-up by the room that knows certificates."""
    _readers.append(read)


def effects_of(regrade: Regrade, viewer: Person, *, at: datetime) -> Effects | None:
    """What the dry run found, for this reader; None where nobody can tell."""
    return next((read(regrade, viewer, at) for read in _readers), None)
