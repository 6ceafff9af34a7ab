"""The menu: at most five entries, by what a person may do, the current place marked."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from cms.navigation import Entry, entries_for
from mentoring.terms import Tier
from people.models import Person, Role
from tests.factories import make_person
from tests.mentoring.factories import make_pairing, make_participant

pytestmark = pytest.mark.django_db

WORKER = ["首页", "课程", "推演", "考试", "我的"]
MENTOR = ["首页", "带教", "课程", "推演", "我的"]


def menu(person: Person, path: str = "/") -> list[Entry]:
    request = RequestFactory().get(path)
    request.user = person.account
    return entries_for(request)


@pytest.mark.parametrize(
    ("roles", "titles"),
    [
        ((), WORKER),
        ((Role.AUTHOR,), ["首页", "课程", "推演", "内容", "我的"]),
        ((Role.EXAMINER,), ["首页", "阅卷", "课程", "推演", "我的"]),
        ((Role.INVIGILATOR,), ["首页", "监考", "课程", "考试", "我的"]),
        ((Role.EXAMINER, Role.INVIGILATOR), ["首页", "阅卷", "监考", "课程", "我的"]),
        ((Role.ISSUER,), ["首页", "人员", "证书", "课程", "我的"]),
        ((Role.ADMINISTRATOR,), ["首页", "人员", "证书", "内容", "我的"]),
        (tuple(Role), ["首页", "人员", "证书", "内容", "我的"]),
    ],
)
def test_five_entries_of_two_characters_by_role(roles: tuple[Role, ...], titles: list[str]) -> None:
    assert [entry["title"] for entry in menu(make_person(roles=roles))] == titles


def test_mentoring_is_there_as_long_as_somebody_is_led() -> None:
    mentor = make_participant(Tier.BACKBONE, capacity=1)
    assert [entry["title"] for entry in menu(mentor)] == WORKER
    make_pairing(mentor=mentor)
    assert [entry["title"] for entry in menu(mentor)] == MENTOR


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["首页"]),
        ("/courses/lift/lessons/one/", ["课程"]),
        ("/simulations/", ["推演"]),
        ("/exams/attempt/x/", ["考试"]),
        ("/me/notices/", ["我的"]),
        ("/verify/", []),
        ("/certificates/names/1/", []),
    ],
)
def test_one_place_is_current_at_most(path: str, current: list[str]) -> None:
    assert [entry["title"] for entry in menu(make_person(), path) if entry["current"]] == current


def test_marking_is_not_the_exams_place() -> None:
    entries = menu(make_person(roles=(Role.EXAMINER,)), "/exams/marking/")
    assert [entry["title"] for entry in entries if entry["current"]] == ["阅卷"]


def test_rooms_are_not_the_exams_place() -> None:
    entries = menu(make_person(roles=(Role.INVIGILATOR,)), "/exams/rooms/")
    assert [entry["title"] for entry in entries if entry["current"]] == ["监考"]


def test_every_entry_opens(login: Any) -> None:
    for roles in ((), (Role.EXAMINER,), (Role.ISSUER,), (Role.INVIGILATOR,)):
        person = make_person(roles=roles)
        client = login(person)
        assert [client.get(entry["url"]).status_code for entry in menu(person)] == [200] * 5


def test_nobody_has_no_menu() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert entries_for(request) == []


def test_menu_takes_one_query(django_assert_num_queries: Any) -> None:
    person = make_person()
    request = RequestFactory().get("/")
    request.user = person.account
    with django_assert_num_queries(1):
        entries_for(request)
