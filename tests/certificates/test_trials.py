"""Trials: every row once, whoever takes it up, and again only when the certificate would say something else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from certificates import issuing, tasks, trials
from certificates.batches import approve_batch, propose_batch, recheck_batch
from certificates.issuing import issue_batch
from certificates.leasing import LEASE, SHARE, lease_rows
from certificates.models import BatchRow, Certificate, CertificateBatch, RowState
from certificates.press import PressError
from certificates.trials import try_batch
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Account
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_pairing,
    make_scheme,
)
from tests.factories import make_organisation, make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def clock() -> Any:
    return NOW


def untried(count: int = 1, **options: Any) -> tuple[CertificateBatch, Any]:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    people = [make_eligible(scheme=scheme).pk for _ in range(count)]
    where = make_organisation()
    said = {
        "scheme": scheme,
        "organisation": where,
        "people": people,
        "title": "一",
        "by": pair[0],
        "now": NOW,
    }
    return propose_batch(**said, enqueue=False, **options), pair


def count_prints(monkeypatch: Any) -> list[str]:
    """Names of whoever is tried from now on."""
    tried, real = [], trials.prove

    def prove(printable: Any) -> Any:
        tried.append(printable.holder.printed_name)
        return real(printable)

    monkeypatch.setattr(trials, "prove", prove)
    return tried


def test_nothing_is_approved_before_all_is_tried() -> None:
    batch, pair = untried()
    with pytest.raises(Refusal) as caught:
        approve_batch(batch=batch, count=1, by=pair[1], now=NOW)
    assert caught.value.code == "pending"
    assert try_batch(batch=batch, clock=clock) is True
    approve_batch(batch=batch, count=1, by=pair[1], now=NOW, enqueue=False)


def test_same_task_delivered_five_times_tries_once(monkeypatch: Any) -> None:
    """Row 37."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    batch, _pair = untried(2)
    tried = count_prints(monkeypatch)
    for _delivery in range(5):
        assert tasks.try_batch(batch.pk) is True
    assert (len(tried), AuditEntry.objects.filter(action="batch.tried").count()) == (2, 1)


def test_a_share_belongs_to_one_worker_until_its_lease_runs_out() -> None:
    batch, _pair = untried(SHARE + 2)
    rows = BatchRow.objects.filter(batch=batch, state=RowState.PENDING)
    mine, yours = lease_rows(rows, now=NOW), lease_rows(rows, now=NOW)
    assert (len(mine), len(yours), lease_rows(rows, now=NOW)) == (SHARE, 2, [])
    assert {row.pk for row in mine}.isdisjoint({row.pk for row in yours})
    assert try_batch(batch=batch, clock=clock) is False
    assert try_batch(batch=batch, clock=lambda: NOW + LEASE) is True


def test_checking_again_prints_only_what_would_read_differently(monkeypatch: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(endorsed=True), make_issuing_pair()
    one, other = make_eligible("许知秋", scheme=scheme), make_eligible("顾南", scheme=scheme)
    mentor = make_person("沈静文")
    make_pairing(one, mentor, signer=pair[1], number="QL-1")
    make_pairing(other, make_person("韩立群"), signer=pair[1], number="QL-2")
    batch = make_batch([one, other], scheme=scheme, pair=pair)
    tried = count_prints(monkeypatch)
    Account.objects.filter(person=mentor).update(name="沈静雯")
    recheck_batch(batch=batch, by=pair[0], now=NOW, enqueue=False)
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.PENDING}
    try_batch(batch=batch, clock=clock)
    assert (tried, set(batch.rows.values_list("state", flat=True))) == (["许知秋"], {RowState.READY})


def test_what_changed_after_the_approval_is_tried_again_before_it_is_numbered(monkeypatch: Any) -> None:
    batch, _pair = untried(2)
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=2, by=_pair[1], now=NOW, enqueue=False)
    changed = batch.rows.order_by("pk")[0]
    BatchRow.objects.filter(pk=changed.pk).update(proof="0" * 64)
    tried = count_prints(monkeypatch)
    assert issuing.reserve_row(row=changed, now=NOW).state == RowState.PENDING
    assert Certificate.objects.count() == 0
    assert issue_batch(batch=batch, clock=clock) is True
    assert (len(tried), Certificate.objects.count()) == (1, 2)


def test_what_reads_differently_at_every_look_is_set_aside_in_the_end(monkeypatch: Any) -> None:
    batch, pair = untried()
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=1, by=pair[1], now=NOW, enqueue=False)
    monkeypatch.setattr(issuing, "digest_of", lambda draft: "never the same")
    assert issue_batch(batch=batch, clock=clock) is True
    assert (batch.rows.get().state, Certificate.objects.count()) == (RowState.QUARANTINED, 0)


def test_a_press_that_does_not_start_sets_nobody_aside(monkeypatch: Any) -> None:
    batch, _pair = untried()

    def no_start() -> None:
        raise PressError("没有起来")

    monkeypatch.setattr(trials.minder, "start", no_start)
    with pytest.raises(PressError):
        try_batch(batch=batch, clock=clock)
    assert (batch.rows.get().state, batch.rows.get().leased_until) == (RowState.PENDING, None)


def test_a_certificate_is_never_dated_before_its_approval() -> None:
    """Row 25: not even by a caller with a clock of its own."""
    batch, pair = untried()
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=1, by=pair[1], now=NOW, enqueue=False)
    with pytest.raises(Refusal) as caught:
        issuing.reserve_row(row=batch.rows.get(), now=NOW - timedelta(seconds=1))
    assert (caught.value.code, Certificate.objects.count()) == ("backdated", 0)


def test_a_row_that_cannot_be_numbered_is_set_aside_and_the_rest_goes_on(monkeypatch: Any) -> None:
    batch, pair = untried(2)
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=2, by=pair[1], now=NOW, enqueue=False)
    broken, real = batch.rows.order_by("pk")[0], issuing.draft_of

    def fails_for_one(*, row: BatchRow, now: Any) -> Any:
        if row.pk == broken.pk:
            raise ValueError("torn")
        return real(row=row, now=now)

    monkeypatch.setattr(issuing, "draft_of", fails_for_one)
    assert issue_batch(batch=batch, clock=clock) is True
    broken.refresh_from_db()
    assert (broken.state, "ValueError" in broken.findings[0]["reason"]) == (RowState.QUARANTINED, True)
    assert [each.number for each in Certificate.objects.all()] == [1]


@pytest.mark.parametrize("seats", [(3, 1, 2), (None, 2, 1)])
def test_numbers_follow_the_seats_and_without_seats_the_staff_numbers(seats: tuple[int | None, ...]) -> None:
    batch, pair = untried(3)
    rows = list(batch.rows.order_by("pk"))
    for row, seat in zip(rows, seats, strict=True):
        BatchRow.objects.filter(pk=row.pk).update(seat=seat)
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=3, by=pair[1], now=NOW, enqueue=False)
    issue_batch(batch=batch, clock=clock)
    numbered = [row.certificate.number for row in batch.rows.order_by("pk").select_related("certificate")]
    assert numbered == [seat or 3 for seat in seats]


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_issue_every_row_once() -> None:
    batch, pair = untried(2 * SHARE)
    try_batch(batch=batch, clock=clock)
    approve_batch(batch=batch, count=2 * SHARE, by=pair[1], now=NOW, enqueue=False)

    def work(_turn: int) -> None:
        try:
            issue_batch(batch=batch, clock=clock)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(work, range(4)))
    issue_batch(batch=batch, clock=clock)
    in_order = batch.rows.order_by("pk").values_list("certificate__number", flat=True)
    assert list(in_order) == list(range(1, 2 * SHARE + 1))
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.RELEASED}
