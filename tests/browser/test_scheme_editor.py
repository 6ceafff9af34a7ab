"""An administrator writes a 1+N scheme with the keyboard alone, sees whom it concerns, and releases it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from assessments.admin.scheme_rule_forms import GROUP, KINDS
from assessments.models import SchemeVersion
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from people.models import Role
from tests.assessments.schemes.making import make_subjects, record
from tests.browser.conftest import PHONE
from tests.browser.navigation import press
from tests.browser.test_editing import sound
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(live_server: Any, visitor: Any, client: Client) -> Page:
    """The section as an administrator sees it on a phone."""
    ensure_groups(ensure_home())
    make_subjects()
    register_subject(kind=SubjectKind.COURSE, key="safety", title="智慧安防", url="/courses/safety/")
    register_subject(kind=SubjectKind.COURSE, key="opinion", title="舆情管理", url="/courses/opinion/")
    person = make_person("韩立群", roles=(Role.ADMINISTRATOR,))
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    opened: Page = visitor(viewport=PHONE)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    opened.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
    )
    return opened


def sent(page: Page) -> None:
    """Enter in a field sends the form; the next thing happens on the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def down(field: Locator, steps: int) -> None:
    """Choose what stands so many further down in a list."""
    field.focus()
    for _step in range(steps):
        field.press("ArrowDown")


def begin(page: Page, group: str, kind: str) -> None:
    """Go to the form of a new rule inside a group."""
    down(page.get_by_label(f"在“{group}”里添加什么"), list(KINDS).index(kind))
    page.keyboard.press("Tab")
    sent(page)


def write(page: Page, name: str, text: str) -> None:
    page.locator(f"input[name={name}]").focus()
    page.keyboard.type(text)


def add(page: Page, group: str, kind: str, number: int, **fields: str) -> None:
    """Add a rule about the subject that stands at this place of the list."""
    begin(page, group, kind)
    down(page.get_by_label(str(KINDS[kind].title), exact=True), number)
    for name, text in fields.items():
        write(page, name, text)
    page.locator("[name=minutes]").focus()
    sent(page)


def add_group(page: Page, inside: str, title: str, least: str = "") -> None:
    begin(page, inside, GROUP)
    if least:
        down(page.locator("[name=how]:checked"), 1)
        down(page.locator("[name=how]:checked"), 1)
        write(page, "n", least)
    write(page, "title", title)
    sent(page)


def told(page: Page) -> Page:
    """The page once its message has faded in."""
    expect(page.locator(".messages > ul")).to_have_css("opacity", "1")
    return page


def test_an_administrator_builds_previews_and_releases_a_scheme(page: Page) -> None:
    person = make_person("许知秋")
    for number, key in enumerate(("base", "safety")):
        kind = "exam" if key == "base" else "course"
        record(person, f"{number}", LONG_AGO_AT, kind=kind, key=key, score="0.8")
    page.goto("/admin/schemes/begin/")
    assert sound(page) == []
    for name, text in (("title", "网格治理"), ("key", "grid")):
        page.locator(f"[name={name}]").focus()
        page.keyboard.type(text)
    sent(page)
    add_group(page, "网格治理", "基础模块")
    add(page, "基础模块", "exam", 1, mark="60")
    add_group(page, "网格治理", "专项模块", least="1")
    add(page, "专项模块", "course", 2)
    add(page, "专项模块", "course", 3)
    assert sound(told(page)) == []
    said = page.locator(".ql-rule-said > span")
    expect(said).to_have_text(["以下全部满足", "以下全部满足", "以下至少满足 1 项"])
    count = page.get_by_role("button", name="试算影响")
    count.focus()
    sent(page)
    expect(page.get_by_role("heading", name="会增加：1")).to_be_visible()
    expect(page.get_by_role("link", name="许知秋")).to_be_visible()
    assert sound(page) == []
    press(page.get_by_role("link", name="返回方案"))
    release = page.get_by_role("button", name="发布方案")
    release.focus()
    sent(page)
    expect(page.get_by_text("第 1 版，正在使用")).to_be_visible()
    assert sound(told(page)) == []
    version = SchemeVersion.objects.get()
    base, modules = version.definition["rule"]["rules"]
    assert [rule["subject"] for rule in base["rules"]] == ["base"]
    assert (modules["kind"], modules["n"]) == ("at_least", 1)
    assert [rule["subject"] for rule in modules["rules"]] == ["safety", "opinion"]
