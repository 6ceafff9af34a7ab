"""Database constraints that repeat across rooms, each named after its model by Django's own placeholders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q


def one_of(field: str, choices: Iterable[Any]) -> models.CheckConstraint:
    """`field` holds one of the values of a TextChoices enum (or any iterable of values)."""
    values = [getattr(choice, "value", choice) for choice in choices]
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}), name=f"%(app_label)s_%(class)s_{field}_known"
    )


def within(field: str, low: int | Decimal, high: int | Decimal) -> models.CheckConstraint:
    """`low` ≤ `field` ≤ `high`; NULL passes, as in SQL."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=f"%(app_label)s_%(class)s_{field}_range",
    )


def in_order(first: str, second: str) -> models.CheckConstraint:
    """`first` ≤ `second`; an open end (NULL) passes."""
    return models.CheckConstraint(
        condition=Q(**{f"{second}__isnull": True}) | Q(**{f"{second}__gte": F(first)}),
        name=f"%(app_label)s_%(class)s_{first}_before_{second}"[:60],
    )


def not_the_same(first: str, second: str) -> models.CheckConstraint:
    """Two columns that must name different people; NULL passes."""
    return models.CheckConstraint(
        condition=~Q(**{first: F(second)}) | Q(**{f"{second}__isnull": True}),
        name=f"%(app_label)s_%(class)s_{first}_not_{second}"[:60],
    )
