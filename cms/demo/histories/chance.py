"""Choices that look like chance and are none: each is a hash of its names, the same on every machine and Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def fraction(*names: object) -> float:
    """A number from 0 (included) to 1 (excluded) that belongs to these names."""
    digest = sha256("\x00".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def between(low: int, high: int, *names: object) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(fraction(*names) * (high - low + 1))


def pick(options: Sequence[T], *names: object) -> T:
    """One of the options."""
    return options[between(0, len(options) - 1, *names)]
