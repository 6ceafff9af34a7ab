"""Suspending and restoring: seen at once, undone without a trace in force, refused where it means nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from certificates.life.evidence import standing_evidence_of
from certificates.log import verify_log
from certificates.models import Certificate, CertificateEvent, EventKind, LeafKind, Reason
from certificates.suspending import restore_certificate, suspend_certificate
from certificates.verifying import Verdict, verify, verify_file
from competencies.models import Evidence, EvidenceKind
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.private_files import read
from people.models import Notice, Person, Role
from people.roles import grant_role
from tests.certificates.life.making import LATER
from tests.certificates.making import NOW, make_certificate, someone_else
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def suspend(certificate: Certificate, **changes: Any) -> CertificateEvent:
    said = {"reason": Reason.UNDER_REVIEW, "note": "来信", "by": someone_else(certificate), "now": LATER}
    return suspend_certificate(certificate=certificate, **{**said, **changes})


def restore(certificate: Certificate, **changes: Any) -> CertificateEvent:
    said = {"reason": Reason.QUESTION_SETTLED, "note": "", "by": someone_else(certificate), "now": LATER}
    return restore_certificate(certificate=certificate, **{**said, **changes})


def test_suspended_is_seen_at_once_and_restored_is_valid_again() -> None:
    certificate = make_certificate()
    suspend(certificate)
    assert verify(certificate.code, now=LATER).verdict == Verdict.SUSPENDED
    assert verify_file(read(certificate.document.path), now=LATER).verdict == Verdict.SUSPENDED
    assert standing_evidence_of(certificate) is None
    restore(certificate)
    assert verify(certificate.code, now=LATER).verdict == Verdict.AUTHENTIC
    again = standing_evidence_of(certificate)
    assert again is not None
    assert (again.occurred_at, again.recorded_at) == (NOW, LATER)
    kinds = certificate.leaves.order_by("index").values_list("kind", flat=True)
    assert list(kinds) == [LeafKind.ISSUE, LeafKind.SUSPEND, LeafKind.RESTORE]
    assert verify_log().ok


def test_public_page_says_since_when_and_why_but_not_what_colleagues_wrote(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    certificate = make_certificate()
    suspend(certificate, note="王老师来信")
    page = Client().get(f"/verify/{certificate.code}/").content.decode()
    assert ("证书暂停使用" in page, "有一个问题正在核实" in page, "王老师" in page) == (True, True, False)


def test_second_press_changes_nothing() -> None:
    certificate = make_certificate()
    assert suspend(certificate) == suspend(certificate, now=LATER + timedelta(minutes=1))
    assert restore(certificate) == restore(certificate, now=LATER + timedelta(minutes=1))
    assert certificate.events.count() == 4
    assert (
        AuditEntry.objects.filter(action__in=["certificate.suspended", "certificate.restored"]).count() == 2
    )
    assert Notice.objects.filter(source_key__contains=certificate.serial).count() == 3


def test_suspended_again_is_news_again() -> None:
    certificate = make_certificate()
    for days in range(3):
        suspend(certificate, now=LATER + timedelta(days=2 * days))
        restore(certificate, now=LATER + timedelta(days=2 * days + 1))
    assert certificate.events.count() == 8
    assert Notice.objects.filter(source_key__startswith="certificate-suspended:").count() == 3
    standing = Evidence.objects.standing().filter(kind=EvidenceKind.CERTIFICATE)
    assert [row.occurred_at for row in standing] == [NOW]


def test_what_has_expired_is_not_suspended() -> None:
    certificate = make_certificate()
    with pytest.raises(Refusal, match="过期"):
        suspend(certificate, now=NOW + timedelta(days=3000))


def test_what_expired_while_suspended_is_restored_to_expired() -> None:
    certificate = make_certificate()
    suspend(certificate)
    late = NOW + timedelta(days=3000)
    assert verify(certificate.code, now=late).verdict == Verdict.SUSPENDED
    restore(certificate, now=late)
    assert verify(certificate.code, now=late).verdict == Verdict.EXPIRED


def strangers(certificate: Certificate) -> list[Person]:
    elsewhere = make_organisation("XX")
    return [
        make_person(organisation=elsewhere, roles=(Role.ISSUER,)),
        make_person(roles=(Role.EXAMINER,)),
        certificate.person,
    ]


def test_only_those_who_issue_there_and_never_the_holder() -> None:
    certificate = make_certificate()
    for by in strangers(certificate):
        with pytest.raises(NotAllowed):
            suspend(certificate, by=by)
    suspend(certificate)
    for by in strangers(certificate):
        with pytest.raises(NotAllowed):
            restore(certificate, by=by)


def test_an_issuer_does_not_suspend_their_own_certificate() -> None:
    certificate = make_certificate()
    holder = certificate.person
    grant_role(
        person=holder,
        role=Role.ISSUER,
        organisation=make_organisation(),
        since_on=NOW.date() - timedelta(days=30),
        by=None,
        now=NOW,
    )
    with pytest.raises(NotAllowed, match="自己的证书"):
        suspend(certificate, by=holder)


def test_a_reason_of_another_step_is_refused() -> None:
    certificate = make_certificate()
    with pytest.raises(Refusal):
        suspend(certificate, reason=Reason.QUESTION_SETTLED)
    with pytest.raises(Refusal):
        restore(certificate, reason=Reason.UNDER_REVIEW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_suspend_once(postgres_only: None) -> None:
    certificate = make_certificate()
    by = someone_else(certificate)

    def press(_number: int) -> int:
        try:
            return suspend(certificate, by=by).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(press, range(10)))) == 1
    assert certificate.events.filter(kind=EventKind.SUSPENDED).count() == 1
    assert certificate.leaves.filter(kind=LeafKind.SUSPEND).count() == 1
