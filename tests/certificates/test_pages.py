"""Staff and holder pages: the whole way by form, and what strangers and forged fields get."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.models import SchemeVersion
from certificates.models import BatchStatus, Certificate, CertificateBatch, NameConfirmation
from certificates.names import ask_confirmation, dispute_name
from certificates.proposal import Proposal
from certificates.queries import held_by
from core.private_files import read
from people.accounts import correct_name
from people.models import Person, Role
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
    someone_else,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.postgres
def test_a_batch_goes_from_proposal_to_certificate_by_form(
    login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    proposer, approver = login(pair[0]), login(pair[1])
    scope = {"scheme": scheme.key, "organisation": "QH"}
    assert "许知秋" in text(proposer.get("/certificates/propose/", scope))
    with django_capture_on_commit_callbacks(execute=True):
        response = proposer.post(
            "/certificates/propose/", {**scope, "title": "2026-11", "person": [person.pk]}
        )
    batch = CertificateBatch.objects.get()
    url = f"/certificates/batches/{batch.pk}/"
    assert (response.status_code, response["Location"]) == (302, url)
    assert "审批人须是另一人" in text(proposer.get(url))
    assert approver.get(f"{url}sample/")["Content-Type"] == "application/pdf"
    wrong = approver.post(f"{url}decide/", {"count": "128", "seen": "on"})
    assert (wrong.status_code, "本批可签发 1 张" in text(wrong)) == (422, True)
    with django_capture_on_commit_callbacks(execute=True):
        approver.post(f"{url}decide/", {"count": "1", "seen": "on", "remark": "同意"})
    certificate = Certificate.objects.get()
    assert certificate.serial in text(approver.get(f"{url}people/"))
    assert "已签发" in text(approver.get("/certificates/"))
    revoke = f"/certificates/{certificate.serial}/revoke/"
    assert approver.post(revoke, {"reason": "issued_in_error"}).status_code == 422
    approver.post(revoke, {"reason": "issued_in_error", "note": "重复", "sure": "on"})
    page = text(approver.get(f"/certificates/{certificate.serial}/"))
    assert ("已撤销" in page, "重复" in page) == (True, True)


def test_proposer_cannot_approve_by_form(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible("许知秋", scheme=scheme)], scheme=scheme, pair=pair)
    url = f"/certificates/batches/{batch.pk}/decide/"
    response = login(pair[0]).post(url, {"count": "1", "seen": "on"})
    batch.refresh_from_db()
    assert (response.status_code, batch.status) == (422, BatchStatus.PROPOSED)


def test_batch_can_be_returned_by_form(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible("许知秋", scheme=scheme)], scheme=scheme, pair=pair)
    login(pair[1]).post(f"/certificates/batches/{batch.pk}/decide/", {"back": "1", "remark": "名单有误"})
    batch.refresh_from_db()
    assert (batch.status, batch.remark) == (BatchStatus.RETURNED, "名单有误")


def test_a_batch_that_can_issue_nothing_can_still_be_returned(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    unasked = make_person()
    give_evidence(unasked)
    batch = make_batch([unasked], scheme=scheme, pair=pair)
    approver, url = login(pair[1]), f"/certificates/batches/{batch.pk}/"
    page = text(approver.get(url))
    assert filled_buttons(page) == []
    assert 'name="back"' in page
    approver.post(f"{url}decide/", {"back": "1", "remark": "没有人可发"})
    batch.refresh_from_db()
    assert batch.status == BatchStatus.RETURNED


def test_whose_name_is_not_settled_is_asked_from_the_batch(
    login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    unasked = make_person()
    give_evidence(unasked)
    batch = make_batch([unasked], scheme=scheme, pair=pair)
    proposer, url = login(pair[0]), f"/certificates/batches/{batch.pk}/recheck/"
    with django_capture_on_commit_callbacks(execute=True):
        proposer.post(url, {"ask": "1"})
    assert NameConfirmation.objects.get(person=unasked).scheme_key == scheme.key
    page = text(proposer.post(url, {"ask": "1"}, follow=True))
    assert "没有人需要再问" in page


def test_a_yes_beside_another_spelling_is_refused(login: Any) -> None:
    person = make_person("许知秋")
    question = ask_confirmation(person=person, scheme_key="digital", by=make_person(), now=NOW)
    client, url = login(person), f"/certificates/names/{question.pk}/"
    response = client.post(url, {"answer": "confirmed", "correction": "许知秌"})
    question.refresh_from_db()
    assert (response.status_code, question.answer) == (422, "")
    assert "你选了“都对”" in text(response)
    client.post(url, {"answer": "confirmed", "correction": "许知秋"})
    question.refresh_from_db()
    assert question.answer == "confirmed"


def test_revoking_what_is_revoked_says_that_the_first_reason_stands(login: Any) -> None:
    certificate = make_certificate()
    client, url = (
        login(certificate.batch_row.batch.approved_by),
        f"/certificates/{certificate.serial}/revoke/",
    )
    first = text(client.post(url, {"reason": "issued_in_error", "sure": "on"}, follow=True))
    again = text(client.post(url, {"reason": "holder_data_wrong", "sure": "on"}, follow=True))
    assert ("公开查验页即刻显示" in first, "以那次的原因为准" in again) == (True, True)


def test_running_batch_loads_itself_again(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    batch = make_batch([make_eligible(scheme=scheme)], scheme=scheme, pair=pair, approve=True)
    assert 'http-equiv="refresh"' in text(login(pair[1]).get(f"/certificates/batches/{batch.pk}/"))


def test_forged_fields_neither_backdate_nor_choose_an_issuer(
    login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    forged = {
        "issued_at": "2020-01-01",
        "proposed_at": "2020-01-01",
        "approved_at": "2020-01-01",
        "approved_by": str(person.pk),
        "proposed_by": str(person.pk),
        "issuer": "999",
        "status": "completed",
    }
    scope = {"scheme": scheme.key, "organisation": "QH", "title": "一", "person": [person.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        login(pair[0]).post("/certificates/propose/", {**scope, **forged})
    batch = CertificateBatch.objects.get()
    assert (batch.proposed_by, batch.proposed_at, batch.status) == (pair[0], NOW, "proposed")
    with django_capture_on_commit_callbacks(execute=True):
        login(pair[1]).post(
            f"/certificates/batches/{batch.pk}/decide/", {"count": "1", "seen": "on", **forged}
        )
    certificate = Certificate.objects.get()
    assert (certificate.issued_at, certificate.issuer.code) == (NOW, "QHXY")
    assert certificate.batch_row.batch.approved_by == pair[1]


ROLES = [None, *Role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("where", ["home", "elsewhere"])
def test_strangers_learn_nothing_from_foreign_addresses(login: Any, role: Role | None, where: str) -> None:
    """Every page of a batch and a certificate of QH, for every role: at home only issuing roles get in."""
    certificate = make_certificate()
    batch = certificate.batch_row.batch
    organisation = make_organisation() if where == "home" else make_organisation("OTHER")
    viewer = make_person(organisation=organisation, roles=(role,) if role else ())
    may = where == "home" and role in (Role.ISSUER, Role.ADMINISTRATOR)
    client = login(viewer)
    pages = [
        f"/certificates/batches/{batch.pk}/",
        f"/certificates/{certificate.serial}/",
        f"/certificates/{certificate.serial}/pdf/",
    ]
    assert [client.get(page).status_code for page in pages] == [200 if may else 404] * 3
    if not may:
        for step in ("decide", "recheck", "retry"):
            assert client.post(f"/certificates/batches/{batch.pk}/{step}/", {"count": 1}).status_code == 404
        assert client.get(f"/certificates/batches/{batch.pk}/sample/").status_code == 404
        assert client.post(f"/certificates/{certificate.serial}/revoke/", {}).status_code == 404
    unknown = ["/certificates/batches/999999/", "/certificates/SQ-none/", "/certificates/SQ-none/pdf/"]
    assert [client.get(page).status_code for page in unknown] == [404] * 3


@pytest.mark.parametrize("role", [None, Role.AUTHOR, Role.EXAMINER])
def test_lists_are_for_issuing_roles(login: Any, role: Role | None) -> None:
    client = login(make_person(roles=(role,) if role else ()))
    assert client.get("/certificates/").status_code == 403
    assert client.get("/certificates/propose/").status_code == 403


def test_foreign_people_under_the_own_organisation_are_refused(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    foreign = make_eligible("顾南", scheme=scheme, organisation=make_organisation("OTHER"))
    scope = {"scheme": scheme.key, "organisation": "QH", "title": "一", "person": [foreign.pk]}
    login(pair[0]).post("/certificates/propose/", scope)
    scope |= {"organisation": "OTHER"}
    login(pair[0]).post("/certificates/propose/", scope)
    assert CertificateBatch.objects.count() == 0


def test_anonymous_readers_are_led_to_the_login() -> None:
    certificate = make_certificate()
    for page in ("/certificates/", f"/certificates/{certificate.serial}/pdf/"):
        assert Client().get(page).status_code == 302


@pytest.mark.postgres
def test_holder_downloads_the_stored_bytes(login: Any) -> None:
    certificate = make_certificate()
    response = login(certificate.person).get(f"/certificates/{certificate.serial}/pdf/")
    assert b"".join(response.streaming_content) == read(certificate.document.path)
    assert response["Cache-Control"] == "private, no-store"


def test_held_list_shows_standing_in_two_queries(django_assert_num_queries: Any) -> None:
    certificate = make_certificate()
    holder = certificate.person
    with django_assert_num_queries(2):
        held = held_by(holder, now=NOW)
    assert [(line.scheme_title, line.standing.value, line.chip) for line in held] == [
        ("数字治理 1+N（初级）", "valid", "done")
    ]
    assert held_by(someone_else(certificate), now=NOW) == ()


def question_for(name: str) -> tuple[Person, NameConfirmation]:
    person = make_person(name)
    return person, ask_confirmation(person=person, scheme_key="digital", by=None, now=NOW)


def test_name_is_confirmed_or_disputed_by_form(login: Any) -> None:
    person, question = question_for("欧阳宏")
    url = f"/certificates/names/{question.pk}/"
    client = login(person)
    assert "欧阳宏" in text(client.get(url))
    assert client.post(url, {"answer": "disputed", "correction": " "}).status_code == 422
    client.post(url, {"answer": "disputed", "correction": "欧阳𬭎"})
    question.refresh_from_db()
    assert (question.answer, question.correction) == ("disputed", "欧阳𬭎")
    other, second = question_for("程野")
    login(other).post(f"/certificates/names/{second.pk}/", {"answer": "confirmed"})
    second.refresh_from_db()
    assert (second.answer, second.answered_at) == ("confirmed", NOW)


def test_question_about_somebody_elses_name_is_not_found(login: Any) -> None:
    _person, question = question_for("程野")
    client = login(make_issuing_pair()[1])
    assert client.get(f"/certificates/names/{question.pk}/").status_code == 404
    assert client.post(f"/certificates/names/{question.pk}/", {"answer": "confirmed"}).status_code == 404


def test_names_are_asked_for_by_form(login: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_person("程野")
    give_evidence(person)
    scope = {"scheme": scheme.key, "organisation": "QH"}
    client = login(pair[0])
    assert "还没有请本人核对姓名" in text(client.get("/certificates/propose/", scope))
    client.post("/certificates/propose/", {**scope, "ask": "1"})
    question = NameConfirmation.objects.get()
    assert (question.person, question.due_on) == (person, (NOW + timedelta(days=5)).date())


def proposal_of(client: Client, scheme: SchemeVersion) -> Proposal:
    """What the page was drawn from, at QH."""
    scope = {"scheme": scheme.key, "organisation": "QH"}
    proposal: Proposal = client.get("/certificates/propose/", scope).context["proposal"]
    return proposal


def filled_buttons(page: str) -> list[str]:
    return re.findall(r'<button class="button"[^>]*>([^<]+)', page)


def test_proposal_tells_holders_apart_and_puts_first_whom_asking_helps(login: Any) -> None:
    certificate = make_certificate("许知秋")
    scheme, proposer = certificate.batch_row.batch.scheme_version, certificate.batch_row.batch.proposed_by
    ready = make_eligible("程野", scheme=scheme)
    disputing, waiting, unasked = (make_person(name) for name in ("白晓璐", "顾南", "江月"))
    for person in (disputing, waiting, unasked):
        give_evidence(person)
    asked = [
        ask_confirmation(person=person, scheme_key=scheme.key, by=proposer, now=NOW)
        for person in (disputing, waiting)
    ]
    dispute_name(confirmation=asked[0], correction="白晓露", by=disputing, now=NOW)
    proposal = proposal_of(login(proposer), scheme)
    lists = (proposal.ready, proposal.held_back, proposal.to_ask, proposal.holders)
    assert [[line.person_id for line in lines] for lines in lists] == [
        [ready.pk],
        [unasked.pk, waiting.pk, disputing.pk],
        [unasked.pk],
        [certificate.person_id],
    ]


def test_proposal_without_anybody_ready_asks_for_names_first(login: Any) -> None:
    certificate = make_certificate("许知秋")
    scheme, proposer = certificate.batch_row.batch.scheme_version, certificate.batch_row.batch.proposed_by
    give_evidence(make_person("江月"))
    client, scope = login(proposer), {"scheme": scheme.key, "organisation": "QH"}
    page = text(client.get("/certificates/propose/", scope))
    assert filled_buttons(page) == ["请 1 人核对姓名"]
    order = ["1 人条件已满足，先请他们核对姓名", "1 人暂时不能送审", "江月", "另有 1 人已持证，不用再送审"]
    assert sorted(order, key=page.index) == order
    make_eligible("程野", scheme=scheme)
    page = text(client.get("/certificates/propose/", scope))
    assert (filled_buttons(page), "请 1 人核对姓名" in page) == (["送审"], True)


def test_a_holder_whose_name_was_changed_is_not_asked_again(login: Any) -> None:
    certificate = make_certificate("许知秋")
    batch = certificate.batch_row.batch
    correct_name(account=certificate.person.account, name="许之秋", by=batch.approved_by, now=NOW)
    scope = {"scheme": batch.scheme_version.key, "organisation": "QH", "ask": "1"}
    login(batch.proposed_by).post("/certificates/propose/", scope)
    assert [asked.asked_name for asked in NameConfirmation.objects.all()] == ["许知秋"]


@pytest.mark.django_db
def test_name_page_says_what_was_disputed(login: Any) -> None:
    person = make_person("欧阳宏")
    asked = ask_confirmation(person=person, scheme_key="base", by=None, now=NOW)
    dispute_name(confirmation=asked, correction="欧阳𬭎", by=person, now=NOW)
    page = login(person).get(f"/certificates/names/{asked.pk}/").content.decode()
    assert "欧阳𬭎" in page
