"""What will be printed is put to the one it is about: everything they see, and everything they may find wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certificates.models import NameConfirmation, Particular
from certificates.names import (
    ask_anew,
    ask_confirmation,
    complaint_of,
    confirm_name,
    dispute_particular,
)
from certificates.preflight import Preflight
from core.errors import Refusal
from core.private_files import storage
from people.identity import store_id_number
from people.models import Account, Notice, Person, Role
from people.portraits import store_portrait
from tests.certificates.making import (
    NOW,
    give_evidence,
    make_issuer,
    make_issuing_pair,
    make_pairing,
    make_scheme,
)
from tests.factories import make_person
from tests.people.making import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage(settings: Any, tmp_path: Any) -> Any:
    settings.PRIVATE_ROOT = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()


def asked(name: str = "许知秋", by: Person | None = None) -> NameConfirmation:
    person = make_person(name)
    give_evidence(person)
    return ask_confirmation(person=person, scheme_key="digital", by=by, now=NOW)


def browser(client: Any, person: Person) -> Any:
    client.force_login(Account.objects.get(person=person))
    return client


def dispute(question: NameConfirmation, wrong: Particular, correction: str) -> NameConfirmation:
    return dispute_particular(
        confirmation=question, wrong=wrong, correction=correction, by=question.person, now=NOW
    )


def test_the_page_shows_all_that_will_be_printed(client: Any) -> None:
    make_scheme(endorsed=True)
    question = asked("欧阳‧𬭎")
    account = Account.objects.get(person=question.person)
    store_id_number(account=account, number="000000199308260038", by=None, now=NOW)
    store_portrait(person=question.person, upload=photo(), by=question.person, now=NOW)
    make_pairing(question.person, make_person("沈静文"), signer=make_issuing_pair()[1])
    page = browser(client, question.person).get(f"/certificates/names/{question.pk}/").content.decode()
    for words in (
        "欧阳‧𬭎",
        "U+2027",
        "000*************38",
        "沈静文",
        "QL-2025-041",
        "数字治理",
        "/me/photo/file/",
    ):
        assert words in page
    assert "0000001993" not in page


@pytest.mark.parametrize(
    "wrong", [Particular.ID_NUMBER, Particular.PHOTO, Particular.MENTOR, Particular.OTHER]
)
def test_something_else_than_the_name_may_be_wrong(wrong: Particular, client: Any) -> None:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    question = asked(by=pair[0])
    browser(client, question.person)
    url, said = f"/certificates/names/{question.pk}/", {"answer": "disputed", "wrong": wrong.value}
    assert client.post(url, {**said, "correction": " "}).status_code == 422
    assert client.post(url, {**said, "correction": "应为另一个"}).status_code == 302
    question.refresh_from_db()
    assert (question.answer, question.wrong, question.correction) == ("disputed", wrong, "应为另一个")
    assert "应为另一个" in Notice.objects.get(recipient=pair[0]).body
    later = NOW + timedelta(days=30)
    found = Preflight(scheme, *pair, later).check([question.person_id])[question.person_id].findings
    assert [(finding.code, finding.ask) for finding in found] == [("confirmed", False)]
    assert str(wrong.label) in found[0].reason


def test_a_name_is_still_checked_as_a_name() -> None:
    question = asked()
    with pytest.raises(Refusal):
        dispute(question, Particular.NAME, "许知秋😀")
    assert dispute(question, Particular.NAME, "许知秌").wrong == Particular.NAME


def test_what_was_put_right_is_asked_anew_once() -> None:
    question = dispute(asked(), Particular.ID_NUMBER, "末位是 X")
    by = make_person()
    first = ask_anew(confirmation=question, by=by, now=NOW + timedelta(days=1))
    assert (first.pk != question.pk, first.answer, first.asked_by) == (True, "", by)
    assert ask_anew(confirmation=question, by=by, now=NOW + timedelta(days=1)) == first
    assert NameConfirmation.objects.count() == 2


def test_who_changed_their_mind_may_confirm() -> None:
    question = dispute(asked(), Particular.MENTOR, "导师是程野")
    answered = confirm_name(confirmation=question, by=question.person, now=NOW)
    assert (answered.answer, answered.wrong, answered.correction) == ("confirmed", "", "")


def test_complaints_in_one_line() -> None:
    assert (
        complaint_of(dispute(asked(), Particular.ID_NUMBER, "末位是 X")) == "许知秋说证件号码有误：末位是 X"
    )
    assert complaint_of(dispute(asked("程野"), Particular.NAME, "程也")) == "“程野”应写作“程也”"


def test_an_administrator_asks_again_from_the_persons_page(client: Any) -> None:
    question = dispute(asked(), Particular.ID_NUMBER, "末位是 X")
    browser(client, make_person(roles=(Role.ADMINISTRATOR,)))
    url = f"/people/{question.person_id}/"
    assert "末位是 X" in client.get(f"{url}name/").content.decode()
    for _ in range(2):
        assert client.post(f"{url}ask/{question.pk}/").status_code == 302
    assert "末位是 X" not in client.get(f"{url}name/").content.decode()
    assert NameConfirmation.objects.count() == 2
    browser(client, make_person(roles=(Role.ISSUER,)))
    assert client.post(f"{url}ask/{question.pk}/").status_code == 404
