"""Telling a slow machine from a slow algorithm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

SECONDS = 30


@contextmanager
def soon() -> Iterator[None]:
    """faults.md row 51. What grows with the square of a megabyte takes hours, what grows with it a moment: the limit
    lies far from both, so that a busy machine fails nothing."""
    began = process_time()
    yield
    assert process_time() - began < SECONDS
