"""Seats of a ceremony: set by an order or by a list, changed one by one. Certificate numbers are taken in seat order
where the seats were set before the approval; afterwards seats may change, numbers do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.authority import check_may_issue_in
from certificates.ceremony.checklists import SEATS
from certificates.ceremony.lines import SEATABLE, SeatLine, seat_lines
from certificates.models import BatchRow, BatchStatus, CertificateBatch
from core import audit
from core.errors import Refusal
from people.models import Person

LAST_SEAT = 99_999


class SeatOrder(models.TextChoices):
    """What people are seated by."""

    ORGANISATION = "organisation", gettext_lazy("By organisation, then staff number")
    PINYIN = "pinyin", gettext_lazy("By the pinyin of the name")


@dataclass(frozen=True)
class Listed:
    """A line of somebody's list: whose staff number, and the seat where the list says one."""

    staff_number: str
    seat: int | None = None


@transaction.atomic
def arrange_seats(
    *, batch: CertificateBatch, order: SeatOrder | Sequence[Listed], by: Person, now: datetime
) -> int:
    """Seat everybody anew, from 1 on, by an order or by a list; returns how many have a seat now.

    Whoever a list does not name sits behind the others, by organisation. Raises NotAllowed without the role over the
    batch, Refusal for a list that names somebody else and for a batch that was returned.
    """
    batch = _locked(batch, by=by, now=now)
    lines = seat_lines(batch, now=now)
    seats = _by_list(lines, order) if not isinstance(order, SeatOrder) else _by_order(lines, order)
    _write(batch, seats)
    _audit(batch, by=by, now=now, people=len(seats), order=_kind(order))
    return len(seats)


@transaction.atomic
def move_to_seat(*, row: BatchRow, seat: int, by: Person, now: datetime) -> BatchRow:
    """Give one person another seat; where it is taken, everybody in between moves up by one.

    The same seat again changes nothing. Raises as `arrange_seats`, and Refusal for a seat that cannot be.
    """
    batch = _locked(row.batch, by=by, now=now)
    if not 1 <= seat <= LAST_SEAT:
        raise Refusal(_("A seat is a whole number from 1 to %(most)s.") % {"most": LAST_SEAT}, code="seat")
    held = {seat: pk for pk, seat in batch.rows.values_list("pk", "seat") if seat is not None}
    mine = batch.rows.filter(state__in=SEATABLE, pk=row.pk).values_list("seat", flat=True).first()
    if mine != seat:
        moved = _moved(held, row.pk, mine, seat)
        _change(batch, moved)
        _audit(batch, by=by, now=now, people=len(moved), order="by_hand")
    row.refresh_from_db()
    return row


@transaction.atomic
def move_by_one(*, row: BatchRow, down: bool, by: Person, now: datetime) -> BatchRow:
    """Change places with the neighbour before, or behind with `down`; at either end nothing happens."""
    batch = _locked(row.batch, by=by, now=now)
    row.refresh_from_db()
    others = batch.rows.exclude(seat=None)
    step = others.filter(seat__gt=row.seat or 0) if down else others.filter(seat__lt=row.seat or 0)
    other = step.order_by("seat" if down else "-seat").first()
    if row.seat and other and other.seat:
        _change(batch, {row.pk: other.seat, other.pk: row.seat})
        _audit(batch, by=by, now=now, people=2, order="by_hand")
        row.refresh_from_db()
    return row


def by_organisation(line: SeatLine) -> tuple[str, str, int]:
    """Down the tree of organisations, then by staff number; who works nowhere comes last."""
    return (line.place.path or "~", line.staff_number or "~", line.row.pk)


def _by_order(lines: Sequence[SeatLine], order: SeatOrder) -> dict[int, int]:
    if order == SeatOrder.PINYIN:
        arranged = sorted(
            lines, key=lambda line: (not line.name, line.reading.sort_key, by_organisation(line))
        )
    else:
        arranged = sorted(lines, key=by_organisation)
    return {line.row.pk: seat for seat, line in enumerate(arranged, start=1)}


def _by_list(lines: Sequence[SeatLine], listed: Sequence[Listed]) -> dict[int, int]:
    by_number = {line.staff_number: line for line in lines if line.staff_number}
    if any(each.staff_number not in by_number for each in listed):
        raise Refusal(_("The list names somebody who is not in this batch."), code="list")
    seats = {
        by_number[each.staff_number].row.pk: each.seat or place for place, each in enumerate(listed, start=1)
    }
    if len(seats) != len(listed) or len(set(seats.values())) != len(seats):
        raise Refusal(_("The list names a person or a seat twice."), code="list")
    others = sorted((line for line in lines if line.row.pk not in seats), key=by_organisation)
    last = max(seats.values(), default=0)
    return seats | {line.row.pk: last + place for place, line in enumerate(others, start=1)}


def _moved(held: dict[int, int], row: int, mine: int | None, seat: int) -> dict[int, int]:
    """Who sits where after it: {row: seat}, only those who move. `held` is {seat: row}."""
    if seat not in held:
        return {row: seat}
    taken = sorted(held)
    if mine is None:  # from nowhere: whoever sits there and behind, up to the first free seat, moves on
        behind, free = [], seat
        while free in held:
            behind.append(free)
            free += 1
        return {row: seat} | {held[each]: each + 1 for each in behind}
    if mine < seat:
        steps = ((held[b], a) for a, b in pairwise(each for each in taken if mine <= each <= seat))
    else:
        steps = ((held[a], b) for a, b in pairwise(each for each in taken if seat <= each <= mine))
    return {row: seat} | dict(steps)


def _write(batch: CertificateBatch, seats: dict[int, int]) -> None:
    """Everybody else gives up their seat: those in quarantine, and those whose number was voided."""
    batch.rows.exclude(seat=None).update(seat=None)
    _give(seats)


def _change(batch: CertificateBatch, seats: dict[int, int]) -> None:
    batch.rows.filter(pk__in=seats).update(seat=None)  # two may not hold one seat, not even for a moment
    _give(seats)


def _give(seats: dict[int, int]) -> None:
    rows = [BatchRow(pk=pk, seat=seat) for pk, seat in seats.items()]
    BatchRow.objects.bulk_update(rows, ["seat"], batch_size=500)


def _kind(order: SeatOrder | Sequence[Listed]) -> str:
    return order.value if isinstance(order, SeatOrder) else "list"


def _locked(batch: CertificateBatch, *, by: Person, now: datetime) -> CertificateBatch:
    found = CertificateBatch.objects.select_for_update(of=("self",)).select_related("organisation")
    batch = found.get(pk=batch.pk)
    check_may_issue_in(by, batch.organisation, on=timezone.localdate(now))
    if batch.status == BatchStatus.RETURNED:
        raise Refusal(_("This batch was returned: nobody is seated for it."), code="status")
    return batch


def _audit(batch: CertificateBatch, *, by: Person, now: datetime, people: int, order: str) -> None:
    target = f"certificates.batch:{batch.pk}"
    audit.record(action=SEATS, target=target, by=by, now=now, people=people, order=order)
