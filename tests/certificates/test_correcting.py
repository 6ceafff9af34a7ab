"""A correction takes the place of the old certificate, in one transaction or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certificates import issuing
from certificates.batches import return_batch
from certificates.consistency import findings
from certificates.correcting import propose_correction
from certificates.credentials import credential_of
from certificates.holders.requests import ask_correction, last_request
from certificates.issuing import issue_batch
from certificates.life.evidence import standing_evidence_of
from certificates.log import verify_log
from certificates.models import (
    BatchKind,
    CaseOutcome,
    Certificate,
    CertificateBatch,
    CertificateCase,
    EventKind,
    LeafKind,
    RowState,
    Succession,
)
from certificates.names import ask_confirmation, confirm_name
from certificates.standing import Standing
from certificates.verifying import Verdict, verify, verify_file
from competencies.models import Evidence, EvidenceKind
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.private_files import read
from people.accounts import correct_name
from people.models import Notice
from tests.certificates.life.making import (
    LATER,
    correct,
    go_through,
    propose,
    proposer_of,
    suspend,
)
from tests.certificates.making import NOW, make_certificate, make_scheme, someone_else

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


def renamed(certificate: Certificate, name: str) -> None:
    """The account was corrected, and its holder confirmed the new name."""
    by = someone_else(certificate)
    correct_name(account=certificate.person.account, name=name, by=by, now=NOW)
    key = certificate.scheme_version.key
    asked = ask_confirmation(person=certificate.person, scheme_key=key, by=by, now=NOW)
    confirm_name(confirmation=asked, by=certificate.person, now=NOW)


def test_new_one_says_the_same_with_the_name_of_now_and_its_own_day_of_issue() -> None:
    old = make_certificate("许知秋")
    renamed(old, "许之秋")
    new = correct(old, now=TOMORROW)
    same = ("decision_id", "snapshot", "hours", "view_ref", "title", "valid_from", "valid_until", "theme")
    assert [getattr(new, each) for each in same] == [getattr(old, each) for each in same]
    assert (new.holder.printed_name, old.holder.printed_name) == ("许之秋", "许知秋")
    assert (new.issued_at, new.follows, new.follows_as) == (TOMORROW, old, Succession.CORRECTION)
    assert new.batch_row.batch.kind == BatchKind.CORRECTION


def test_old_one_is_superseded_where_it_is_asked_for() -> None:
    old = make_certificate()
    new = correct(old)
    found = verify(old.code, now=LATER)
    assert (found.verdict, found.successor) == (Verdict.SUPERSEDED, new.serial)
    assert verify_file(read(old.document.path), now=LATER).successor == new.serial
    assert verify(new.code, now=LATER).verdict == Verdict.AUTHENTIC
    assert (standing_evidence_of(old), standing_evidence_of(new) is None) == (None, False)
    assert Evidence.objects.standing().filter(kind=EvidenceKind.CERTIFICATE).count() == 1
    assert old.leaves.filter(kind=LeafKind.SUPERSEDE).count() == 1
    assert old.events.get(kind=EventKind.SUPERSEDED).note.text == "姓名有误"
    assert Notice.objects.filter(source_key=f"certificate-superseded:{old.serial}").count() == 1
    assert (verify_log().ok, findings(now=LATER)) == (True, [])


def test_public_page_names_the_new_number_and_nothing_that_opens_it(client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    old = make_certificate()
    new = correct(old)
    page = client.get(f"/verify/{old.code}/").content.decode()
    assert (new.serial in page, new.code in page, "证书有效" in page) == (True, False, False)


def test_until_it_is_handed_out_the_old_one_is_valid() -> None:
    old = make_certificate()
    propose(old)
    assert verify(old.code, now=LATER).verdict == Verdict.AUTHENTIC


def test_a_voided_correction_leaves_the_old_one_in_force(monkeypatch: Any) -> None:
    old = make_certificate()
    batch = propose(old)

    def broken(**_said: Any) -> bytes:
        raise ValueError("no ink")

    monkeypatch.setattr(issuing, "print_row", broken)
    go_through(batch, by=someone_else(old))
    for hours in range(1, 5):
        issue_batch(batch=batch, clock=lambda hours=hours: LATER + timedelta(hours=hours))  # type: ignore[misc]
    assert batch.rows.get().state == RowState.VOIDED
    assert verify(old.code, now=TOMORROW).verdict == Verdict.AUTHENTIC
    assert standing_evidence_of(old) is not None


def test_a_correction_of_what_was_suspended_meanwhile_is_voided(monkeypatch: Any) -> None:
    old = make_certificate()
    batch = propose(old)
    real = issuing.store_row

    def suspended_meanwhile(**said: Any) -> Any:
        suspend(old)
        return real(**said)

    monkeypatch.setattr(issuing, "store_row", suspended_meanwhile)
    go_through(batch, by=someone_else(old))
    row = batch.rows.get()
    assert row.state == RowState.VOIDED
    assert verify(row.certificate.code, now=LATER).verdict == Verdict.REVOKED
    assert verify(old.code, now=LATER).verdict == Verdict.SUSPENDED


def test_second_press_finds_the_batch_that_is_on_its_way() -> None:
    old = make_certificate()
    assert propose(old) == propose(old)
    assert CertificateBatch.objects.filter(kind=BatchKind.CORRECTION).count() == 1
    assert AuditEntry.objects.filter(action="batch.proposed").count() == 2


def test_reason_lies_with_the_cases_and_settles_what_the_holder_asked() -> None:
    old = make_certificate()
    asked = CertificateCase.objects.create(
        certificate=old, kind="correction_asked", words="写错了", opened_at=NOW
    )
    propose(old)
    asked.refresh_from_db()
    assert (asked.outcome, asked.note, asked.settled_by) == (
        CaseOutcome.CORRECTED,
        "姓名有误",
        proposer_of(old),
    )
    assert old.cases.count() == 1


def test_what_is_not_in_force_is_not_corrected() -> None:
    old = make_certificate()
    suspend(old)
    with pytest.raises(Refusal):
        propose(old)


def test_nobody_proposes_about_their_own_or_without_a_reason() -> None:
    old = make_certificate()
    with pytest.raises(NotAllowed):
        propose_correction(certificate=old, why="x", by=old.person, now=LATER)
    with pytest.raises(Refusal):
        propose_correction(certificate=old, why=" ", by=proposer_of(old), now=LATER)


def test_a_corrected_one_may_be_corrected_again_but_the_old_one_may_not() -> None:
    first = make_certificate()
    second = correct(first)
    third = correct(second, now=TOMORROW)
    assert verify(third.code, now=TOMORROW).verdict == Verdict.AUTHENTIC
    with pytest.raises(Refusal):
        propose(first, now=TOMORROW)
    stands = [verify(each.code, now=TOMORROW).standing for each in (first, second, third)]
    assert stands == [Standing.SUPERSEDED, Standing.SUPERSEDED, Standing.VALID]


def test_a_scheme_released_anew_does_not_stand_in_the_way() -> None:
    old = make_certificate()
    make_scheme(endorsed=True)
    assert correct(old).scheme_version == old.scheme_version


def test_credential_speaks_of_the_old_one_only_where_there_is_one() -> None:
    old = make_certificate()
    new = correct(old)
    assert "follows" not in credential_of(old, old.holder)
    assert credential_of(new, new.holder)["follows"] == {"serial": old.serial, "as": "correction"}


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_correction_sent_back_leaves_no_case_that_says_corrected(is_asked: bool) -> None:
    certificate = make_certificate()
    holder = certificate.person
    if is_asked:
        ask_correction(certificate=certificate, wanted_name="", words="性别有误", by=holder, now=NOW)
    batch = propose(certificate)
    case = CertificateCase.objects.get()
    assert case.outcome == CaseOutcome.CORRECTED
    assert last_request(certificate) == (case if is_asked else None)
    for _ in range(2):
        return_batch(batch=batch, remark="看不清楚", by=someone_else(certificate), now=LATER)
    case.refresh_from_db()
    assert case.outcome == ("" if is_asked else CaseOutcome.KEPT)
    assert AuditEntry.objects.filter(action="case.not_corrected").count() == 1
    assert propose(certificate, now=LATER + timedelta(hours=1)).pk != batch.pk


def test_a_newer_request_stays_the_open_one_when_the_correction_is_sent_back() -> None:
    certificate = make_certificate()
    ask_correction(certificate=certificate, wanted_name="", words="性别有误", by=certificate.person, now=NOW)
    batch = propose(certificate)
    newer = ask_correction(
        certificate=certificate, wanted_name="", words="还有一处", by=certificate.person, now=LATER
    )
    return_batch(batch=batch, remark="看不清楚", by=someone_else(certificate), now=LATER)
    assert list(CertificateCase.objects.filter(outcome="")) == [newer]
    assert CertificateCase.objects.exclude(pk=newer.pk).get().outcome == CaseOutcome.KEPT
