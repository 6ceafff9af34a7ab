"""When something goes wrong a person reads what happened and what to do, in Chinese, and nothing of the inside."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.factories import make_person

SAID = {
    "400": ("没有看懂这次请求", "没有任何内容被改动"),
    "403": ("不对你的账号开放", "请管理员核对"),
    "404": ("没有找到这一页", "没有丢失"),
    "500": ("我们这边出了点问题", "已经保存的都在"),
}


@pytest.fixture
def visitor(settings: Any) -> Client:
    """A browser at addresses that fail; what fails is answered, as in production."""
    settings.ROOT_URLCONF = "tests.cms.failing_urls"
    return Client(raise_request_exception=False)


def failed(client: Client, code: str) -> str:
    """The page at an address that fails with this code."""
    answer = client.get(f"/fails/{code}/")
    assert answer.status_code == int(code)
    page = answer.content.decode()
    assert ("Traceback" in page, "<style" in page) == (False, False)
    return page


@pytest.mark.parametrize("code", ["400", "500"])
def test_bare_page_needs_no_database(code: str, visitor: Client) -> None:
    """No database is allowed here: a query would fail the test."""
    page = failed(visitor, code)
    assert '<html lang="zh-Hans">' in page
    assert [said in page for said in SAID[code]] == [True, True]


@pytest.mark.parametrize("code", ["400", "500"])
def test_bare_page_keeps_the_readers_dress(code: str, visitor: Client) -> None:
    visitor.cookies.load({"theme": "dark", "size": "large"})
    assert '<html lang="zh-Hans" data-theme="dark" data-size="large">' in failed(visitor, code)


def test_bare_page_takes_no_other_words_from_a_cookie(visitor: Client) -> None:
    visitor.cookies.load({"theme": "x onload=alert(1)", "size": "huge"})
    assert '<html lang="zh-Hans">' in failed(visitor, "500")


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_bare_page_draws_without_any_context(template: str) -> None:
    assert 'class="oops"' in render_to_string(template)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["403", "404"])
def test_page_in_the_frame_says_what_to_do(code: str, visitor: Client, login: Any) -> None:
    client = login(make_person())
    client.cookies.load({"theme": "dark"})
    page = failed(client, code)
    assert [said in page for said in SAID[code]] == [True, True]
    assert 'class="nav"' in page


@pytest.mark.django_db
def test_visitor_who_may_not_is_led_to_the_login(visitor: Client) -> None:
    page = failed(visitor, "403")
    assert "这一步要有账号才能做" in page
    assert 'class="button" href="/accounts/login/"' in page


@pytest.mark.django_db
def test_form_without_its_token_says_that_nothing_was_sent() -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", {"login": "2026-0417", "password": "x"}
    )
    assert answer.status_code == 403
    assert "页面停留得太久了" in answer.content.decode()


@pytest.mark.django_db
def test_address_for_forms_opened_by_itself_says_so(client: Client) -> None:
    answer = client.get("/preferences/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个地址只收表单" in answer.content.decode()
    assert client.put("/preferences/").content == b""


@pytest.mark.django_db
def test_too_many_tries_are_asked_to_wait(settings: Any, client: Client) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    codes = [client.post("/accounts/password/reset/", {"email": "a@example.org"}) for _ in range(2)]
    assert [answer.status_code for answer in codes] == [302, 429]
    assert "短时间里试得太多" in codes[1].content.decode()
