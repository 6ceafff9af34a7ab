"""大字, 夜间 and the language: remembered, without a token, and never a way off the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from people.models import Account, TextSize, Theme
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ADDRESS = "/preferences/"


def test_visitors_choice_is_a_cookie_and_shows(client: Client) -> None:
    response = client.post(ADDRESS, {"theme": "dark", "next": "/verify/"})
    assert (response.status_code, response["Location"]) == (302, "/verify/")
    assert (response.cookies["theme"].value, response.cookies["theme"]["samesite"]) == ("dark", "Lax")
    client.post(ADDRESS, {"size": "large"})
    assert '<html lang="zh-Hans" data-theme="dark" data-size="large">' in client.get("/").content.decode()


def test_members_choice_is_kept_on_the_account(login: Any) -> None:
    person = make_person()
    client = login(person)
    client.post(ADDRESS, {"theme": "dark"})
    client.post(ADDRESS, {"size": "large"})
    account = Account.objects.get(person=person)
    assert (account.theme, account.text_size) == (Theme.DARK, TextSize.LARGE)
    assert 'data-theme="dark" data-size="large"' in login(person).get("/").content.decode()
    client.post(ADDRESS, {"size": "normal"})
    account.refresh_from_db()
    assert (account.theme, account.text_size) == (Theme.DARK, TextSize.NORMAL)


def test_language_is_the_readers_own_choice(client: Client) -> None:
    client.post(ADDRESS, {"language": "en"})
    assert "Verify a certificate" in client.get("/").content.decode()
    client.post(ADDRESS, {"language": "zh-hans"})
    assert "Verify a certificate" not in client.get("/").content.decode()


@pytest.mark.parametrize("sent", [{"theme": "neon"}, {"size": "huge"}, {"language": "xx"}, {}])
def test_what_is_not_offered_is_not_kept(sent: dict[str, str], login: Any) -> None:
    person = make_person()
    response = login(person).post(ADDRESS, sent)
    account = Account.objects.get(person=person)
    assert (response.status_code, not response.cookies) == (302, True)
    assert (account.theme, account.text_size) == (Theme.DEVICE, TextSize.NORMAL)


def test_nothing_else_of_the_account_can_be_set(login: Any) -> None:
    """faults.md row 24."""
    person = make_person("林小满")
    login(person).post(ADDRESS, {"theme": "dark", "name": "管理员", "is_superuser": "1", "staff_number": "1"})
    account = Account.objects.get(person=person)
    assert (account.name, account.is_superuser, account.theme) == ("林小满", False, Theme.DARK)


@pytest.mark.parametrize(
    "outside", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_way_back_stays_on_the_site(outside: str, client: Client) -> None:
    assert client.post(ADDRESS, {"theme": "dark", "next": outside})["Location"] == "/"


def test_without_a_way_back_it_is_the_page_one_came_from(client: Client) -> None:
    for referer, expected in (
        ("http://testserver/verify/", "http://testserver/verify/"),
        ("https://a.b/", "/"),
    ):
        response = client.post(ADDRESS, {"theme": "dark"}, headers={"referer": referer})
        assert response["Location"] == expected


def test_forms_need_no_token_so_that_public_pages_set_no_cookie() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ADDRESS, {"theme": "dark"}).status_code == 302
    assert strict.get(ADDRESS).status_code == 405
