"""Releasing from the Wagtail admin: for authors, after a question, with the versions so far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from core.models import AuditEntry
from courses.models import CoursePage, CourseVersion
from people.models import Person, Role
from tests.courses.factories import add_lesson, make_course
from tests.factories import make_person

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]


def make_editor(role: Role) -> Person:
    """Somebody with the rights `cms` gives the group of that role."""
    person = make_person(roles=(role,))
    group = Group.objects.get(name=role.value)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=Page.objects.get(depth=1), permission=permission)
    return person


@pytest.fixture
def author() -> Person:
    """An author."""
    return make_editor(Role.AUTHOR)


def release_address(course: CoursePage) -> str:
    return f"/admin/courses/{course.pk}/release/"


@pytest.mark.postgres
def test_an_author_finds_the_release_in_the_editor_asks_and_releases(
    author: Person, login: Login, now: datetime
) -> None:
    course, client = make_course(), login(author)
    assert release_address(course) in client.get(f"/admin/pages/{course.pk}/edit/").content.decode()
    asked = client.get(release_address(course))
    assert asked.status_code == 200
    assert not CourseVersion.objects.exists()
    assert client.post(release_address(course)).status_code == 302
    assert CourseVersion.objects.get().released_by == author
    assert AuditEntry.objects.filter(action="course.released", actor=str(author.pk)).count() == 1
    shown = client.get(release_address(course)).content.decode()
    assert CourseVersion.objects.get().content_hash[:12] in shown
    client.post(release_address(course))
    assert CourseVersion.objects.count() == 1


def test_what_stands_in_the_way_is_shown_and_nothing_is_released(author: Person, login: Login) -> None:
    course, client = make_course(), login(author)
    block = {"type": "self_check", "id": "x", "value": {"question": "CHK-0", "prompt": ""}}
    add_lesson(course, "broken", body=[block])
    assert "CHK-0" in client.get(release_address(course)).content.decode()
    client.post(release_address(course))
    assert not CourseVersion.objects.exists()


def test_the_editor_of_a_lesson_leads_to_the_release_of_its_course(author: Person, login: Login) -> None:
    course, client = make_course(), login(author)
    lesson = course.get_children().get()
    page = client.get(f"/admin/pages/{lesson.pk}/edit/").content.decode()
    assert (release_address(course) in page, release_address(lesson) in page) == (True, False)
    assert "学员还看不到这门课。" in page


def test_an_administrator_looks_at_the_release_without_a_button(login: Login) -> None:
    course, client = make_course(), login(make_editor(Role.ADMINISTRATOR))
    page = client.get(release_address(course)).content.decode()
    assert "定版由作者来做" in page
    client.post(release_address(course))
    assert not CourseVersion.objects.exists()


@pytest.mark.parametrize("roles", [(), (Role.EXAMINER,)])
def test_nobody_else_releases(roles: tuple[Role, ...], login: Login) -> None:
    course, client = make_course(), login(make_person(roles=roles))
    for respond in (client.get, client.post):
        assert respond(release_address(course)).status_code in (302, 403)
    assert not CourseVersion.objects.exists()


def test_a_course_that_is_not_there_is_not_found(author: Person, login: Login) -> None:
    assert login(author).get("/admin/courses/99999/release/").status_code == 404
