"""A holder asks for a correction and takes it back; nobody else does, and twice is once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certificates.erasing import erase_holder
from certificates.holders.requests import ask_correction, withdraw_correction
from certificates.models import (
    CaseOutcome,
    Certificate,
    CertificateCase,
    CertificateEvent,
    EventKind,
    HolderSnapshot,
)
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Account, Notice, Person, Role
from tests.certificates.making import NOW, make_certificate, someone_else
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def ask(
    certificate: Certificate, name: str = "许知秌", words: str = "", by: Person | None = None
) -> CertificateCase:
    return ask_correction(
        certificate=certificate, wanted_name=name, words=words, by=by or certificate.person, now=NOW
    )


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(target__startswith="certificates.case:").order_by("pk")
    return [entry.action for entry in entries]


def test_a_request_is_one_case_told_to_the_administrators_once() -> None:
    certificate = make_certificate()
    first = ask(certificate, words="少了一横")
    assert ask(certificate, words="少了一横") == first
    assert (first.wanted_name, first.words, first.outcome) == ("许知秌", "少了一横", "")
    assert actions() == ["case.correction_asked"]
    told = Notice.objects.filter(source_key__startswith=f"correction-asked:{first.pk}:")
    assert [notice.recipient for notice in told] == [someone_else(certificate)]


def test_a_second_request_waits_until_the_first_is_gone() -> None:
    certificate = make_certificate()
    first = ask(certificate)
    with pytest.raises(Refusal) as refusal:
        ask(certificate, "许之秋")
    assert refusal.value.code == "open"
    withdraw_correction(case=first, by=certificate.person, now=NOW)
    assert ask(certificate, "许之秋").pk != first.pk


def test_withdrawing_twice_settles_once() -> None:
    certificate = make_certificate()
    case = ask(certificate)
    for _ in range(2):
        case = withdraw_correction(case=case, by=certificate.person, now=NOW + timedelta(minutes=1))
    assert (case.outcome, case.settled_by_id) == (CaseOutcome.KEPT, certificate.person_id)
    assert actions() == ["case.correction_asked", "case.withdrawn"]
    assert not Notice.objects.filter(source_key__startswith="correction-asked:", read_at=None).exists()


def test_nobody_but_the_holder_asks_or_withdraws() -> None:
    certificate = make_certificate()
    case = ask(certificate)
    for other in (make_person(), someone_else(certificate)):
        with pytest.raises(NotAllowed):
            ask(certificate, by=other)
        with pytest.raises(NotAllowed):
            withdraw_correction(case=case, by=other, now=NOW)
    case.refresh_from_db()
    assert case.outcome == ""


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("", " ", "words"),
        ("许知秋", "", "wanted_name"),
        ("许\u202e知秋", "", "wanted_name"),
        ("许知秋😀", "", "wanted_name"),
        ("", "字" * 501, "words"),
    ],
)
def test_a_request_says_something_that_can_be_printed(name: str, words: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(make_certificate(), name, words)
    assert (refusal.value.code, CertificateCase.objects.count()) == (code, 0)


@pytest.mark.parametrize("kind", [EventKind.REVOKED, EventKind.SUSPENDED, EventKind.SUPERSEDED])
def test_what_is_not_in_force_is_not_corrected(kind: EventKind) -> None:
    certificate = make_certificate()
    CertificateEvent.objects.create(certificate=certificate, kind=kind, at=NOW, by=None)
    with pytest.raises(Refusal) as refusal:
        ask(certificate)
    assert refusal.value.code == "standing"


def test_what_a_holder_wrote_goes_when_they_are_erased() -> None:
    certificate = make_certificate()
    case = ask(certificate, words="我的名字写错了")
    erase_holder(person=certificate.person, by=None, now=NOW)
    case.refresh_from_db()
    assert (case.wanted_name, case.words, HolderSnapshot.objects.count()) == ("", "", 0)


def browser(client: Any, person: Person) -> Any:
    client.force_login(Account.objects.get(person=person))
    return client


def test_the_page_asks_shows_and_withdraws(client: Any) -> None:
    certificate = make_certificate()
    url = f"/certificates/{certificate.serial}/correction/"
    browser(client, certificate.person)
    assert url in client.get("/me/").content.decode()
    assert client.post(url, {"wanted_name": "许知秌", "words": ""}).status_code == 302
    page = client.get(url).content.decode()
    assert ("许知秌" in page, "正在核对" in page, "申请更正</button>" in page) == (True, True, False)
    assert client.post(f"{url}withdraw/").status_code == 302
    page = client.get(url).content.decode()
    assert ("已撤回" in page, "申请更正</button>" in page) == (True, True)


def test_the_page_says_what_is_missing(client: Any) -> None:
    certificate = make_certificate()
    browser(client, certificate.person)
    refused = client.post(f"/certificates/{certificate.serial}/correction/", {"wanted_name": "", "words": ""})
    assert (refused.status_code, "请写明姓名应怎样写" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("roles", [(), (Role.ADMINISTRATOR,)])
def test_the_page_is_the_holders_alone(roles: tuple[Role, ...], client: Any) -> None:
    certificate = make_certificate()
    browser(client, make_person(roles=roles))
    url = f"/certificates/{certificate.serial}/correction/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert client.post(f"{url}withdraw/").status_code == 404


def test_queries_of_the_page(client: Any, django_assert_num_queries: Any) -> None:
    certificate = make_certificate()
    ask(certificate)
    browser(client, certificate.person)
    url = f"/certificates/{certificate.serial}/correction/"
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
