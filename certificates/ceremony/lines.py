"""Who sits where, with what the lists and the paper need to know about each. Three queries whatever the number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from certificates.ceremony.readings import Reading, read_name
from certificates.models import BatchRow, Certificate, CertificateBatch, LeftOut, RowState
from certificates.standing import Standing, standing_of
from people.models import Membership

SEATABLE = (
    RowState.PENDING,
    RowState.READY,
    RowState.RESERVED,
    RowState.ISSUED,
    RowState.FAILED,
    RowState.RELEASED,
)
IN_FORCE = (Standing.VALID, Standing.NOT_YET_VALID)


@dataclass(frozen=True)
class Place:
    """Where somebody works: the organisation's name, and its path in the tree to sort by."""

    name: str = ""
    path: str = ""


@dataclass(frozen=True)
class SeatLine:
    """One person of a batch. `name` is the printed one where there is a certificate; "" when it was erased.
    `left_out` says why there is no paper for them, although they were given a certificate."""

    row: BatchRow
    name: str
    staff_number: str
    place: Place
    left_out: LeftOut | None

    @property
    def seat(self) -> int | None:
        return self.row.seat

    @property
    def certificate(self) -> Certificate | None:
        return self.row.certificate

    @property
    def is_issued(self) -> bool:
        return self.row.state == RowState.RELEASED

    @property
    def has_paper(self) -> bool:
        """Whether a certificate can be printed on paper for this seat now."""
        return self.is_issued and self.left_out is None

    @property
    def takes_part(self) -> bool:
        """Whether the lists of the day name them: everybody whose certificate is on its way or in force."""
        return bool(self.name) and self.left_out is None and self.row.state in SEATABLE

    @property
    def reading(self) -> Reading:
        return read_name(self.name, by_hand=self.row.reading)


def seat_lines(batch: CertificateBatch, *, now: datetime) -> list[SeatLine]:
    """Everybody of a batch who may have a seat, in seat order; those without one last, as they were proposed."""
    return lines_of(seated(batch.rows.filter(state__in=SEATABLE)), now=now)


def seated(rows: QuerySet[BatchRow]) -> QuerySet[BatchRow]:
    """In seat order."""
    return rows.order_by(F("seat").asc(nulls_last=True), "pk")


def lines_of(rows: QuerySet[BatchRow], *, now: datetime) -> list[SeatLine]:
    """These rows with names, places and what became of their certificates."""
    record = rows.select_related("certificate__holder", "certificate__document", "person__account")
    found = list(record.defer("findings", "certificate__snapshot").prefetch_related("certificate__events"))
    on = timezone.localdate(now)
    places = places_of((row.person_id for row in found), on=on)
    return [_line(row, places.get(row.person_id, Place()), on) for row in found]


def places_of(people: Iterable[UUID], *, on: date) -> dict[UUID, Place]:
    """Where these people work on a day. One query."""
    held = Membership.objects.active(on=on).filter(person__in=list(people)).order_by("organisation__path")
    facts = held.values_list("person", "organisation__name", "organisation__path")
    return {person: Place(name, path) for person, name, path in facts}


def left_out_of(certificate: Certificate, *, on: date) -> LeftOut | None:
    """Why a released certificate is not put on paper: it is not in force, or nothing of it is left to print. Without
    a query when events, holder and document are at hand."""
    if standing_of(certificate, certificate.events.all(), on=on) not in IN_FORCE:
        return LeftOut.NOT_VALID
    if not hasattr(certificate, "holder"):
        return LeftOut.ERASED
    return None if hasattr(certificate, "document") else LeftOut.DAMAGED


def seats_in_words(seats: Iterable[int]) -> str:
    """Seats as people write them, neighbours together: 1–3、7."""
    runs: list[list[int]] = []
    for seat in sorted(set(seats)):
        if runs and seat == runs[-1][-1] + 1:
            runs[-1].append(seat)
        else:
            runs.append([seat])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def within_seats(lines: Sequence[SeatLine], first: int, last: int) -> list[SeatLine]:
    """Those who sit from one seat to another, both included."""
    return [line for line in lines if line.seat is not None and first <= line.seat <= last]


def _line(row: BatchRow, place: Place, on: date) -> SeatLine:
    certificate, account = row.certificate, getattr(row.person, "account", None)
    holder = getattr(certificate, "holder", None)
    released = certificate is not None and row.state == RowState.RELEASED
    name = holder.printed_name if holder else ("" if certificate else account.name if account else "")
    return SeatLine(
        row=row,
        name=name,
        staff_number=account.staff_number if account and name else "",
        place=place,
        left_out=left_out_of(certificate, on=on) if certificate and released else None,
    )
