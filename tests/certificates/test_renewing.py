"""Renewal: in time, with its own date of issue, and beside an old certificate that simply runs out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.models import SchemeVersion
from certificates.life.ending import ending_between
from certificates.models import BatchKind, Certificate, CertificateBatch, Succession
from certificates.renewing import Renewals, propose_renewals, renewals_due
from certificates.verifying import Verdict, verify
from competencies.ledger import record_evidence, register_subject, withdraw_evidence
from competencies.models import Evidence, EvidenceKind, SubjectKind
from core.errors import Refusal
from tests.certificates.life.making import go_through, lose_exam, proposer_of, suspend
from tests.certificates.making import NOW, make_certificate, make_scheme, someone_else
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
LAST_DAY = date(2029, 11, 21)
TRAINING = [{"from": "2024-01-01", "months": 36, "hours": 72, "window_months": 3}]


def at(days_before_the_end: int) -> datetime:
    """Noon of a day so long before the last one; negative: after it."""
    return datetime(2029, 11, 21, 4, 0, tzinfo=NOW.tzinfo) - timedelta(days=days_before_the_end)


def due(certificate: Certificate, now: datetime) -> Renewals:
    scheme = SchemeVersion.objects.newest().get(key=certificate.scheme_version.key)
    return renewals_due(scheme=scheme, organisation=make_organisation(), now=now)


def propose(certificate: Certificate, now: datetime) -> CertificateBatch:
    return propose_renewals(
        scheme=SchemeVersion.objects.newest().get(key=certificate.scheme_version.key),
        organisation=make_organisation(),
        people=[certificate.person_id],
        title="2029 换发",
        by=proposer_of(certificate),
        now=now,
        enqueue=False,
    )


def renew(certificate: Certificate, now: datetime) -> Certificate:
    batch = propose(certificate, now)
    go_through(batch, by=someone_else(certificate), now=now)
    return Certificate.objects.get(batch_row__batch=batch)


@pytest.mark.parametrize(("days_before", "listed"), [(91, 0), (90, 1), (0, 1), (-1, 1), (-364, 1), (-366, 0)])
def test_due_from_ninety_days_before_the_end_to_a_year_after_it(days_before: int, listed: int) -> None:
    certificate = make_certificate()
    assert certificate.valid_until == LAST_DAY
    assert len(due(certificate, at(days_before)).ready) == listed


def test_in_time_it_is_valid_from_the_day_after_the_old_one_ends() -> None:
    old = make_certificate()
    new = renew(old, at(30))
    assert (new.valid_from, new.valid_until) == (date(2029, 11, 22), date(2032, 11, 21))
    assert (new.issued_at, new.follows, new.follows_as) == (at(30), old, Succession.RENEWAL)
    verdicts = [verify(each.code, now=at(30)).verdict for each in (old, new)]
    assert verdicts == [Verdict.AUTHENTIC, Verdict.NOT_YET_VALID]
    verdicts = [verify(each.code, now=at(-1)).verdict for each in (old, new)]
    assert verdicts == [Verdict.EXPIRED, Verdict.AUTHENTIC]


def test_too_late_it_is_valid_from_its_day_of_issue() -> None:
    new = renew(make_certificate(), at(-100))
    assert new.valid_from == at(-100).date() == new.issued_at.date()


def test_what_is_renewed_or_not_in_force_is_not_due() -> None:
    old = make_certificate("许知秋")
    other = make_certificate("陶然", scheme=old.scheme_version)
    suspend(other)
    assert [each.certificate for each in due(old, at(30)).ready] == [old]
    renew(old, at(30))
    assert due(old, at(29)) == Renewals([], [])


def test_second_press_finds_the_same_batch() -> None:
    old = make_certificate()
    assert propose(old, at(30)) == propose(old, at(30))
    assert CertificateBatch.objects.filter(kind=BatchKind.RENEWAL).count() == 1


def test_whoever_no_longer_meets_the_scheme_is_told_what_is_missing() -> None:
    old = make_certificate()
    lose_exam(old)
    outlook = due(old, at(30)).lacking[0]
    assert outlook.lacks == "完成考试 ≥ 60%"
    with pytest.raises(Refusal):
        propose(old, at(30))


def train(certificate: Certificate, hours: str, now: datetime) -> None:
    subject = register_subject(kind=SubjectKind.COURSE, key="more", title="实践")
    record_evidence(
        person=certificate.person,
        subject=subject,
        kind=EvidenceKind.PRACTICE,
        version_hash="0" * 64,
        source_key=f"practice:{hours}",
        occurred_at=now,
        now=now,
        hours=Decimal(hours),
    )


def test_further_training_is_asked_for_before_and_in_the_batch() -> None:
    old = make_certificate(scheme=make_scheme(renewal=TRAINING))
    assert due(old, at(30)).lacking[0].lacks == "继续教育已有 0 学时，需要 72 学时"
    train(old, "72", at(200))
    assert renew(old, at(30)).follows == old


def test_further_training_that_was_withdrawn_meanwhile_stops_the_row() -> None:
    old = make_certificate(scheme=make_scheme(renewal=TRAINING))
    train(old, "72", at(200))
    batch = propose(old, at(30))
    evidence = Evidence.objects.get(source_key="practice:72")
    withdraw_evidence(evidence=evidence, source_key="taken back", now=at(30))
    with pytest.raises(Refusal):
        go_through(batch, by=someone_else(old), now=at(30))
    assert [finding["code"] for finding in batch.rows.get().findings] == ["follows"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_three(count: int, django_assert_num_queries: Any) -> None:
    certificates: list[Certificate] = []
    for name in ["许知秋", "陶然", "白晓璐"][:count]:
        scheme = certificates[0].scheme_version if certificates else None
        certificates.append(make_certificate(name, scheme=scheme))
    scheme, organisation = certificates[0].scheme_version, make_organisation()
    with django_assert_num_queries(4):
        found = renewals_due(scheme=scheme, organisation=organisation, now=at(30))
    assert len(found.ready) == count
    assert len(ending_between(LAST_DAY, LAST_DAY, on=at(30).date(), scheme_key="other")) == 0
