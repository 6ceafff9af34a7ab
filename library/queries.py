"""Reads of the library that other rooms share."""

from __future__ import annotations

from library.models import PolicyClause


def chain(key: str) -> tuple[PolicyClause, ...]:
    """The clauses of a chain, central first; empty for an unknown key. One query."""
    return tuple(PolicyClause.objects.filter(links__chain__key=key).order_by("links__sort_order"))
