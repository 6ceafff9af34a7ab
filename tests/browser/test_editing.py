"""Writing a question on a phone, with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from assessments.models import QuestionVersion
from cms.permissions import ensure_groups
from cms.tree import ensure_home
from people.models import Role
from tests.browser.conftest import PHONE, axe_violations
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)
LEAST = 44


@pytest.fixture
def author_page(live_server: Any, visitor: Callable[..., Page], client: Client) -> Page:
    ensure_groups(ensure_home())
    person = make_person("阿依古丽", roles=(Role.AUTHOR,))
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    page = visitor(viewport=PHONE)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return page


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until the field or button of this name, or with this value, has the focus."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(
            "n => [document.activeElement.name, document.activeElement.value].includes(n)", name
        ):
            return
    raise AssertionError(f"{name} is not reached by the Tab key")


def write(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def sound(page: Page) -> list[str]:
    found = axe_violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [
        *(each for each in found if not each.startswith("landmark-unique")),
        *(["too wide"] if wide else []),
    ]


def test_an_author_writes_previews_and_stores_a_question_by_keyboard(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/bank/new/?type=multiple")
    assert sound(page) == []
    write(page, "key", "PHONE-1")
    write(page, "item-stem", "入户走访前应当做什么？")
    for number, text in enumerate(("预约时间", "带好证件", "直接进门")):
        if number == 2:
            tab_to(page, "more:options")
            page.keyboard.press("Enter")
            page.keyboard.type(text)
        else:
            write(page, f"item-options.{number}.text", text)
            tab_to(page, f"item-options.{number}.right")
            page.keyboard.press("Space")
    write(page, "explanation", "先约后访，亮明身份。")
    write(page, "module", "入户走访")
    write(page, "leaf_SWK", "1")
    tab_to(page, "preview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("考生看到的样子"))).to_be_focused()
    frame = page.frame_locator(".ql-preview iframe")
    expect(frame.get_by_text("入户走访前应当做什么？")).to_be_visible()
    expect(frame.get_by_text("带好证件")).to_be_visible()
    assert sound(page) == []
    assert QuestionVersion.objects.count() == 0
    tab_to(page, "store")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inspect/**")
    assert page.evaluate("sessionStorage.getItem('qinglan.question')") is None
    version = QuestionVersion.objects.get()
    assert version.question.status == "draft"
    assert version.answer["correct"] == ["o1", "o2"]
    assert [option["text"] for option in version.body["options"]] == ["预约时间", "带好证件", "直接进门"]


def test_what_one_presses_is_large_enough_for_a_thumb(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/bank/new/?type=ordering")
    heights = page.eval_on_selector_all(
        "#ql-question :is(button, input[type=text], input[type=file], textarea, select):not(.ql-unseen)",
        "all => all.filter(e => e.offsetParent).map(e => [e.name || e.value, e.offsetHeight])",
    )
    assert [each for each in heights if each[1] < LEAST] == []


def test_rows_move_and_go_at_once_and_what_stays_is_stored_in_that_order(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/bank/new/?type=ordering")
    for name, text in (("key", "ORDER-1"), ("item-stem", "怎样办？"), ("module", "接访"), ("leaf_SWK", "1")):
        page.fill(f"[name={name}]", text)
    rows = page.locator("[data-rows=steps] [data-row]")
    for _row in range(2):
        page.click("[data-rows=steps] > [data-do=more]")
    for number, text in enumerate(("回访", "登记", "多余", "转办")):
        rows.nth(number).locator("[name$='.text']").fill(text)
    rows.nth(2).locator("[data-do=drop]").click()
    rows.nth(0).locator("[data-do=down]").click()
    rows.nth(1).locator("[data-do=down]").click()
    page.click(".ql-store [value=store]")
    page.wait_for_url("**/inspect/**")
    version = QuestionVersion.objects.get()
    texts = {option["id"]: option["text"] for option in version.body["options"]}
    assert [[texts[each] for each in order] for order in version.answer["orders"]] == [
        ["登记", "转办", "回访"]
    ]


def test_a_login_that_ran_out_loses_nothing(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/bank/new/?type=single")
    page.fill("[name=item-stem]", "写了很久的题干")
    page.click("[data-rows=options] > [data-do=more]")
    page.fill("[name='item-options.2.text']", "第三项")
    kept = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.click(".ql-store [value=store]")
    page.wait_for_url("**/login/**")
    page.context.add_cookies(kept)
    page.goto("/admin/bank/new/?type=single")
    page.get_by_role("button", name="恢复刚才写的内容").click()
    expect(page.locator("[name=item-stem]")).to_have_value("写了很久的题干")
    expect(page.locator("[name$='.text']").nth(2)).to_have_value("第三项")
    page.goto("/admin/bank/new/?type=single")
    expect(page.get_by_role("button", name="恢复刚才写的内容")).to_be_hidden()
