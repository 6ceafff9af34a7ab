"""免修: an earlier certificate is looked at by a person, meets the rule for the exam, and pretends no mark."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from assessments.decisions import reconsider, standing
from assessments.entry.exemptions import (
    PriorCertificate,
    end_exemption,
    grant_exemption,
    refuse_exemption,
    request_exemption,
    visible_exemption,
)
from assessments.entry.rehearsal import ensure_rehearsal
from assessments.models import Decision, Exemption, RequestStatus
from assessments.schemes.releasing import release_scheme
from competencies.ledger import register_subject
from competencies.models import Evidence, SubjectKind
from competencies.profile import profile_of
from core import private_files
from core.errors import NotAllowed, Refusal
from core.hashing import sha256_hex
from core.models import AuditEntry
from people.models import Notice, Person, Role
from tests.assessments.making import make_exam, make_submitted, picture_bytes
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
PDF = "%PDF-1.4 计算机二级".encode()
HELD = PriorCertificate("全国计算机等级考试二级", "教育考试院", date(2024, 6, 1), "65-1")


@pytest.fixture
def learner(db: Any) -> Person:
    make_exam()
    return make_person("许知秋")


@pytest.fixture
def administrator(learner: Person) -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


def ask(
    person: Person, now: datetime, *, content: bytes = PDF, name: str = "证书.pdf", **more: Any
) -> Exemption:
    said: dict[str, Any] = {"exam_key": "base", "certificate": HELD, **more}
    return request_exemption(person=person, file=SimpleUploadedFile(name, content), now=now, **said)


def grant(asked: Exemption, by: Person, now: datetime, word: str = "") -> Exemption:
    return grant_exemption(exemption=asked, word=word, by=by, now=now)


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value.code


def make_scheme(mark: int = 60, **rule: Any) -> None:
    """One that asks for the exam and nothing else."""
    register_subject(kind=SubjectKind.EXAM, key="base", title="考试base")
    definition = {
        "key": "one",
        "title": "一场考试",
        "level": None,
        "valid_months": None,
        "view": "A@1",
        "certificate_title": "培训合格证书",
        "rule": {
            "id": "e",
            "kind": "exam",
            "title": "基础考试",
            "subject": "base",
            "mark": mark,
            "minutes": 60,
            **rule,
        },
    }
    release_scheme(definition=definition, by=None, now=datetime.fromisoformat("2025-09-01T00:00+00:00"))


def test_request_keeps_the_file_privately_under_its_hash(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now, name="../证书.exe")
    assert (asked.file_name, asked.file_sha256) == ("证书.exe.pdf", sha256_hex(PDF))
    assert private_files.read(asked.file_path) == PDF
    assert asked.file_path.startswith(f"exemptions/{asked.pk}/")
    notice = Notice.objects.get(recipient=administrator)
    assert (notice.title, notice.url) == ("有人申请免修：考试base", f"/exams/exemptions/{asked.pk}/")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "证书.pdf", "empty"),
        (b"MZ\x90\x00", "证书.pdf", "kind"),
        (b"<html><script>1</script>", "证书.png", "kind"),
        (picture_bytes() + b"<script>", "证书.png", "polyglot"),
        (b"%PDF-" + bytes(10 * 1024 * 1024), "证书.pdf", "size"),
    ],
)
def test_request_takes_pdf_and_pictures_told_from_their_bytes(
    content: bytes, name: str, code: str, learner: Person, now: datetime
) -> None:
    assert code_of(ask, learner, now, content=content, name=name) == code
    assert ask(learner, now, content=picture_bytes(), name="证书.pdf").file_name == "证书.pdf.png"


def test_request_is_for_exams_that_count_and_days_that_were(learner: Person, now: datetime) -> None:
    make_exam("practice", practice=True)
    tomorrow = PriorCertificate("证书", "某处", date(2026, 11, 23))
    for key in ("absent", "practice", ensure_rehearsal(now=now).key):
        assert code_of(ask, learner, now, exam_key=key) == "not_released"
    assert code_of(ask, learner, now, certificate=tomorrow) == "issued_on"


def test_request_is_made_once_while_one_waits_or_holds(learner: Person, now: datetime) -> None:
    asked = ask(learner, now)
    assert ask(learner, now) == asked
    end_exemption(exemption=asked, by=learner, now=now)
    assert ask(learner, now) != asked
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=asked.pk).update(status="requested")


def test_grant_meets_the_rule_and_says_that_it_is_an_exemption(
    learner: Person, administrator: Person, now: datetime
) -> None:
    make_scheme()
    grant(ask(learner, now), administrator, now)
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.subject.kind, evidence.subject.key) == ("exemption", "exam", "base")
    assert (evidence.score, evidence.weights, evidence.hours) == (None, {}, 0)
    proof = standing(learner)[0].proof
    assert (proof.met, proof.have_text) == (True, "凭已有证书免修")
    assert evidence.get_kind_display() == "考试免修"
    assert profile_of(learner) == {}


def test_grant_is_no_mark_where_one_was_earned(learner: Person, administrator: Person, now: datetime) -> None:
    make_scheme(must_pass=True)
    make_submitted(learner, now=now)
    assert standing(learner)[0].proof.have_text == "得分 100%"
    grant(ask(learner, now), administrator, now)
    assert standing(learner)[0].proof.have_text == "得分 100%"


def test_exemption_from_another_exam_meets_nothing(
    learner: Person, administrator: Person, now: datetime
) -> None:
    make_scheme()
    make_exam("other")
    grant(ask(learner, now, exam_key="other"), administrator, now)
    assert standing(learner)[0].met is False


def test_grant_tells_the_person_once_and_is_audited_once(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    granted = grant(asked, administrator, now, word="已核对。")
    assert grant(asked, administrator, now, word="再来") == granted
    told = Notice.objects.get(recipient=learner)
    assert (told.title, told.body, told.url) == ("免修已同意：考试base", "已核对。", "/exams/base/")
    assert Notice.objects.get(recipient=administrator).read_at == now
    entry = AuditEntry.objects.get(action="exemption.granted")
    assert (entry.actor, entry.detail) == (
        str(administrator.pk),
        {"exam": "base", "file": sha256_hex(PDF)},
    )


def test_decision_is_for_whoever_administers_the_person_and_never_for_oneself(
    learner: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    foreign = make_person(organisation=make_organisation("XX"), roles=(Role.ADMINISTRATOR,))
    for nobody in (learner, foreign, make_person(roles=(Role.EXAMINER,)), make_person()):
        with pytest.raises(NotAllowed):
            grant(asked, nobody, now)
    chief = make_person(roles=(Role.ADMINISTRATOR,))
    with pytest.raises(NotAllowed):
        grant(ask(chief, now), chief, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=asked.pk).update(decided_by=learner)


def test_refusal_needs_a_word_and_leaves_no_evidence(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    assert code_of(refuse_exemption, exemption=asked, word="", by=administrator, now=now) == "word"
    refuse_exemption(exemption=asked, word="看不清编号，请重拍。", by=administrator, now=now)
    assert Notice.objects.get(recipient=learner).body == "看不清编号，请重拍。"
    assert Evidence.objects.count() == 0
    assert ask(learner, now) != asked


def test_end_withdraws_the_evidence_and_the_rule_is_open_again(
    learner: Person, administrator: Person, now: datetime
) -> None:
    make_scheme()
    asked = grant(ask(learner, now), administrator, now)
    reconsider(person=learner, now=now)
    end_exemption(exemption=asked, by=administrator, word="证书已被撤销。", now=now + timedelta(days=1))
    end_exemption(exemption=asked, by=administrator, now=now + timedelta(days=2))
    reconsider(person=learner, now=now + timedelta(days=2))
    asked.refresh_from_db()
    assert asked.status == RequestStatus.ENDED
    assert list(Evidence.objects.order_by("id").values_list("withdrawn", flat=True)) == [False, True]
    assert [each.met for each in Decision.objects.order_by("id")] == [True, False]
    assert standing(learner)[0].proof.have_text == "还没考"
    assert AuditEntry.objects.filter(action="exemption.ended").count() == 1


def test_file_is_seen_by_the_person_and_by_whoever_decides(
    learner: Person, administrator: Person, now: datetime
) -> None:
    asked = ask(learner, now)
    for viewer, sees in ((learner, True), (administrator, True), (make_person(), False)):
        found = visible_exemption(exemption_id=asked.pk, viewer=viewer, at=now)
        assert (found == asked) is sees
