"""Rows are leased in small shares: several workers print one batch side by side, and the share of a killed worker comes
free by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from certificates.models import BatchRow

LEASE = timedelta(seconds=60)  # a share takes a few seconds, and one print never more than twenty
SHARE = 8
# The order of the ceremony, and without seats the order of the proposal.
BY_SEAT = (F("seat").asc(nulls_last=True), F("pk").asc())

Clock = Callable[[], datetime]


def server_time() -> datetime:
    """The host's clock, asked again at every step of a long batch."""
    return timezone.now()


def free(*, now: datetime) -> Q:
    """Rows that nobody is working on."""
    return Q(leased_until=None) | Q(leased_until__lte=now)


@transaction.atomic
def lease_rows(rows: QuerySet[BatchRow], *, now: datetime, count: int = SHARE) -> list[BatchRow]:
    """The next free ones of these rows, by seat, leased to the caller; empty when there are none. Three queries.

    What another worker is just taking is passed over (PostgreSQL) or waited for (SQLite has one writer at a time).
    `rows` must join no other table: it would be locked too.
    """
    taken = rows.filter(free(now=now)).select_for_update(skip_locked=True)
    keys = list(taken.order_by(*BY_SEAT).values_list("pk", flat=True)[:count])
    BatchRow.objects.filter(pk__in=keys).update(leased_until=now + LEASE)
    leased = BatchRow.objects.select_related("person", "follows__decision")
    return list(leased.filter(pk__in=keys).order_by(*BY_SEAT))


def is_still_leased(row: BatchRow, *, now: datetime) -> bool:
    """Whether a row that came out of `lease_rows` still belongs to whoever took it."""
    return row.leased_until is not None and now < row.leased_until
