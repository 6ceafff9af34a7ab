"""A batch on its way to the stage: issued, some sitting, some in sub-districts."""

from __future__ import annotations

from typing import Any

from certificates.ceremony.asking import Paper, ask_print
from certificates.ceremony.print_runs import put_together
from certificates.ceremony.seats import SeatOrder, arrange_seats
from certificates.issuing import issue_batch
from certificates.models import CertificateBatch, PrintKind, PrintRun
from core.once import new_key
from people.models import Organisation, Person
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.factories import make_organisation

NAMES = ("单雄信", "曾小贤", "区志明")


def make_places() -> tuple[Organisation, Organisation]:
    """Two communities of the district."""
    district = make_organisation()
    return make_organisation("QH-01", district, name="春晖里社区"), make_organisation(
        "QH-02", district, name="望江社区"
    )


def make_ceremony(
    *names: str, seated: bool = True, issued: bool = True, places: tuple[Organisation, ...] = (), **more: Any
) -> tuple[CertificateBatch, Person]:
    """A batch of these people (in these places in turn), seated as they are named, and its approver."""
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    at = [places[index % len(places)] if places else None for index in range(len(names or NAMES))]
    people = [
        make_eligible(name, scheme=scheme, organisation=place)
        for name, place in zip(names or NAMES, at, strict=True)
    ]
    batch = make_batch(people, scheme=scheme, pair=pair, approve=issued, **more)
    if seated:
        arrange_seats(batch=batch, order=SeatOrder.ORGANISATION, by=pair[1], now=NOW)
    if issued:
        issue_batch(batch=batch, clock=lambda: NOW)
    batch.refresh_from_db()
    return batch, pair[1]


def seating(batch: CertificateBatch) -> list[tuple[int | None, str]]:
    """Seat and name of everybody, in seat order."""
    rows = batch.rows.order_by("seat", "pk")
    return list(rows.values_list("seat", "person__account__name"))


def make_run(batch: CertificateBatch, by: Person, *, first: int = 1, last: int = 3, **more: Any) -> PrintRun:
    """A run that was put together."""
    paper = Paper(**{"kind": PrintKind.WHOLE, "first_seat": first, "last_seat": last, **more})
    run = ask_print(batch=batch, paper=paper, key=new_key(), by=by, now=NOW)
    return put_together(run=run, clock=lambda: NOW)
