"""The lines of a staff home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Row:
    """One thing that waits: `number` says how many ("3 人"). Without `asks` it waits for somebody else, and is told."""

    title: str
    note: str
    url: str = ""
    action: str = ""
    number: str = ""
    urgent: bool = False
    asks: bool = True


@dataclass(frozen=True)
class Group:
    """A kind of work. `teaching` says what will appear here and who makes it appear; "" hides the group while empty."""

    title: str | Promise
    teaching: str | Promise
    rows: Sequence[Row]
