"""Lines of the register: a certificate, its holder, where they work, and what it is worth today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from certificates.models import Certificate
from certificates.queries import RULES_AND_PROOFS
from certificates.standing import Standing
from people.models import Account, Membership

AT_ONCE = 500
CHIPS = {
    Standing.VALID: "done",
    Standing.NOT_YET_VALID: "doing",
    Standing.SUSPENDED: "due",
    Standing.REVOKED: "revoked",
}


@dataclass(frozen=True)
class Entry:
    """One line. `holder` is the printed name, "" when it was erased; `organisation` is where they work today."""

    certificate: Certificate
    holder: str
    staff_number: str
    organisation: str
    standing: Standing

    @property
    def chip(self) -> str:
        return CHIPS.get(self.standing, "plain")


def in_order(certificates: QuerySet[Any]) -> QuerySet[Any]:
    """The newest first, with what a line shows; proofs and rules stay where they are."""
    record = certificates.select_related("scheme_version", "holder", "issuer", "batch_row__batch")
    return record.defer(*RULES_AND_PROOFS[:1]).order_by("-issued_at", "-pk")


def entries(certificates: Sequence[Any], *, on: date) -> list[Entry]:
    """Lines of certificates that carry `standing_now`. Two queries."""
    people = {certificate.person_id for certificate in certificates}
    numbers, places = _staff_numbers(people), _places(people, on)
    return [
        Entry(
            certificate=one,
            holder=one.holder.printed_name if hasattr(one, "holder") else "",
            staff_number=numbers.get(one.person_id, ""),
            organisation=places.get(one.person_id, ""),
            standing=Standing(one.standing_now),
        )
        for one in certificates
    ]


def all_entries(certificates: QuerySet[Any], *, on: date) -> Iterator[Entry]:
    """Every line, a few hundred at a time: memory stays the same however many there are."""
    rows = iter(in_order(certificates).iterator(AT_ONCE))
    while some := list(islice(rows, AT_ONCE)):
        yield from entries(some, on=on)


def _staff_numbers(people: Iterable[UUID]) -> dict[UUID, str]:
    rows = Account.objects.filter(person__in=list(people)).values_list("person_id", "staff_number")
    return {person_id: number for person_id, number in rows if person_id}


def _places(people: Iterable[UUID], on: date) -> dict[UUID, str]:
    rows = Membership.objects.active(on=on).filter(person__in=list(people)).order_by("-since_on", "-pk")
    return dict(rows.values_list("person_id", "organisation__name"))
