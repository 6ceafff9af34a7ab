"""What the press is asked for and what it gives: plain values that may travel to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: its name, media type, bytes, and what it is to the page (an AFRelationship of PDF/A-3:
    Source, Data, Alternative, Supplement)."""

    name: str
    media_type: str
    content: bytes
    relationship: str = "Data"


@dataclass(frozen=True)
class Offset:
    """Where everything is moved on preprinted blanks, in tenths of a millimetre to the right and down."""

    right: int = 0
    down: int = 0


@dataclass(frozen=True)
class Order:
    """One page to print, complete: whoever has the order needs no database.

    `context` is what theme.json promises its template, text ready to print; `pictures` are bytes by the names under
    which the template shows them (photo, seal, signature). `serial` and `address` go into the file's metadata,
    `made_at` is an ISO time. With `blanks` only what differs from person to person is printed, moved by it.
    """

    theme: str
    context: Mapping[str, Any]
    serial: str
    address: str
    made_at: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    blanks: Offset | None = None


@dataclass(frozen=True)
class Printed:
    """`pdf` as it may be handed out, whether the fast path printed it, and the fields (dotted names of the context,
    such as holder.name) whose text does not fit its box."""

    pdf: bytes
    fast: bool
    overflowing: tuple[str, ...] = ()


class PressError(Exception):
    """Nothing was printed: the theme is broken, the page too heavy, or it took too long."""
