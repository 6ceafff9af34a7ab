"""Making an exam on a phone, with the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from assessments.models import ExamDraft
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from people.models import Role
from tests.assessments.making import make_question
from tests.browser.conftest import PHONE
from tests.browser.test_editing import sound, tab_to
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author_page(live_server: Any, visitor: Any, client: Client) -> Page:
    ensure_groups(ensure_home())
    person = make_person("阿依古丽", roles=(Role.AUTHOR,))
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    page: Page = visitor(viewport=PHONE)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return page


def told(page: Page) -> Page:
    """The page once its message has faded in: until then axe measures the contrast of what is half transparent."""
    expect(page.locator(".messages > ul")).to_have_css("opacity", "1")
    return page


def test_an_author_makes_an_exam_by_keyboard(author_page: Page) -> None:
    for number in range(6):
        make_question(f"Q{number}", difficulty=number % 5 + 1)
    page = author_page
    page.goto("/admin/exam_drafts/begin/")
    assert sound(page) == []
    for name, text in (("title", "秋季测评"), ("key", "autumn")):
        tab_to(page, name)
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/*/")
    assert sound(told(page)) == []
    for name, text in (("section-0-title", "单选"), ("section-0-count", "3"), ("section-0-points", "2")):
        tab_to(page, name)
        page.keyboard.type(text)
    page.keyboard.press("Enter")  # the first button of the form counts, it does not store
    expect(page.locator(".ql-fit")).to_have_text("适合的在用题目有 6 道。")
    assert sound(page) == []
    tab_to(page, "store")
    page.keyboard.press("Enter")
    page.wait_for_url("**/proof/*/")
    expect(page.get_by_role("heading", name="每份试卷都能排满")).to_be_visible()
    expect(page.get_by_role("img")).to_be_visible()
    assert sound(told(page)) == []
    assert ExamDraft.objects.get().definition["sections"][0]["count"] == 3


def test_fields_that_do_not_count_are_put_away(author_page: Page) -> None:
    draft = ExamDraft.objects.create(
        key="a",
        title="甲",
        stored_at="2026-11-22T00:00+08:00",
        definition={"key": "a", "title": "甲", "minutes": 5, "pass_percent": 60, "sections": []},
    )
    page = author_page
    page.goto(f"/admin/exam_drafts/sections/{draft.pk}/")
    keys, leaves = page.get_by_label("题目编号"), page.get_by_label("政策法规")
    count = page.get_by_label("抽几题", exact=True)
    expect(keys).to_be_hidden()
    expect(leaves).to_be_visible()
    page.get_by_label("下面列出的题目每份试卷全考").check()
    expect(keys).to_be_visible()
    expect(leaves).to_be_hidden()
    expect(count).to_be_hidden()
    page.get_by_label("从下面列出的题目中抽几题").check()
    expect(count).to_be_visible()


def test_the_settings_are_sound_on_a_phone(author_page: Page) -> None:
    draft = ExamDraft.objects.create(
        key="a",
        title="甲",
        stored_at="2026-11-22T00:00+08:00",
        definition={"key": "a", "title": "甲", "minutes": 5, "pass_percent": 60, "sections": []},
    )
    page = author_page
    page.goto(f"/admin/exam_drafts/settings/{draft.pk}/")
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    assert sound(page) == []
    page.get_by_label("考试结束以后：解析").uncheck()
    page.get_by_role("button", name="保存设置").click()
    page.wait_for_url("**/inspect/*/")
    assert sound(told(page)) == []
    assert ExamDraft.objects.get().definition["review"]["closed"] == ["answer", "mark", "key"]
