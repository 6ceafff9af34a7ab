"""The same press in many tabs at once, and two workers at one batch: what is done is done once, in one order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from certificates.batches import approve_batch
from certificates.cases import settle_case
from certificates.ceremony.seats import move_by_one, move_to_seat
from certificates.holders.requests import ask_correction, withdraw_correction
from certificates.leasing import SHARE, lease_rows
from certificates.models import BatchRow, CaseOutcome, RowState
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice
from tests.certificates.ceremony.making import make_ceremony
from tests.certificates.life.making import LATER
from tests.certificates.making import NOW, make_certificate, someone_else

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("postgres_only"),
]
TABS = 8


def at_once(press: Callable[[int], Any], times: int = TABS) -> list[Any]:
    """What each of so many threads comes to, all let go at the same moment, each with a connection of its own."""
    start = Barrier(times)

    def run(turn: int) -> Any:
        try:
            start.wait(timeout=30)
            return press(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def written(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_a_batch_approved_in_many_tabs_is_approved_once() -> None:
    batch, approver = make_ceremony("甲", "乙", seated=False, issued=False)
    at_once(lambda _tab: approve_batch(batch=batch, count=2, by=approver, now=NOW, enqueue=False))
    assert written("batch.approved") == 1


def test_two_workers_lease_different_rows_and_neither_waits() -> None:
    """The second takes its share while the first still holds the locks of its own."""
    batch, _by = make_ceremony(*(f"甲{n}" for n in range(SHARE + 2)), seated=False, issued=False)
    rows = BatchRow.objects.filter(batch=batch, state=RowState.READY)
    held, looked = Barrier(2), Barrier(2)

    def work(turn: int) -> set[int]:
        if turn:
            held.wait(timeout=30)
            mine = lease_rows(rows, now=NOW)
            looked.wait(timeout=30)
            return {row.pk for row in mine}
        with transaction.atomic():
            mine = lease_rows(rows, now=NOW)
            held.wait(timeout=30)
            looked.wait(timeout=30)
        return {row.pk for row in mine}

    first, second = at_once(work, times=2)
    assert first | second == set(rows.values_list("pk", flat=True))
    assert first.isdisjoint(second)


def test_seats_moved_at_once_stay_one_for_each() -> None:
    batch, by = make_ceremony("甲", "乙", "丙", "丁", issued=False)
    rows = list(batch.rows.order_by("pk"))

    def move(turn: int) -> None:
        row = BatchRow.objects.get(pk=rows[turn % len(rows)].pk)
        if turn % 2:
            move_to_seat(row=row, seat=1 + turn % len(rows), by=by, now=NOW)
        else:
            move_by_one(row=row, down=True, by=by, now=NOW)

    at_once(move, times=2 * TABS)
    assert sorted(batch.rows.values_list("seat", flat=True)) == [1, 2, 3, 4]


def test_a_correction_asked_for_in_many_tabs_is_one_request() -> None:
    certificate = make_certificate()
    holder = certificate.person
    wanted: dict[str, Any] = {"wanted_name": "许知秌", "words": "", "by": holder, "now": NOW}
    asked = at_once(lambda _tab: ask_correction(certificate=certificate, **wanted).pk)
    assert len(set(asked)) == 1
    assert (certificate.cases.count(), written("case.correction_asked")) == (1, 1)
    assert Notice.objects.filter(source_key__startswith="correction-asked:").count() == 1


def test_withdrawn_by_the_holder_while_somebody_settles_is_over_once() -> None:
    """Both lock the certificate before the case: neither waits for the other for ever."""
    certificate = make_certificate()
    holder, by = certificate.person, someone_else(certificate)
    case = ask_correction(certificate=certificate, wanted_name="许知秌", words="", by=holder, now=NOW)

    def press(turn: int) -> None:
        try:
            if turn % 2:
                withdraw_correction(case=case, by=holder, now=LATER)
            else:
                settle_case(case=case, outcome=CaseOutcome.KEPT, note="已核对", by=by, now=LATER)
        except (Refusal, NotAllowed):
            pass  # the other was first, and whoever presses reads it

    at_once(press)
    assert written("case.settled") + written("case.withdrawn") == 1
