"""A district with issuers, a scheme, and people who meet it: made through the rooms' own operations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from assessments.models import SchemeVersion
from assessments.schemes.releasing import release_scheme
from certificates.batches import approve_batch, propose_batch, recheck_batch
from certificates.issuers import register_issuer
from certificates.issuing import issue_batch
from certificates.models import Certificate, CertificateBatch, Issuer
from certificates.names import ask_confirmation, confirm_name
from certificates.trials import try_batch
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from core.hashing import sha256_hex
from mentoring.models import Pairing
from mentoring.pairings import Goal, start_pairing
from mentoring.standings import set_standing
from mentoring.terms import Tier
from people.models import Organisation, Person, Role
from tests.factories import make_organisation, make_person

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ISSUER_NAME = "青禾区社区治理学院"
SCHEME = {
    "key": "digital",
    "title": "数字治理 1+N（初级）",
    "level": "elementary",
    "valid_months": 36,
    "view": "A@1",
    "certificate_title": "培训合格证书",
    "rule": {
        "id": "all",
        "kind": "all",
        "title": "数字治理 1+N（初级）",
        "rules": [
            {"id": "course", "kind": "course", "title": "学完课程", "subject": "data", "minutes": 90},
            {
                "id": "exam",
                "kind": "exam",
                "title": "考试 ≥ 60%",
                "subject": "base",
                "mark": 60,
                "minutes": 20,
            },
        ],
    },
}
ENDORSED = {"id": "mentor", "kind": "endorsement", "title": "导师推荐", "minutes": 30}


def make_issuer() -> Issuer:
    """The house issuer."""
    return register_issuer(
        code="QHXY", name=ISSUER_NAME, phone="0571-0000 0000", by=None, now=NOW, domain="xueyuan.example"
    )


def make_scheme(*, endorsed: bool = False, **changes: Any) -> SchemeVersion:
    """The scheme above, released; with `endorsed` it also asks for a mentor's endorsement."""
    register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", hours=Decimal("8.0"))
    register_subject(kind=SubjectKind.EXAM, key="base", title="基础模块考试")
    definition = {**SCHEME, **changes}
    if endorsed:
        rule = {**SCHEME["rule"], "rules": [*SCHEME["rule"]["rules"], ENDORSED]}  # type: ignore[index]
        definition["rule"] = rule
    return release_scheme(definition=definition, by=None, now=NOW)


def make_issuing_pair(organisation: Organisation | None = None) -> tuple[Person, Person]:
    """Two people who issue for the district: one proposes, the other approves."""
    return (
        make_person("邹敏", organisation=organisation, roles=(Role.ISSUER,)),
        make_person("韩立群", organisation=organisation, roles=(Role.ADMINISTRATOR,)),
    )


def give_evidence(person: Person, *, mark: str = "0.86") -> None:
    """What the scheme asks for, as the courses and exams would record it."""
    course = register_subject(kind=SubjectKind.COURSE, key="data", title="数据分析", hours=Decimal("8.0"))
    exam = register_subject(kind=SubjectKind.EXAM, key="base", title="基础模块考试")
    common = {"person": person, "version_hash": sha256_hex(b"v1"), "now": NOW}
    record_evidence(
        **common,
        subject=course,
        kind=EvidenceKind.COURSE,
        source_key=f"course:{person.pk}",
        occurred_at=NOW - timedelta(days=60),
        score=Decimal(1),
        hours=Decimal("8.0"),
        weights={"DIG": Decimal(1)},
    )
    record_evidence(
        **common,
        subject=exam,
        kind=EvidenceKind.EXAM,
        source_key=f"exam:{person.pk}:{mark}",
        occurred_at=NOW - timedelta(days=10),
        score=Decimal(mark),
        weights={"DIG": Decimal("0.8"), "LAW": Decimal("0.2")},
    )


def make_eligible(
    name: str | None = None, *, scheme: SchemeVersion, organisation: Organisation | None = None
) -> Person:
    """Someone who meets the scheme and has confirmed how the name is written."""
    person = make_person(name, organisation=organisation)
    give_evidence(person)
    question = ask_confirmation(person=person, scheme_key=scheme.key, by=None, now=NOW - timedelta(days=1))
    confirm_name(confirmation=question, by=person, now=NOW - timedelta(hours=1))
    return person


def make_pairing(mentee: Person, mentor: Person, *, signer: Person, number: str = "QL-2025-041") -> Pairing:
    """An active pairing, 骨干 over 新任, with the endorsement standing in the ledger."""
    set_standing(person=mentor, tier=Tier.BACKBONE, capacity=3, by=None, now=NOW)
    set_standing(person=mentee, tier=Tier.NEW, capacity=0, by=None, now=NOW)
    pairing = start_pairing(
        agreement_no=number,
        mentor=mentor,
        mentee=mentee,
        since_on=date(2025, 10, 1),
        goals=[Goal("DIG", 70, "独立完成工单热力图")],
        by=signer,
        now=NOW - timedelta(days=300),
    )
    subject = register_subject(kind=SubjectKind.PAIRING, key=number, title=f"师徒结对 {number}")
    record_evidence(
        person=mentee,
        subject=subject,
        kind=EvidenceKind.ENDORSEMENT,
        version_hash=sha256_hex(b"e"),
        source_key=f"endorsement:{number}",
        occurred_at=NOW - timedelta(days=5),
        now=NOW,
        score=Decimal(1),
    )
    return pairing


def make_batch(
    people: list[Person],
    *,
    scheme: SchemeVersion,
    pair: tuple[Person, Person],
    approve: bool = False,
    title: str = "2026-11",
    organisation: Organisation | None = None,
    **options: Any,
) -> CertificateBatch:
    """A proposed batch whose trial is over, or with `approve` an approved one that nothing has issued yet. `options`
    go to `propose_batch`."""
    batch = propose_batch(
        scheme=scheme,
        organisation=organisation or make_organisation(),
        people=[person.pk for person in people],
        title=title,
        by=pair[0],
        now=NOW,
        enqueue=False,
        **options,
    )
    try_batch(batch=batch, clock=lambda: NOW)
    if approve:
        ready = batch.rows.filter(state="ready").count()
        approve_batch(batch=batch, count=ready, by=pair[1], now=NOW, enqueue=False)
        batch.refresh_from_db()
    return batch


def recheck(batch: CertificateBatch, *, by: Person, now: datetime) -> None:
    """Check a batch anew and wait for the trial."""
    recheck_batch(batch=batch, by=by, now=now, enqueue=False)
    try_batch(batch=batch, clock=lambda: now)


def make_certificate(name: str = "许知秋", *, scheme: SchemeVersion | None = None) -> Certificate:
    """A released certificate, with issuer, scheme and issuers made on the way."""
    make_issuer()
    scheme = scheme or make_scheme()
    pair = make_issuing_pair()
    person = make_eligible(name, scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True)
    issue_batch(batch=batch, clock=lambda: NOW)
    return Certificate.objects.get(person=person)


def someone_else(certificate: Certificate) -> Person:
    """The approver of the batch a certificate came from."""
    return certificate.batch_row.batch.approved_by
