"""Cases: opened once for a decision, settled by a person, and never by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessments.decisions import reconsider
from certificates.cases import WAYS_OUT, open_ground_cases, settle_case
from certificates.life.tasks import look_at_grounds
from certificates.models import (
    CaseKind,
    CaseOutcome,
    Certificate,
    CertificateBatch,
    CertificateCase,
    EventKind,
    Reason,
)
from certificates.revoking import revoke_certificate
from competencies.ledger import withdraw_evidence
from competencies.models import Evidence, EvidenceKind
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Notice
from tests.certificates.life.making import LATER, correct, lose_exam
from tests.certificates.making import give_evidence, make_certificate, someone_else

pytestmark = pytest.mark.django_db
LATER_STILL = LATER + timedelta(hours=1)


def case_of(certificate: Certificate) -> CertificateCase:
    lose_exam(certificate)
    open_ground_cases(now=LATER)
    return certificate.cases.get()


def settle(case: CertificateCase, outcome: CaseOutcome, **changes: Any) -> CertificateCase:
    said = {"note": "已核对", "by": someone_else(case.certificate), "now": LATER_STILL, **changes}
    return settle_case(case=case, outcome=outcome, **said)


def kinds(certificate: Certificate) -> list[str]:
    return list(certificate.events.order_by("pk").values_list("kind", flat=True))


def test_every_kind_has_its_ways_out() -> None:
    assert set(WAYS_OUT) == set(CaseKind)
    assert {outcome for ways in WAYS_OUT.values() for outcome in ways} == set(CaseOutcome)


def test_a_lost_ground_opens_one_case_and_changes_nothing() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    assert [open_ground_cases(now=LATER), open_ground_cases(now=LATER_STILL)] == [1, 0]
    case = certificate.cases.get()
    assert (case.kind, case.opened_at, case.decision.met) == (CaseKind.GROUND_LOST, LATER, False)
    assert kinds(certificate) == [EventKind.ISSUED, EventKind.RELEASED]
    assert AuditEntry.objects.filter(action="case.opened").count() == 1


def test_nothing_lost_is_one_query(django_assert_num_queries: Any) -> None:
    make_certificate()
    with django_assert_num_queries(1):
        assert open_ground_cases(now=LATER) == 0


def test_withdrawn_evidence_leads_to_the_case_by_itself(
    django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    certificate = make_certificate()
    called: list[str] = []
    monkeypatch.setattr(look_at_grounds, "delay", called.append)
    exam = Evidence.objects.get(person=certificate.person, kind=EvidenceKind.EXAM)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_evidence(evidence=exam, source_key="regraded", now=LATER)
    assert called == [str(certificate.person_id)]
    assert look_at_grounds(called[0]) == 1
    assert certificate.cases.get().kind == CaseKind.GROUND_LOST


def test_kept_does_not_come_back_for_the_same_decision_but_for_the_next() -> None:
    certificate = make_certificate()
    case = case_of(certificate)
    settle(case, CaseOutcome.KEPT)
    assert open_ground_cases(now=LATER_STILL) == 0
    give_evidence(certificate.person, mark="0.9")
    reconsider(person=certificate.person, now=LATER_STILL)
    lose_exam(certificate, now=LATER_STILL)
    assert open_ground_cases(now=LATER_STILL) == 1


def test_kept_holds_for_the_correction_of_the_certificate_too() -> None:
    certificate = make_certificate()
    settle(case_of(certificate), CaseOutcome.KEPT)
    new = correct(certificate, now=LATER_STILL)
    assert open_ground_cases(now=LATER_STILL) == 0
    assert new.cases.count() == 0


def test_suspended_and_revoked_are_done_in_the_same_stroke() -> None:
    first, second = make_certificate("许知秋"), make_certificate("陶然")
    lose_exam(first)
    lose_exam(second)
    open_ground_cases(now=LATER)
    settle(first.cases.get(), CaseOutcome.SUSPENDED)
    settle(second.cases.get(), CaseOutcome.REVOKED, reason=Reason.SCORE_CORRECTED)
    assert (kinds(first)[-1], kinds(second)[-1]) == (EventKind.SUSPENDED, EventKind.REVOKED)
    assert first.events.get(kind=EventKind.SUSPENDED).note.text == "已核对"
    assert open_ground_cases(now=LATER_STILL) == 0


def test_settled_twice_is_settled_once_and_the_first_word_stands() -> None:
    certificate = make_certificate()
    case = case_of(certificate)
    settle(case, CaseOutcome.KEPT)
    again = settle(case, CaseOutcome.REVOKED, reason=Reason.SCORE_CORRECTED)
    assert (again.outcome, kinds(certificate)[-1]) == (CaseOutcome.KEPT, EventKind.RELEASED)
    assert AuditEntry.objects.filter(action="case.settled").count() == 1


def test_what_the_operation_refuses_leaves_the_case_open() -> None:
    case = case_of(make_certificate())
    with pytest.raises(Refusal):
        settle(case, CaseOutcome.REVOKED)  # without a reason
    with pytest.raises(Refusal):
        settle(case, CaseOutcome.KEPT, note=" ")
    with pytest.raises(Refusal):
        settle(case, CaseOutcome.CORRECTED)
    case.refresh_from_db()
    assert (case.outcome, kinds(case.certificate)[-1]) == ("", EventKind.RELEASED)


def test_nobody_settles_about_their_own_certificate() -> None:
    case = case_of(make_certificate())
    with pytest.raises(NotAllowed):
        settle(case, CaseOutcome.KEPT, by=case.certificate.person)


def test_revoking_from_the_certificates_page_settles_its_cases() -> None:
    certificate = make_certificate()
    case = case_of(certificate)
    by = someone_else(certificate)
    reason = Reason.SCORE_CORRECTED
    revoke_certificate(certificate=certificate, reason=reason, note="复核", by=by, now=LATER_STILL)
    case.refresh_from_db()
    assert (case.outcome, case.note, case.settled_by) == (CaseOutcome.REVOKED, "复核", by)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(CaseOutcome.KEPT, "证书维持不变：已核对"), (CaseOutcome.CORRECTED, "更正后的证书正在办理")],
)
def test_whoever_asked_for_a_correction_is_answered(outcome: CaseOutcome, said: str) -> None:
    certificate = make_certificate()
    case = CertificateCase.objects.create(
        certificate=certificate, kind=CaseKind.CORRECTION_ASKED, words="写错了", opened_at=LATER
    )
    settle(case, outcome)
    notice = Notice.objects.get(source_key=f"certificate-case:{case.pk}")
    assert (notice.recipient, said in notice.body) == (certificate.person, True)
    proposed = CertificateBatch.objects.filter(kind="correction").count()
    assert proposed == (outcome == CaseOutcome.CORRECTED)
