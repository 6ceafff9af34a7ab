"""What holds for every page: its language, its content policy, the second factor of the admin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from people.models import Person, Role
from tests.factories import AccountFactory, make_person

pytestmark = pytest.mark.django_db
CHINESE, ENGLISH = "登录", "Sign in"


@pytest.fixture
def author() -> Person:
    """Somebody who may enter the admin."""
    person = make_person(roles=(Role.AUTHOR,))
    may_enter = Permission.objects.get(codename="access_admin")
    Group.objects.get(name=Role.AUTHOR.value).permissions.add(may_enter)
    return person


def test_browsers_language_is_not_a_choice(client: Client) -> None:
    response = client.get("/", headers={"accept-language": "en-GB,en"})
    assert (CHINESE in response.content.decode(), response["Content-Language"]) == (True, "zh-hans")


@pytest.mark.parametrize(
    ("cookie", "word", "language"),
    [
        ("en", ENGLISH, "en"),
        ("zh-hans", CHINESE, "zh-hans"),
        ("xx", CHINESE, "zh-hans"),
        ("", CHINESE, "zh-hans"),
    ],
)
def test_chosen_language_is_honoured(cookie: str, word: str, language: str, client: Client) -> None:
    client.cookies["django_language"] = cookie
    response = client.get("/")
    assert (word in response.content.decode(), response["Content-Language"]) == (True, language)


def test_one_readers_language_does_not_reach_the_next(client: Client) -> None:
    client.cookies["django_language"] = "en"
    client.get("/")
    assert CHINESE in Client().get("/").content.decode()


def test_pages_for_people_allow_nothing_inline(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_admin_has_a_policy_of_its_own(author: Person, login: Any) -> None:
    response = login(author).get("/admin/")
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'self'", "base-uri 'self'"):
        assert part in policy


def test_admin_is_entered_through_the_sites_own_door(client: Client) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=/admin/"
    assert client.get("/admin/password_reset/")["Location"] == "/accounts/login/"


def test_admin_is_not_for_those_without_a_role(login: Any) -> None:
    assert login(make_person()).get("/admin/").status_code in (302, 403)


def test_admin_asks_for_a_second_factor_where_the_installation_does(
    author: Person, login: Any, settings: Any
) -> None:
    settings.ADMIN_REQUIRES_MFA = True
    client = login(author)
    for path in ("/admin/", "/admin/pages/", "/admin/bank/"):
        assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/me/").status_code == 200
    Authenticator.objects.create(user=author.account, type=Authenticator.Type.TOTP, data={})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("name", ["a.svg", "a.html"])
def test_uploaded_file_can_never_act_as_this_site(
    name: str, client: Client, settings: Any, tmp_path: Path
) -> None:
    """faults.md row 29."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / name).write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    client.force_login(AccountFactory(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(f"/media/{name}")
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert ("sandbox" in policy, "default-src 'none'" in policy, "script" in policy) == (True, True, False)
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["../secret", "%2e%2e/secret", "..%2fsecret", "absent.svg", ""])
def test_media_serves_nothing_beside_its_folder(
    path: str, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (tmp_path / "secret").write_text("private")
    client.force_login(AccountFactory(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(f"/media/{path}")
    assert response.status_code in (400, 404)


@pytest.mark.parametrize("address", ["/courses/a%00b/", "/people/?q=%00", "/verify/%00/"])
def test_nul_byte_in_an_address_is_bad_use(address: str, login: Any, person: Any) -> None:
    assert login(person).get(address).status_code == 400


def test_uploads_of_the_editor_are_for_members(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "draft.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    response = client.get("/media/draft.svg")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/media/draft.svg")


def test_learner_in_the_admin_is_told_so_once(login: Any, person: Any) -> None:
    """Wagtail sends whoever may not enter to its login: for somebody signed in that would be a circle."""
    response = login(person).get("/admin/", follow=True)
    assert response.status_code == 403
