"""The order of issuing, and what happens when it is interrupted, repeated or wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from certificates import issuing, tasks, trials
from certificates.consistency import findings
from certificates.issuing import issue_batch, issue_row
from certificates.log import verify_log
from certificates.models import (
    BATCH_TRANSITIONS,
    ROW_TRANSITIONS,
    BatchRow,
    BatchStatus,
    Certificate,
    CertificateDocument,
    CertificateEvent,
    Checkpoint,
    LogLeaf,
    RowState,
)
from certificates.names import ask_confirmation
from certificates.tasks import resume_batches
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from core.hashing import sha256_hex
from core.models import AuditEntry
from core.private_files import read
from people.models import Account, Notice
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.factories import make_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def clock() -> Any:
    return NOW


def approved(*names: str) -> Any:
    make_issuer()
    scheme = make_scheme()
    people = [make_eligible(name, scheme=scheme) for name in names]
    return make_batch(people, scheme=scheme, pair=make_issuing_pair(), approve=True)


def test_transitions_name_every_state() -> None:
    assert set(ROW_TRANSITIONS) == set(RowState)
    assert set(BATCH_TRANSITIONS) == set(BatchStatus)


def test_issue_batch_releases_every_row_once() -> None:
    batch = approved("许知秋", "顾南")
    assert issue_batch(batch=batch, clock=clock) is True
    assert list(batch.rows.values_list("state", flat=True)) == ["released", "released"]
    assert [c.number for c in Certificate.objects.order_by("number")] == [1, 2]
    assert Evidence.objects.filter(kind=EvidenceKind.CERTIFICATE).count() == 2
    assert Notice.objects.filter(source_key__startswith="certificate-released:").count() == 2
    assert Checkpoint.objects.get().size == 2
    assert findings(now=NOW + timedelta(days=1)) == []


def test_stored_bytes_match_their_hash_and_the_release_event() -> None:
    certificate = make_certificate()
    document = certificate.document
    assert sha256_hex(read(document.path)) == document.sha256
    assert certificate.events.get(kind="released").digest == document.sha256


def test_same_print_gives_the_same_bytes() -> None:
    certificate = make_certificate()
    again = issuing.print_row(row=certificate.batch_row, now=NOW)
    assert sha256_hex(again) == certificate.document.sha256


def test_same_task_delivered_five_times_gives_one_certificate_and_one_notice() -> None:
    batch = approved("许知秋")
    row = batch.rows.get()
    for _ in range(5):
        tasks.issue_batch(batch.pk)
        issuing.reserve_row(row=row, now=NOW)
        issuing.issue_row(row=row, clock=clock)
        issuing.store_row(row=row, content=b"another print", now=NOW)
        issuing.release_row(row=row, now=NOW)
    assert Certificate.objects.count() == 1
    assert CertificateDocument.objects.count() == 1
    assert CertificateEvent.objects.filter(kind="released").count() == 1
    assert Notice.objects.filter(source_key__startswith="certificate-released:").count() == 1
    assert AuditEntry.objects.filter(action="certificate.released").count() == 1


def test_a_leased_row_is_left_alone_until_the_lease_runs_out() -> None:
    batch = approved("许知秋")
    row = issuing.reserve_row(row=batch.rows.get(), now=NOW)
    assert issuing.claim_row(row=row, now=NOW) is True
    assert issuing.claim_row(row=row, now=NOW) is False
    assert issue_row(row=row, clock=clock).state == RowState.RESERVED
    later = NOW + issuing.LEASE
    assert issue_row(row=row, clock=lambda: later).state == RowState.RELEASED


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_killed_worker_is_resumed_wherever_it_died(steps: int) -> None:
    batch = approved("许知秋", "顾南", "程野")
    for row in batch.rows.order_by("pk")[:2]:
        if steps > 0:
            row = issuing.reserve_row(row=row, now=NOW)
        if steps > 1:
            issuing.claim_row(row=row, now=NOW)
            content = issuing.print_row(row=row, now=NOW)
        if steps > 2:
            issuing.store_row(row=row, content=content, now=NOW)
    later = NOW + issuing.LEASE
    assert issue_batch(batch=batch, clock=lambda: later) is True
    assert Certificate.objects.count() == 3
    assert CertificateDocument.objects.count() == 3
    assert set(batch.rows.values_list("state", flat=True)) == {"released"}
    assert findings(now=NOW + timedelta(days=1)) == []


def test_sweeper_takes_up_an_approved_batch() -> None:
    batch = approved("许知秋")
    assert resume_batches() == 1
    batch.refresh_from_db()
    assert batch.status == BatchStatus.COMPLETED
    assert resume_batches() == 0


def test_someone_who_became_ineligible_after_approval_is_set_aside_and_the_rest_goes_on() -> None:
    batch = approved("许知秋", "顾南")
    loser = batch.rows.order_by("pk")[0].person
    exam = Evidence.objects.get(person=loser, kind=EvidenceKind.EXAM)
    withdraw_evidence(evidence=exam, source_key="annulled", now=NOW)
    issue_batch(batch=batch, clock=clock)
    row = batch.rows.get(person=loser)
    assert (row.state, [f["code"] for f in row.findings]) == (RowState.QUARANTINED, ["eligible"])
    assert Certificate.objects.get().person_id != loser.pk


def test_a_row_that_cannot_be_printed_is_voided_and_keeps_its_number(monkeypatch: Any) -> None:
    batch = approved("许知秋", "顾南")
    broken = batch.rows.order_by("pk")[0]
    real = issuing.print_row

    def fails_for_one(*, row: BatchRow, now: Any) -> bytes:
        if row.pk == broken.pk:
            raise ValueError("no ink")
        return real(row=row, now=now)

    monkeypatch.setattr(issuing, "print_row", fails_for_one)
    assert issue_batch(batch=batch, clock=clock) is False
    assert BatchRow.objects.get(pk=broken.pk).state == RowState.FAILED
    for turn in range(1, issuing.MAX_ATTEMPTS):
        assert issue_batch(batch=batch, clock=clock) is False  # a failure is given time to mend
        later = NOW + turn * issuing.RETRY_AFTER
        issue_batch(batch=batch, clock=lambda later=later: later)
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == (RowState.VOIDED, "ValueError")
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2]
    assert [leaf.kind for leaf in LogLeaf.objects.order_by("index")] == ["issue", "issue", "void"]
    assert verify_log().ok
    batch.refresh_from_db()
    assert batch.status == BatchStatus.COMPLETED
    assert findings(now=NOW + timedelta(days=1)) == []


def test_a_failure_after_the_number_leaves_no_half_certificate(monkeypatch: Any) -> None:
    batch = approved("许知秋")
    row = batch.rows.get()

    def no_leaf(**kwargs: Any) -> None:
        raise RuntimeError("log is full")

    monkeypatch.setattr("certificates.log.append_leaf", no_leaf)
    with pytest.raises(RuntimeError), transaction.atomic():
        issuing.reserve_row(row=row, now=NOW)
    monkeypatch.undo()
    assert Certificate.objects.count() == 0
    issue_batch(batch=batch, clock=clock)
    assert Certificate.objects.get().number == 1


def test_second_certificate_of_a_scheme_is_refused_even_between_two_approved_batches(
    monkeypatch: Any,
) -> None:
    """Both batches were proposed at the same moment, so that neither saw the other."""
    monkeypatch.setattr(trials, "batches_under_way", lambda *people, **options: {})
    make_issuer()
    scheme = make_scheme()
    person, pair = make_eligible("许知秋", scheme=scheme), make_issuing_pair()
    first = make_batch([person], scheme=scheme, pair=pair, approve=True, title="一")
    second = make_batch([person], scheme=scheme, pair=pair, approve=True, title="二")
    issue_batch(batch=first, clock=clock)
    issue_batch(batch=second, clock=clock)
    assert Certificate.objects.count() == 1
    assert [f["code"] for f in second.rows.get().findings] == ["duplicate"]


def test_database_refuses_a_second_release_and_a_second_row_for_a_person() -> None:
    certificate = make_certificate()
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateEvent.objects.create(certificate=certificate, kind="released", at=NOW)
    row = certificate.batch_row
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchRow.objects.create(batch=row.batch, person=row.person)


def test_snapshot_holds_no_name_and_the_record_no_personal_data() -> None:
    certificate = make_certificate("欧阳𬭎")
    record = str(
        [
            list(Certificate.objects.values()),
            list(CertificateEvent.objects.values()),
            list(LogLeaf.objects.values()),
            list(AuditEntry.objects.values()),
        ]
    )
    account = Account.objects.get(person=certificate.person)
    assert "欧阳" not in record
    assert account.staff_number not in record


def test_unconfirmed_but_overdue_name_counts_as_confirmed() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_person("程野")
    give_evidence(person)
    ask_confirmation(person=person, scheme_key=scheme.key, by=None, now=NOW - timedelta(days=6))
    batch = make_batch([person], scheme=scheme, pair=make_issuing_pair(), approve=True)
    issue_batch(batch=batch, clock=clock)
    assert Certificate.objects.get().person == person


@pytest.mark.django_db(transaction=True)
def test_rows_reserved_at_once_get_gapless_numbers_and_places_in_the_log() -> None:
    make_issuer()
    scheme = make_scheme()
    people = [make_eligible(scheme=scheme) for _ in range(8)]
    batch = make_batch(people, scheme=scheme, pair=make_issuing_pair(), approve=True)

    def reserve(row: BatchRow) -> None:
        try:
            issuing.reserve_row(row=row, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(reserve, [*batch.rows.all()] * 3))
    assert sorted(Certificate.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert sorted(LogLeaf.objects.values_list("index", flat=True)) == list(range(8))
    assert verify_log().ok
