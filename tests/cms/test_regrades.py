"""What a regrade would change beyond marks, put together by cms: decisions that flip, certificates resting on them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.admin.regrade_effects import Effects
from assessments.attempts import submit_attempt
from assessments.models import ExamVersion, Regrade, SchemeVersion
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.deciding import approve_regrade
from assessments.regrading.drafting import draft_regrade, propose_regrade, try_regrade
from certificates.issuing import issue_batch
from certificates.models import Certificate, Reason
from certificates.names import ask_confirmation, confirm_name
from certificates.queries import certificates_in_force
from certificates.revoking import revoke_certificate
from cms.regrades import read_effects
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from core.hashing import sha256_hex
from people.models import Organisation, Person, Role
from tests.assessments.making import make_attempt, make_exam, make_question, open_admin, save
from tests.certificates.making import NOW, make_batch, make_issuer, make_issuing_pair, make_scheme
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
LAST_WEEK = NOW - timedelta(days=7)


@pytest.fixture
def scheme() -> SchemeVersion:
    """Asks for a course and for 60 % in an exam of one question; the key says 乙, and 丙 is right."""
    make_exam(types=("single",))
    make_question("base-1", answer={"rule": "exact", "correct": "o3"})
    make_issuer()
    return make_scheme()


@pytest.fixture
def author() -> Person:
    return make_person(roles=(Role.AUTHOR,))


def make_candidate(name: str, answer: str, organisation: Organisation | None = None) -> Person:
    """Somebody who finished the course and answered so."""
    person = make_person(name, organisation=organisation)
    record_evidence(
        person=person,
        subject=register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", hours=Decimal(8)),
        kind=EvidenceKind.COURSE,
        version_hash=sha256_hex(b"v1"),
        source_key=f"course:{person.pk}",
        occurred_at=LAST_WEEK,
        now=LAST_WEEK,
        score=Decimal(1),
        hours=Decimal(8),
        weights={"DIG": Decimal(1)},
    )
    attempt = make_attempt(person, now=LAST_WEEK)
    save(attempt, 1, [answer], sequence=1, now=LAST_WEEK)
    submit_attempt(attempt_id=attempt.pk, by=person, now=LAST_WEEK)
    return person


def certify(person: Person, scheme: SchemeVersion, pair: tuple[Person, Person]) -> Certificate:
    question = ask_confirmation(person=person, scheme_key=scheme.key, by=None, now=LAST_WEEK)
    confirm_name(confirmation=question, by=person, now=LAST_WEEK)
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True, title=f"2026-{person.pk.hex[:4]}")
    issue_batch(batch=batch, clock=lambda: NOW)
    return Certificate.objects.get(person=person)


def tried(author: Person) -> Regrade:
    """丙 is right: tried."""
    version = ExamVersion.objects.get(key="base")
    right = make_question("base-1", answer={"rule": "exact", "correct": "o3"})
    regrade = draft_regrade(
        exam_version=version,
        changes=[{"kind": "key", "item": 1, "question_version": right.pk}],
        reason="答案录错了",
        by=author,
        now=NOW,
    )
    try_regrade(regrade=regrade, by=author, now=NOW)
    return advance_regrade(regrade=regrade, clock=lambda: NOW)


def effects(regrade: Regrade, viewer: Person) -> Effects:
    return read_effects(regrade, viewer, NOW)


def test_certificates_that_lose_their_ground_are_named_and_nothing_happens_to_them(
    scheme: SchemeVersion, author: Person
) -> None:
    pair = make_issuing_pair()
    holder = make_candidate("甲", "o2")
    make_candidate("乙", "o2")
    make_candidate("丙", "o3")
    certificate = certify(holder, scheme, pair)
    regrade = tried(author)
    found = effects(regrade, pair[1])
    number = holder.account.staff_number
    assert [(each.serial, each.candidate, each.scheme, each.url) for each in found.certificates] == [
        (
            certificate.serial,
            f"甲（{number}）",
            "数字治理 1+N（初级）",
            f"/certificates/{certificate.serial}/",
        )
    ]
    assert sorted((each.candidate[:1], each.met) for each in found.decisions) == [
        ("丙", True),
        ("乙", False),
        ("甲", False),
    ]
    assert (found.count, found.gained, found.lost) == (3, 1, 2)
    assert found.sentence.startswith("第 1 题更正答案：将改变 1 张证书的结论。")
    propose_regrade(regrade=regrade, by=author, now=NOW)
    approve_regrade(regrade=regrade, by=pair[1], now=NOW)
    advance_regrade(regrade=regrade, clock=lambda: NOW)
    assert certificates_in_force([holder.pk], [scheme.key], on=NOW.date()) == [certificate]


def test_an_author_reads_numbers_and_is_led_to_no_certificate(scheme: SchemeVersion, author: Person) -> None:
    holder = make_candidate("甲", "o2")
    certify(holder, scheme, make_issuing_pair())
    regrade = tried(author)
    number = regrade.lines.get().attempt.candidate_number
    (line,) = effects(regrade, author).certificates
    assert (line.candidate, line.url) == (f"考生 {number}", "")


def test_who_issues_elsewhere_is_led_to_no_certificate(scheme: SchemeVersion, author: Person) -> None:
    root = make_organisation("QH")
    there = make_organisation("QH-02", root)
    certify(make_candidate("甲", "o2"), scheme, make_issuing_pair())
    foreign = make_person(organisation=there, roles=(Role.ADMINISTRATOR, Role.ISSUER))
    (line,) = effects(tried(author), foreign).certificates
    assert line.url == ""
    assert "甲" not in line.candidate


def test_a_certificate_taken_back_is_no_longer_listed(scheme: SchemeVersion, author: Person) -> None:
    pair = make_issuing_pair()
    certificate = certify(make_candidate("甲", "o2"), scheme, pair)
    regrade = tried(author)
    assert len(effects(regrade, author).certificates) == 1
    revoke_certificate(certificate=certificate, reason=Reason.ISSUED_IN_ERROR, note="", by=pair[1], now=NOW)
    assert effects(regrade, author).certificates == ()
    assert effects(regrade, author).count == 1


def test_where_no_decision_flips_it_says_so(scheme: SchemeVersion, author: Person) -> None:
    make_candidate("甲", "o1")
    assert effects(tried(author), author).sentence == "没有认定结论会变，也不影响任何证书。"


def test_the_page_shows_them(scheme: SchemeVersion, author: Person, login: Any) -> None:
    open_admin()
    pair = make_issuing_pair()
    certificate = certify(make_candidate("甲", "o2"), scheme, pair)
    page = login(pair[1]).get(f"/admin/regrades/{tried(author).pk}/").content.decode()
    for text in ("结论会变的证书", f'href="/certificates/{certificate.serial}/"', "重判本身不动证书"):
        assert text in page


@pytest.mark.postgres
def test_as_many_queries_at_three_certificates_as_at_one(scheme: SchemeVersion, author: Person) -> None:
    pair, counts = make_issuing_pair(), []
    for names in ("甲", "乙丙"):
        for name in names:
            certify(make_candidate(name, "o2"), scheme, pair)
        regrade = tried(author)
        with CaptureQueriesContext(connection) as asked:
            assert effects(regrade, pair[1]).certificates
        counts.append(len(asked))
    assert counts == [8, 8]
