"""The transcript: from the frozen record, printed once, for the holder and those who oversee the certificate."""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from certificates.credentials import credential_of
from certificates.erasing import erase_holder
from certificates.issuing import issue_batch
from certificates.models import Certificate, Transcript
from certificates.transcripts.printing import print_transcript, transcript_order
from certificates.verifying import Verdict, verify_file
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from core.errors import Refusal
from core.hashing import sha256_hex
from core.models import AuditEntry
from core.private_files import read
from people.models import Role
from tests.certificates.making import (
    NOW,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_pairing,
    make_scheme,
    someone_else,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def make_endorsed() -> Certificate:
    """A certificate that rests on a mentor's endorsement."""
    make_issuer()
    scheme, pair = make_scheme(endorsed=True), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    make_pairing(person, make_person("沈静文"), signer=pair[1])
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True)
    issue_batch(batch=batch, clock=lambda: NOW)
    return Certificate.objects.get()


def text_of(kept: Transcript) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(read(kept.path))).pages)


def url(certificate: Certificate) -> str:
    return reverse("certificates:transcript", args=[certificate.serial])


def test_it_says_what_stands_behind_the_certificate() -> None:
    certificate = make_endorsed()
    said = text_of(print_transcript(certificate=certificate, by=certificate.person, now=NOW))
    expected = [
        "成绩与能力附页",
        certificate.serial,
        "许知秋",
        "数据分析",
        "基础模块考试",
        "数字技术",
        "证据不足",
        "沈静文（骨干）",
        "QL-2025-041",
        "2025年10月1日—至今",
        "0次",
        "带教中",
        "导师推荐",
        "2026年11月12日",
        certificate.code,
        "第1页",
    ]
    assert [each for each in expected if each not in said] == []


def test_the_record_names_nobody_and_the_credential_carries_only_its_hash() -> None:
    certificate = make_endorsed()
    record = json.dumps(certificate.snapshot, ensure_ascii=False)
    assert ("许知秋" in record, "沈静文" in record) == (False, False)
    credential = json.dumps(credential_of(certificate, certificate.holder), ensure_ascii=False)
    assert "2026-11-12" not in credential
    assert len(credential_of(certificate, certificate.holder)["attested"]["transcript"]) == 64


def test_it_is_printed_once_and_stays_what_it_was() -> None:
    certificate = make_certificate()
    first = print_transcript(certificate=certificate, by=certificate.person, now=NOW)
    subject = register_subject(kind=SubjectKind.COURSE, key="later", title="后来的课", hours=Decimal(3))
    record_evidence(
        person=certificate.person,
        subject=subject,
        kind=EvidenceKind.COURSE,
        version_hash=sha256_hex(b"v"),
        source_key="later",
        occurred_at=NOW,
        now=NOW,
        score=Decimal(1),
        weights={"LAW": Decimal(1)},
    )
    assert print_transcript(certificate=certificate, by=certificate.person, now=NOW) == first
    order = transcript_order(certificate, certificate.holder, now=NOW)
    assert "后来的课" not in str(order.context)
    assert (
        Transcript.objects.count(),
        AuditEntry.objects.filter(action="transcript.printed").count(),
    ) == (1, 1)


def test_a_file_is_recognised_until_the_holder_is_erased() -> None:
    certificate = make_certificate()
    content = read(print_transcript(certificate=certificate, by=certificate.person, now=NOW).path)
    assert verify_file(content, now=NOW).verdict == Verdict.AUTHENTIC
    assert verify_file(content + b"%", now=NOW).verdict == Verdict.UNKNOWN
    erase_holder(person=certificate.person, by=None, now=NOW)
    assert verify_file(content, now=NOW).verdict == Verdict.UNKNOWN
    with pytest.raises(Refusal):
        print_transcript(certificate=certificate, by=certificate.person, now=NOW)


def test_a_certificate_from_before_gets_what_it_has_and_says_so() -> None:
    certificate = make_certificate()
    del certificate.snapshot["transcript"]
    said = text_of(print_transcript(certificate=certificate, by=certificate.person, now=NOW))
    assert "附页只列当时留存的内容" in said
    assert "四、证据清单" not in said
    assert "数据分析" in said


def test_a_long_list_goes_over_sheets_with_its_head_on_each() -> None:
    certificate = make_certificate()
    line = certificate.snapshot["transcript"]["evidence"][0]
    certificate.snapshot["transcript"]["evidence"] = [line] * 60
    pages = PdfReader(
        BytesIO(read(print_transcript(certificate=certificate, by=certificate.person, now=NOW).path))
    ).pages
    texts = ["".join(page.extract_text().split()) for page in pages]
    assert len(texts) >= 3
    assert [f"第{number}页，共{len(texts)}页" in text for number, text in enumerate(texts, 1)] == [
        True
    ] * len(texts)
    assert ["名称类别日期学时得分" in text for text in texts[1:]] == [True] * (len(texts) - 1)


def test_holder_and_overseer_read_it_and_nobody_else(login: Any) -> None:
    certificate = make_certificate()
    elsewhere = make_organisation("ELSE", make_organisation())
    readers = {
        "stranger": make_person("丙"),
        "issuer elsewhere": make_person("甲", organisation=elsewhere, roles=(Role.ISSUER,)),
    }
    assert [login(who).get(url(certificate)).status_code for who in readers.values()] == [404, 404]
    assert Transcript.objects.count() == 0
    answers = [login(who).get(url(certificate)) for who in (certificate.person, someone_else(certificate))]
    first, second = (b"".join(answer.streaming_content) for answer in answers)
    assert (first[:5], first == second, answers[0]["Cache-Control"]) == (b"%PDF-", True, "private, no-store")
    assert login(certificate.person).post(url(certificate)).status_code == 405


def test_what_was_never_released_has_none(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True)
    from certificates.issuing import reserve_row

    reserve_row(row=batch.rows.get(), now=NOW)
    certificate = Certificate.objects.get()
    assert [login(who).get(url(certificate)).status_code for who in (person, pair[1])] == [404, 404]


def test_the_links_stand_where_they_are_looked_for(login: Any) -> None:
    certificate = make_certificate()
    own = login(certificate.person).get(reverse("me")).content.decode()
    page = reverse("certificates:certificate", args=[certificate.serial])
    overseen = login(someone_else(certificate)).get(page).content.decode()
    assert [url(certificate) in text for text in (own, overseen)] == [True, True]
