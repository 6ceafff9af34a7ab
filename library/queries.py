"""Reads of the library that other rooms share."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from library.models import PolicyClause


def chain(key: str) -> tuple[PolicyClause, ...]:
    """The clauses of a chain, central first; empty for an unknown key. One query."""
    return tuple(PolicyClause.objects.filter(links__chain__key=key).order_by("links__sort_order"))


def clauses_to_review(*, by: date) -> QuerySet[PolicyClause]:
    """Clauses to be looked at again by this day or overdue already, the earliest first. One query.

    What was repealed is looked at no more.
    """
    return PolicyClause.objects.filter(review_by__lte=by, repealed_on=None).order_by("review_by", "key")
