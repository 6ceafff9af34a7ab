"""Signing in by staff number, in Chinese, through one door."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import get_hashers
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from people.models import Account, Role
from tests.factories import AccountFactory, make_person

LOGIN = "/accounts/login/"
PASSWORD = "correct horse"


def sign_in(client: Client, staff_number: str, password: str, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": staff_number, "password": password}, **extra)


def text_of(response: Any) -> str:
    return response.content.decode()


def test_login_page_speaks_chinese(db: Any, client: Client) -> None:
    page = text_of(client.get(LOGIN, headers={"accept-language": "en"}))
    assert "工号" in page
    assert "登录" in page
    assert "Sign in" not in page


@pytest.mark.postgres
def test_staff_number_and_password_sign_in(db: Any, client: Client) -> None:
    account = AccountFactory(staff_number="2026-0417")
    response = sign_in(client, "2026-0417", PASSWORD)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(account.pk)


def test_session_key_changes_at_login(db: Any, client: Client) -> None:
    """faults.md row 28: a session planted before the login is worth nothing after it."""
    AccountFactory(staff_number="2026-0417")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client, "2026-0417", PASSWORD)
    assert client.session.session_key != before


def test_wrong_password_and_unknown_number_answer_alike(db: Any) -> None:
    """faults.md row 28: nobody learns which staff numbers exist."""
    AccountFactory(staff_number="2026-0417")
    AccountFactory(staff_number="2026-0001", is_active=False)
    errors = [
        sign_in(Client(), number, "wrong").context["form"].errors.as_data()
        for number in ("2026-0417", "2026-9999", "2026-0001")
    ]
    said = [[str(error.message) for error in found["__all__"]] for found in errors]
    assert said == [["工号或密码不对。"]] * 3


def test_password_reset_answers_alike_for_known_and_unknown_mail(db: Any) -> None:
    """faults.md row 28: the answer is the same page whoever has an account."""
    AccountFactory(staff_number="2026-0417", email="lin@example.org")
    replies = [
        Client().post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in ("lin@example.org", "nobody@example.org")
    ]
    assert replies[0].redirect_chain == replies[1].redirect_chain
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].content == replies[1].content


def test_unknown_number_costs_as_many_hashes_as_a_known_one(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the clock would tell which staff numbers exist."""
    AccountFactory(staff_number="2026-0417")
    rounds: list[str] = []
    for hasher in get_hashers():
        encode = type(hasher).encode

        def counted(self: Any, *args: Any, _encode: Any = encode, **kwargs: Any) -> str:
            rounds.append(self.algorithm)
            result: str = _encode(self, *args, **kwargs)
            return result

        monkeypatch.setattr(type(hasher), "encode", counted)
    counts = []
    for number in ("2026-0417", "2026-9999"):
        rounds.clear()
        sign_in(Client(), number, "wrong")
        counts.append(len(rounds))
    assert counts[0] == counts[1] > 0


def test_inactive_account_does_not_sign_in(db: Any, client: Client) -> None:
    AccountFactory(staff_number="2026-0417", is_active=False)
    sign_in(client, "2026-0417", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(db: Any, client: Client) -> None:
    form = {"username": "x-1", "password1": "long enough 2026", "password2": "long enough 2026"}
    client.post("/accounts/signup/", form)
    assert Account.objects.count() == 0


def test_login_leads_back_but_never_off_the_site(db: Any) -> None:
    AccountFactory(staff_number="2026-0417")
    targets = {"/me/": "/me/", "https://evil.example/": "/", "//evil.example/": "/"}
    for wish, goal in targets.items():
        form = {"login": "2026-0417", "password": PASSWORD, "next": wish}
        assert Client().post(LOGIN, form).headers["Location"] == goal


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/password_reset/"])
def test_admin_has_no_door_of_its_own(db: Any, client: Client, address: str) -> None:
    response = client.get(address + "?next=/admin/pages/")
    assert response.status_code == 302
    assert response.headers["Location"].split("?")[0] == LOGIN


def test_admin_login_keeps_where_one_wanted_to_go(db: Any, client: Client) -> None:
    AccountFactory(staff_number="2026-0417")
    response = client.get("/admin/login/?next=/me/")
    signed_in = client.post(
        response.headers["Location"], {"login": "2026-0417", "password": PASSWORD, "next": "/me/"}
    )
    assert signed_in.headers["Location"] == "/me/"


def test_admin_sends_a_stranger_to_the_login(db: Any, client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].split("?")[0] == LOGIN


@pytest.fixture
def editor(db: Any) -> Any:
    """Somebody who may enter the admin."""
    person = make_person(roles=(Role.ADMINISTRATOR,))
    Group.objects.get(name="administrator").permissions.add(Permission.objects.get(codename="access_admin"))
    return person


def test_admin_asks_a_second_factor_where_the_installation_does(
    editor: Any, login: Any, settings: Any
) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    response = login(editor).get("/admin/")
    assert (response.status_code, response.headers["Location"]) == (302, reverse("mfa_activate_totp"))


def test_admin_opens_to_a_second_factor(editor: Any, login: Any, settings: Any) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    Authenticator.objects.create(user=editor.account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert login(editor).get("/admin/").status_code == 200


def test_second_factor_is_asked_for_in_the_admin_only(editor: Any, login: Any, settings: Any) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    assert login(editor).get(reverse("mfa_activate_totp")).status_code in {200, 302}
    assert login(editor).get("/").status_code == 200


def test_admin_opens_without_one_by_default(editor: Any, login: Any) -> None:
    assert login(editor).get("/admin/").status_code == 200


def test_account_is_locked_after_five_failures_and_nobody_else_is(db: Any, settings: Any) -> None:
    """faults.md row 27: by account, never by the address a whole exam hall shares."""
    from cms.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    cache.clear()
    for number in ("2026-0417", "2026-0418"):
        AccountFactory(staff_number=number)
    for _time in range(5):
        sign_in(Client(), "2026-0417", "wrong")
    locked, other = Client(), Client()
    refused = sign_in(locked, "2026-0417", PASSWORD)
    sign_in(other, "2026-0418", PASSWORD)
    cache.clear()
    assert ("_auth_user_id" in locked.session, "_auth_user_id" in other.session) == (False, True)
    assert "这个账号连续输错的次数太多，请十分钟后再试。" in text_of(refused)


def test_logout_needs_a_post(db: Any, client: Client) -> None:
    sign_in(client, AccountFactory().staff_number, PASSWORD)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
