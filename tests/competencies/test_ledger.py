"""The evidence ledger: once per source, corrected by superseding, folded by standing()."""

from __future__ import annotations

import threading
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from competencies.ledger import record_evidence, register_subject, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, Subject, SubjectKind
from competencies.signals import evidence_recorded
from core.errors import Refusal
from people.models import Person
from tests.factories import PersonFactory, SubjectFactory


@pytest.fixture
def worker(db: Any) -> Person:
    return PersonFactory()


def record(person: Person, now: datetime, source_key: str = "course:1", **fields: Any) -> Evidence:
    values: dict[str, Any] = {
        "subject": fields.get("subject") or SubjectFactory(),
        "kind": EvidenceKind.COURSE,
        "version_hash": "a" * 64,
        "occurred_at": now,
        "score": Decimal("0.8"),
        "weights": {"DIG": Decimal("0.8"), "LAW": Decimal("0.2")},
        **fields,
    }
    return record_evidence(person=person, source_key=source_key, now=now, **values)


def standing(person: Person) -> list[str]:
    rows = Evidence.objects.standing().of(person).order_by("pk")
    return list(rows.values_list("source_key", flat=True))


def test_evidence_is_stored_as_decimal_text(worker: Person, now: datetime) -> None:
    evidence = record(worker, now, leaf_scores={"DIG": Decimal("0.875")})
    evidence.refresh_from_db()
    assert evidence.weights == {"DIG": "0.8", "LAW": "0.2"}
    assert evidence.leaf_scores == {"DIG": "0.875"}
    assert (evidence.score, evidence.occurred_at) == (Decimal("0.8000"), now)


def test_tiny_weight_is_not_written_in_exponents(worker: Person, now: datetime) -> None:
    assert record(worker, now, weights={"DIG": Decimal("1E-7")}).weights == {"DIG": "0.0000001"}


def test_same_source_twice_is_once(worker: Person, now: datetime) -> None:
    first = record(worker, now)
    again = record(worker, now, score=Decimal("0.1"))
    assert (again.pk, again.score) == (first.pk, Decimal("0.8"))
    assert Evidence.objects.count() == 1


def test_news_travels_once_per_row(worker: Person, now: datetime) -> None:
    heard: list[str] = []

    def hear(evidence: Evidence, **kwargs: Any) -> None:
        heard.append(evidence.source_key)

    evidence_recorded.connect(hear)
    try:
        first = record(worker, now)
        record(worker, now)
        withdraw_evidence(evidence=first, source_key="course:1:revoked", now=now)
    finally:
        evidence_recorded.disconnect(hear)
    assert heard == ["course:1", "course:1:revoked"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_same_source_from_many_threads_is_once(now: datetime) -> None:
    worker, subject = PersonFactory(), SubjectFactory()
    gate, done = threading.Barrier(8), []

    def write() -> None:
        gate.wait()
        try:
            done.append(record(worker, now, subject=subject).pk)
        except IntegrityError:
            done.append(None)  # the slower of two on PostgreSQL; its task runs again and finds the row
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Evidence.objects.count() == 1
    assert {pk for pk in done if pk} == {Evidence.objects.get().pk}


def test_correction_replaces_and_both_stay_readable(worker: Person, now: datetime) -> None:
    subject = SubjectFactory()
    first = record(worker, now, subject=subject)
    second = record(worker, now, "course:1:v2", subject=subject, supersedes=first)
    assert standing(worker) == ["course:1:v2"]
    assert set(Evidence.objects.of(worker)) == {first, second}


def test_correction_can_be_corrected(worker: Person, now: datetime) -> None:
    first = record(worker, now)
    second = record(worker, now, "v2", supersedes=first)
    record(worker, now, "v3", supersedes=second)
    assert standing(worker) == ["v3"]


def test_evidence_is_corrected_once(worker: Person, now: datetime) -> None:
    first = record(worker, now)
    record(worker, now, "v2", supersedes=first)
    with pytest.raises(Refusal):
        record(worker, now, "v2b", supersedes=first)
    with pytest.raises(Refusal):
        withdraw_evidence(evidence=first, source_key="gone", now=now)
    assert standing(worker) == ["v2"]


def test_correction_for_somebody_else_is_refused(worker: Person, now: datetime) -> None:
    first = record(worker, now)
    with pytest.raises(Refusal):
        record(PersonFactory(), now, "v2", supersedes=first)
    assert standing(worker) == ["course:1"]


def test_withdrawn_evidence_counts_no_more(worker: Person, now: datetime) -> None:
    first = record(worker, now)
    withdrawal = withdraw_evidence(evidence=first, source_key="course:1:revoked", now=now)
    assert standing(worker) == []
    assert (withdrawal.supersedes, withdrawal.withdrawn, withdrawal.weights) == (first, True, {})
    again = withdraw_evidence(evidence=first, source_key="course:1:revoked", now=now)
    assert again == withdrawal
    with pytest.raises(Refusal):
        record(worker, now, "v2", supersedes=withdrawal)


@pytest.mark.parametrize(
    "fields",
    [
        {"weights": {"XYZ": Decimal(1)}},
        {"leaf_scores": {"DIG": Decimal("0.5"), "XYZ": Decimal("0.5")}},
        {"leaf_scores": {"DIG": Decimal("1.01")}},
        {"leaf_scores": {"DIG": Decimal("-0.01")}},
        {"weights": {"DIG": Decimal("-1")}},
    ],
)
def test_evidence_that_cannot_be_read_back_is_refused(
    worker: Person, now: datetime, fields: dict[str, Any]
) -> None:
    with pytest.raises(Refusal):
        record(worker, now, **fields)
    assert Evidence.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("score_range", {"score": Decimal("1.0001")}),
        ("score_range", {"score": Decimal("-0.1")}),
        ("hours_range", {"hours": Decimal(-1)}),
        ("kind_known", {"kind": "rumour"}),
    ],
)
def test_impossible_evidence_is_refused_by_the_database(
    worker: Person, now: datetime, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        record(worker, now, **fields)


@pytest.mark.postgres
def test_withdrawal_of_nothing_is_refused_by_the_database(worker: Person, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="withdrawal_names_what"), transaction.atomic():
        Evidence.objects.create(
            person=worker,
            subject=SubjectFactory(),
            kind="course",
            version_hash="",
            source_key="x",
            occurred_at=now,
            recorded_at=now,
            withdrawn=True,
        )


@pytest.mark.postgres
def test_score_cannot_be_raised_afterwards(worker: Person, now: datetime) -> None:
    evidence = record(worker, now)
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE competencies_evidence SET score = 1")
    evidence.refresh_from_db()
    assert evidence.score == Decimal("0.8000")


def test_evidence_holds_no_personal_data() -> None:
    """domain.md, invariant 3: a person is an opaque id here."""
    texts = {
        field.name
        for field in Evidence._meta.get_fields()
        if field.concrete and field.get_internal_type() in {"CharField", "TextField", "JSONField"}
    }
    assert texts == {"kind", "version_hash", "weights", "leaf_scores", "source_key"}


def test_subject_is_registered_once_and_follows_its_release(db: Any) -> None:
    first = register_subject(kind=SubjectKind.COURSE, key="data", title="数据", hours=Decimal("2.5"))
    again = register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", url="/courses/data/")
    assert again.pk == first.pk
    assert (again.title, again.hours, again.url) == ("数据分析", 0, "/courses/data/")
    register_subject(kind=SubjectKind.EXAM, key="data", title="数据考试")
    assert Subject.objects.count() == 2


@pytest.mark.postgres
def test_unknown_kind_of_subject_is_refused_by_the_database(db: Any) -> None:
    with pytest.raises(IntegrityError, match="kind_known"), transaction.atomic():
        Subject.objects.create(kind="gossip", key="x", title="x")
