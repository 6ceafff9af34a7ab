"""Which names hold a certificate up, and who is told of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certificates.names import ask_confirmation, confirm_name, dispute_name
from certificates.queries import names_to_settle
from people.accounts import correct_name
from people.models import Account, Person, Role
from tests.certificates.making import NOW
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Person:
    return make_person(organisation=make_organisation("QH"), roles=(Role.ADMINISTRATOR,))


def names(overseer: Person, *, days: int = 0) -> list[str]:
    return [asked.asked_name for asked in names_to_settle(overseer, at=NOW + timedelta(days=days))]


def test_open_question_waits_until_silence_counts_as_a_yes(administrator: Person) -> None:
    ask_confirmation(person=make_person("许知秋"), scheme_key="base", by=administrator, now=NOW)
    assert names(administrator, days=5) == ["许知秋"]
    assert names(administrator, days=6) == []


def test_confirmed_name_waits_no_longer(administrator: Person) -> None:
    asked = ask_confirmation(person=make_person("许知秋"), scheme_key="base", by=administrator, now=NOW)
    confirm_name(confirmation=asked, by=asked.person, now=NOW)
    assert names(administrator) == []


def test_disputed_name_comes_first_and_waits_until_the_account_is_corrected(administrator: Person) -> None:
    ask_confirmation(person=make_person("许知秋"), scheme_key="base", by=administrator, now=NOW)
    asked = ask_confirmation(person=make_person("王晓一"), scheme_key="base", by=administrator, now=NOW)
    dispute_name(confirmation=asked, correction="王小一", by=asked.person, now=NOW)
    assert names(administrator, days=30) == ["王晓一"]
    assert names(administrator) == ["王晓一", "许知秋"]
    account = Account.objects.get(person=asked.person)
    correct_name(account=account, name="王小一", by=administrator, now=NOW)
    assert names(administrator) == ["许知秋"]


def test_open_question_about_a_name_since_corrected_waits_no_longer(administrator: Person) -> None:
    person = make_person("王晓一")
    ask_confirmation(person=person, scheme_key="base", by=administrator, now=NOW)
    correct_name(account=person.account, name="王小一", by=administrator, now=NOW)
    assert names(administrator) == []


def test_names_elsewhere_are_not_told(administrator: Person) -> None:
    street = make_organisation("QH-02", make_organisation("QH"))
    person = make_person("许知秋", organisation=street)
    ask_confirmation(person=person, scheme_key="base", by=administrator, now=NOW)
    neighbour = make_person(
        organisation=make_organisation("QH-01", make_organisation("QH")), roles=(Role.ADMINISTRATOR,)
    )
    assert (names(administrator), names(neighbour)) == (["许知秋"], [])
