"""Who may propose, approve and issue, and what preflight holds back."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from certificates import batches, issuing, numbering, revoking
from certificates.batches import (
    approve_batch,
    candidates,
    propose_batch,
    return_batch,
    withdraw_batch,
)
from certificates.issuing import issue_batch, reserve_row
from certificates.models import (
    BatchStatus,
    Certificate,
    CertificateBatch,
    CertificateEvent,
    LogLeaf,
    Reason,
)
from certificates.names import ask_again, ask_confirmation, confirm_name, dispute_name
from certificates.queries import batches_under_way
from certificates.revoking import revoke_certificate
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.accounts import correct_name
from people.models import Account, Notice, Role
from people.roles import grant_role
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_pairing,
    make_scheme,
    recheck,
    someone_else,
)
from tests.factories import LONG_AGO, LONG_AGO_AT, make_organisation, make_person

pytestmark = pytest.mark.django_db


def codes(batch: CertificateBatch) -> list[list[str]]:
    return [[finding["code"] for finding in row.findings] for row in batch.rows.order_by("pk")]


def ready_for_one() -> Any:
    make_issuer()
    scheme = make_scheme()
    return scheme, make_issuing_pair(), make_eligible("许知秋", scheme=scheme)


def test_candidates_are_the_members_who_meet_the_scheme_now() -> None:
    make_issuer()
    scheme = make_scheme()
    met = make_eligible("许知秋", scheme=scheme)
    make_person("程野")
    elsewhere = make_organisation("OTHER")
    make_eligible("顾南", scheme=scheme, organisation=elsewhere)
    assert candidates(scheme=scheme, organisation=make_organisation(), now=NOW) == [met.pk]


@pytest.mark.parametrize("role", [None, Role.AUTHOR, Role.EXAMINER])
def test_proposing_needs_an_issuing_role(role: Role | None) -> None:
    scheme, _pair, person = ready_for_one()
    outsider = make_person(roles=(role,) if role else ())
    with pytest.raises(NotAllowed):
        make_batch([person], scheme=scheme, pair=(outsider, outsider))


def test_role_elsewhere_gives_nothing_here() -> None:
    scheme, pair, person = ready_for_one()
    stranger = make_person(organisation=make_organisation("OTHER"), roles=(Role.ISSUER,))
    with pytest.raises(NotAllowed):
        make_batch([person], scheme=scheme, pair=(stranger, stranger))
    batch = make_batch([person], scheme=scheme, pair=pair)
    with pytest.raises(NotAllowed):
        approve_batch(batch=batch, count=1, by=stranger, now=NOW)


def test_people_outside_the_organisation_cannot_be_proposed() -> None:
    scheme, pair, _person = ready_for_one()
    outside = make_eligible("顾南", scheme=scheme, organisation=make_organisation("OTHER"))
    with pytest.raises(NotAllowed):
        make_batch([outside], scheme=scheme, pair=pair)


@pytest.mark.parametrize("role", [Role.ISSUER, Role.ADMINISTRATOR])
def test_nobody_issues_to_themself_or_approves_their_own_proposal(role: Role) -> None:
    make_issuer()
    scheme = make_scheme()
    selfish = make_eligible("邹敏", scheme=scheme)
    grant_role(
        person=selfish,
        role=role,
        organisation=make_organisation(),
        since_on=LONG_AGO,
        by=None,
        now=LONG_AGO_AT,
    )
    proposed_by_self = make_batch([selfish], scheme=scheme, pair=(selfish, selfish), title="一")
    assert codes(proposed_by_self) == [["separate"]]
    with pytest.raises(NotAllowed):
        approve_batch(batch=proposed_by_self, count=1, by=selfish, now=NOW)
    other = make_person(roles=(Role.ISSUER,))
    approved_by_self = make_batch([selfish], scheme=scheme, pair=(other, selfish), title="二")
    with pytest.raises(NotAllowed):
        approve_batch(batch=approved_by_self, count=1, by=selfish, now=NOW)
    assert Certificate.objects.count() == 0


@pytest.mark.postgres
def test_database_refuses_one_person_as_proposer_and_approver() -> None:
    scheme, pair, person = ready_for_one()
    batch = make_batch([person], scheme=scheme, pair=pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateBatch.objects.filter(pk=batch.pk).update(approved_by=pair[0], approved_at=NOW)


def test_unapproved_batch_issues_nothing() -> None:
    scheme, pair, person = ready_for_one()
    batch = make_batch([person], scheme=scheme, pair=pair)
    assert issue_batch(batch=batch, clock=lambda: NOW) is False
    with pytest.raises(Refusal):
        reserve_row(row=batch.rows.get(), now=NOW)
    assert Certificate.objects.count() == 0


@pytest.mark.parametrize("count", [0, 2, 128])
def test_wrong_count_is_refused(count: int) -> None:
    scheme, pair, person = ready_for_one()
    batch = make_batch([person], scheme=scheme, pair=pair)
    with pytest.raises(Refusal) as caught:
        approve_batch(batch=batch, count=count, by=pair[1], now=NOW)
    assert caught.value.code == "count"


def test_approving_twice_is_once_and_returned_batches_stay_returned() -> None:
    scheme, pair, person = ready_for_one()
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True)
    again = approve_batch(batch=batch, count=1, by=pair[1], now=NOW + timedelta(hours=1), enqueue=False)
    assert again.approved_at == NOW
    assert AuditEntry.objects.filter(action="batch.approved").count() == 1
    back = make_batch([person], scheme=scheme, pair=pair, title="二")
    return_batch(batch=back, remark="名单有误", by=pair[1], now=NOW)
    with pytest.raises(Refusal):
        approve_batch(batch=back, count=1, by=pair[1], now=NOW)
    assert CertificateBatch.objects.get(pk=back.pk).status == BatchStatus.RETURNED


@pytest.mark.postgres
def test_every_privileged_write_leaves_exactly_one_audit_entry() -> None:
    before = AuditEntry.objects.count()
    certificate = make_certificate()
    by = someone_else(certificate)
    revoke_certificate(certificate=certificate, reason=Reason.ISSUED_IN_ERROR, note="", by=by, now=NOW)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)[before:]
    ours = [
        action for action in actions if action.split(".")[0] in ("issuer", "name", "batch", "certificate")
    ]
    assert ours == [
        "issuer.registered",
        "name.asked",
        "name.confirmed",
        "batch.proposed",
        "batch.tried",
        "batch.approved",
        "certificate.issued",
        "certificate.released",
        "batch.completed",
        "certificate.revoked",
    ]


def test_issue_time_is_the_servers_and_no_operation_takes_another() -> None:
    for operation in (
        batches.propose_batch,
        batches.approve_batch,
        issuing.issue_row,
        numbering.write_certificate,
        revoking.revoke_certificate,
    ):
        assert "issued_at" not in inspect.signature(operation).parameters


@pytest.mark.parametrize("word", ["中国社区证书", "国 家 级", "全国", "职业·资格"])
def test_forbidden_words_are_refused_in_titles(word: str) -> None:
    scheme, pair, person = ready_for_one()
    with pytest.raises(Refusal) as caught:
        make_batch([person], scheme=scheme, pair=pair, title=word)
    assert caught.value.code == "wording"


def test_forbidden_words_in_a_scheme_quarantine_everybody() -> None:
    make_issuer()
    scheme = make_scheme(certificate_title="国家职业资格证书")
    person = make_eligible("许知秋", scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=make_issuing_pair())
    assert codes(batch) == [["wording"]]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("欧阳𬭎", []),
        ("阿依古丽·买买提", []),
        ("张\u202e三", ["printable"]),
        ("张\u200b三", ["printable"]),
        ("张三😀", ["printable"]),
        ("张\ue000三", ["printable"]),
        ("张三\U00031350", ["printable"]),
        ("长" * 41, ["printable"]),
    ],
)
def test_names_that_cannot_be_printed_are_set_aside(name: str, found: list[str]) -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_eligible(name, scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=make_issuing_pair())
    assert codes(batch) == [found]


def test_name_must_have_been_put_to_the_person() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_person("程野")
    give_evidence(person)
    batch = make_batch([person], scheme=scheme, pair=make_issuing_pair())
    assert codes(batch) == [["confirmed"]]


def test_open_question_holds_back_until_its_day_has_passed() -> None:
    make_issuer()
    scheme = make_scheme()
    person, pair = make_person("程野"), make_issuing_pair()
    give_evidence(person)
    ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    batch = make_batch([person], scheme=scheme, pair=pair)
    assert codes(batch) == [["confirmed"]]
    recheck(batch, by=pair[0], now=NOW + timedelta(days=5))
    assert codes(batch) == [["confirmed"]]
    recheck(batch, by=pair[0], now=NOW + timedelta(days=6))
    assert codes(batch) == [[]]


def test_easily_mistaken_name_waits_for_its_bearers_own_yes() -> None:
    make_issuer()
    scheme = make_scheme()
    person, pair = make_person("阿依古丽•买买提"), make_issuing_pair()
    give_evidence(person)
    question = ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    assert "• (U+2022) → · (U+00B7)" in Notice.objects.get(recipient=person).body
    batch = make_batch([person], scheme=scheme, pair=pair)
    recheck(batch, by=pair[0], now=NOW + timedelta(days=30))
    assert codes(batch) == [["confirmed"]]
    confirm_name(confirmation=question, by=person, now=NOW)
    recheck(batch, by=pair[0], now=NOW + timedelta(days=30))
    assert codes(batch) == [[]]


def test_disputed_name_waits_for_a_corrected_account_and_a_new_question() -> None:
    make_issuer()
    scheme = make_scheme()
    person, pair = make_person("欧阳宏"), make_issuing_pair()
    give_evidence(person)
    question = ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    dispute_name(confirmation=question, correction="欧阳𬭎", by=person, now=NOW)
    assert Notice.objects.filter(recipient=pair[0]).count() == 1
    assert not Notice.objects.filter(recipient=person, read_at=None).exists()  # it was answered
    batch = make_batch([person], scheme=scheme, pair=pair)
    assert "欧阳𬭎" in batch.rows.get().findings[0]["reason"]
    Account.objects.filter(person=person).update(name="欧阳𬭎")
    recheck(batch, by=pair[0], now=NOW)
    assert batch.rows.get().findings[0]["ask"] is True
    second = ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    confirm_name(confirmation=second, by=person, now=NOW)
    recheck(batch, by=pair[0], now=NOW)
    assert codes(batch) == [[]]


def test_disputed_name_may_be_confirmed_after_all() -> None:
    make_issuer()
    scheme = make_scheme()
    person, pair = make_person("许知秋"), make_issuing_pair()
    question = ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    dispute_name(confirmation=question, correction="另写", by=person, now=NOW)
    with pytest.raises(Refusal):
        dispute_name(confirmation=question, correction="另写😀", by=person, now=NOW)
    confirm_name(confirmation=question, by=person, now=NOW)
    question.refresh_from_db()
    assert question.answer == "confirmed"


def test_name_is_asked_once_and_answered_by_its_owner_only() -> None:
    scheme, pair, person = ready_for_one()
    first = ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW)
    assert ask_confirmation(person=person, scheme_key=scheme.key, by=pair[0], now=NOW) == first
    with pytest.raises(NotAllowed):
        confirm_name(confirmation=first, by=pair[0], now=NOW)
    with pytest.raises(Refusal):
        dispute_name(confirmation=first, correction="另写", by=person, now=NOW)


def test_holder_of_a_valid_certificate_is_set_aside_until_it_is_revoked() -> None:
    certificate = make_certificate()
    batch = certificate.batch_row.batch
    pair = (batch.proposed_by, batch.approved_by)
    second = make_batch([certificate.person], scheme=batch.scheme_version, pair=pair, title="二")
    assert codes(second) == [["duplicate"]]
    revoke_certificate(certificate=certificate, reason=Reason.ISSUED_IN_ERROR, note="", by=pair[1], now=NOW)
    recheck(second, by=pair[0], now=NOW)
    assert codes(second) == [["confirmed"]]
    later, scheme_key = NOW + timedelta(hours=1), batch.scheme_version.key
    question = ask_confirmation(person=certificate.person, scheme_key=scheme_key, by=pair[0], now=later)
    confirm_name(confirmation=question, by=certificate.person, now=later)
    recheck(second, by=pair[0], now=later)
    assert codes(second) == [[]]
    notices = Notice.objects.filter(recipient=certificate.person, source_key__startswith="name-confirmation")
    assert notices.count() == 2


def test_whose_name_was_corrected_is_asked_again_wherever_it_was_not_settled() -> None:
    _scheme, pair, person = ready_for_one()
    other = ask_confirmation(person=person, scheme_key="other", by=pair[0], now=NOW)
    dispute_name(confirmation=other, correction="许知秌", by=person, now=NOW)
    assert ask_again(person=person, by=pair[0], now=NOW) == []
    correct_name(account=person.account, name="许知秌", by=pair[1], now=NOW)
    asked = ask_again(person=person, by=pair[0], now=NOW)
    assert [(one.scheme_key, one.asked_name, one.answer) for one in asked] == [("other", "许知秌", "")]
    assert ask_again(person=person, by=pair[0], now=NOW) == []


def test_the_spelling_that_was_asked_about_is_no_other_spelling() -> None:
    _scheme, pair, person = ready_for_one()
    question = ask_confirmation(person=person, scheme_key="other", by=pair[0], now=NOW)
    with pytest.raises(Refusal, match="问的就是这个写法"):
        dispute_name(confirmation=question, correction=f" {question.asked_name} ", by=person, now=NOW)


def test_a_batch_is_not_returned_without_a_word() -> None:
    scheme, pair, person = ready_for_one()
    batch = make_batch([person], scheme=scheme, pair=pair)
    with pytest.raises(Refusal, match="退回"):
        return_batch(batch=batch, remark="  ", by=pair[1], now=NOW)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.PROPOSED


def test_who_stands_in_a_batch_on_its_way_is_set_aside_in_the_next_until_the_first_is_returned() -> None:
    scheme, pair, person = ready_for_one()
    first = make_batch([person], scheme=scheme, pair=pair, title="一")
    second = make_batch([person], scheme=scheme, pair=pair, title="二")
    recheck(first, by=pair[0], now=NOW)
    recheck(second, by=pair[0], now=NOW)
    assert (codes(first), codes(second)) == ([[]], [["under_way"]])
    return_batch(batch=first, remark="重来", by=pair[1], now=NOW)
    recheck(second, by=pair[0], now=NOW)
    assert codes(second) == [[]]


def test_who_is_set_aside_in_one_batch_may_stand_in_another() -> None:
    scheme, pair, _person = ready_for_one()
    unasked = make_person()
    give_evidence(unasked)
    batches = [make_batch([unasked], scheme=scheme, pair=pair, title=title) for title in ("一", "二")]
    assert [codes(batch) for batch in batches] == [[["confirmed"]], [["confirmed"]]]


def test_endorsement_of_a_dissolved_pairing_does_not_carry_a_certificate() -> None:
    make_issuer()
    scheme = make_scheme(endorsed=True)
    pair = make_issuing_pair()
    person = make_eligible("蒋一帆", scheme=scheme)
    pairing = make_pairing(person, make_person("沈静文"), signer=pair[1])
    batch = make_batch([person], scheme=scheme, pair=pair)
    assert codes(batch) == [[]]
    type(pairing).objects.filter(pk=pairing.pk).update(status="dissolved", result="dissolved", ended_at=NOW)
    recheck(batch, by=pair[0], now=NOW)
    assert codes(batch) == [["pairing"]]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "table",
    ["certificate", "certificateevent", "logleaf", "checkpoint"],
)
def test_database_refuses_to_change_or_delete_what_is_on_record(table: str) -> None:
    make_certificate()
    for statement in ("UPDATE certificates_{} SET id = id + 1000", "DELETE FROM certificates_{}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))


def test_models_refuse_to_change_what_is_on_record() -> None:
    certificate = make_certificate()
    certificate.hours = 999
    with pytest.raises(AppendOnlyViolation):
        certificate.save()
    for model in (Certificate, CertificateEvent, LogLeaf):
        with pytest.raises(AppendOnlyViolation):
            model.objects.all().update(pk=1)


@pytest.mark.postgres
def test_proposing_the_same_batch_twice_is_once() -> None:
    scheme, pair, person = ready_for_one()
    first = make_batch([person], scheme=scheme, pair=pair)
    second = propose_batch(
        scheme=scheme,
        organisation=make_organisation(),
        people=[person.pk],
        title="2026-11",
        by=pair[0],
        now=NOW,
    )
    assert first == second


def test_proposer_takes_a_batch_back_and_its_people_are_free() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=pair)
    with pytest.raises(NotAllowed):
        withdraw_batch(batch=batch, by=pair[1], now=NOW)
    for _twice in range(2):
        assert withdraw_batch(batch=batch, by=pair[0], now=NOW).status == BatchStatus.RETURNED
    assert AuditEntry.objects.filter(action="batch.withdrawn").count() == 1
    assert batches_under_way([row.person_id for row in batch.rows.all()], scheme.key) == {}


def test_approved_batch_is_not_taken_back() -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=pair, approve=True)
    with pytest.raises(Refusal):
        withdraw_batch(batch=batch, by=pair[0], now=NOW)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPROVED
