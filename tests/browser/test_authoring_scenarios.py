"""An author writes a scenario of five situations in forms, sees a dead end flagged, mends it and releases it; somebody
plays it and reads the debrief."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from cms.permissions import ensure_groups
from cms.tree import ensure_home
from people.models import Person, Role
from simulations.models import DraftEdition, ScenarioDraft, ScenarioVersion
from tests.browser.navigation import press
from tests.browser.test_editing import sound
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)
NODES = ("N01", "N02", "N03", "N04", "N05")


@pytest.fixture
def opened(live_server: Any, visitor: Any) -> Any:
    """`opened(person)` is a page of somebody who has signed in."""
    ensure_groups(ensure_home())

    def _opened(person: Person) -> Page:
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        page: Page = visitor()
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
        return page

    return _opened


def field(page: Page, name: str) -> Any:
    return page.locator(f"#ql-part [name='{name}']")


def more(page: Page, rows: str) -> None:
    """Add a row in place, and wait until it is there."""
    there = page.locator(f"#ql-part [name^='{rows}.'][name$='._from']").count()
    page.locator(f"button[value='more:{rows}']").click()
    expect(page.locator(f"#ql-part [name^='{rows}.'][name$='._from']")).to_have_count(there + 1)


def save(page: Page) -> None:
    press(page.locator(".ql-save button[value=save]"))


def tell(page: Page, draft: ScenarioDraft, node: str, to: str) -> None:
    """Write what a situation says and where it leads; it is not saved yet."""
    page.goto(f"/admin/scenarios/{draft.pk}/nodes/{node}/")
    field(page, "title").fill(f"第 {node[-1]} 处摊位")
    field(page, "stage").fill("夜市")
    field(page, "text").fill("摊主们都看着你，居民也在等。")
    for at, text in enumerate(("坐下来听他们说完", "先照章办事")):
        field(page, f"choices.{at}.text").fill(text)
        field(page, f"choices.{at}.feedback").fill(f"{text}，各有各的后果。")
    if field(page, "next.0.to").count() == 0:
        more(page, "next")
    field(page, "next.0.to").select_option(to)


def move(page: Page, rows: str, variable: str, add: str) -> None:
    """One more effect."""
    more(page, rows)
    field(page, f"{rows}.0.var").select_option(label=variable)
    field(page, f"{rows}.0.add").fill(add)


def only_where(page: Page, name: str, least: str) -> None:
    """A condition from the pick lists: 居民信任 at least so much."""
    box = page.locator(f"[data-ql-condition='{name}']")
    box.locator("xpath=ancestor::details").locator("summary").click()
    box.locator(f"[name='{name}-0-subject']").select_option(label="居民信任")
    box.locator(f"[name='{name}-0-how']").select_option(">=")
    with page.expect_response("**/condition/"):
        box.locator(f"[name='{name}-0-number']").fill(least)
    expect(field(page, name)).to_have_value(f"居民信任 ≥ {least}")


def begin(page: Page) -> ScenarioDraft:
    page.goto("/admin/scenarios/begin/")
    assert sound(page) == []
    page.locator("[name=title]").fill("夜市的灯")
    page.locator("[name=key]").fill("night-market")
    press(page.get_by_role("button", name="开始写"))
    draft = ScenarioDraft.objects.get(key="night-market")
    for _node in NODES[1:]:
        page.goto(f"/admin/scenarios/{draft.pk}/")
        press(page.get_by_role("button", name="添加节点"))
    return draft


def write(page: Page, draft: ScenarioDraft) -> None:
    """Five situations in a row, two endings; the fourth cannot be left by who has won nobody's trust."""
    for node, to in zip(NODES, (*NODES[1:], "END"), strict=True):
        tell(page, draft, node, to)
        if node == "N01":
            for dimension in ("LAW", "SWK", "DIG", "EMP"):
                field(page, f"choices.0.score.{dimension}").select_option("3")
        if node == "N02":
            move(page, "choices.0.effects", "居民信任", "15")
        if node == "N03":
            move(page, "choices.1.effects", "合规度", "-20")
        if node == "N04":
            only_where(page, "choices.0.cond", "60")
            only_where(page, "choices.1.cond", "80")
        save(page)
        expect(page.get_by_text("已保存")).to_be_visible()
    for ending in ("E1", "E2"):
        page.goto(f"/admin/scenarios/{draft.pk}/endings/{ending}/")
        field(page, "debrief").fill("灯还亮着，人也还在。回看每一步，想想谁的话没有听完。")
        save(page)


def check(page: Page, draft: ScenarioDraft) -> None:
    page.goto(f"/admin/scenarios/{draft.pk}/")
    press(page.get_by_role("link", name="检查推演"))
    press(page.locator("button[value=ask]"))


def mend(page: Page, draft: ScenarioDraft) -> None:
    """Whoever has no trust may still do it by the book."""
    page.goto(f"/admin/scenarios/{draft.pk}/nodes/N04/")
    assert sound(page) == []
    name = "choices.1.cond"
    with page.expect_response("**/condition/"):
        field(page, name).fill("")
    save(page)
    expect(page.get_by_text("已保存")).to_be_visible()


def play(page: Page) -> None:
    page.goto("/simulations/night-market/")
    press(page.get_by_role("button", name="开始推演"))
    for _node in NODES:
        page.locator("input[name=choice][value=a]").check()
        press(page.get_by_role("button", name="就这样办"))


def test_five_situations_are_written_checked_mended_released_and_played(opened: Any) -> None:
    page = opened(make_person("林晓岚", roles=(Role.AUTHOR,)))
    draft = begin(page)
    write(page, draft)
    check(page, draft)
    expect(page.get_by_text("N04").first).to_be_visible()
    assert "卡" in page.locator("#main").inner_text()
    page.goto(f"/admin/scenarios/{draft.pk}/")
    press(page.get_by_role("link", name="把这份草稿定版"))
    expect(page.get_by_text("检查发现了错误").first).to_be_visible()
    expect(page.get_by_role("button", name="定为第 1 版")).to_have_count(0)
    mend(page, draft)
    check(page, draft)
    page.goto(f"/admin/scenarios/{draft.pk}/")
    assert sound(page) == []
    press(page.get_by_role("link", name="把这份草稿定版"))
    assert sound(page) == []
    assert ScenarioVersion.objects.count() == 0
    press(page.get_by_role("button", name="定为第 1 版"))
    assert ScenarioVersion.objects.get().key == "night-market"
    page.goto(f"/admin/scenarios/{draft.pk}/versions/?old=1&new={DraftEdition.objects.count()}")
    expect(page.get_by_role("heading", name="N04 第 4 处摊位")).to_be_visible()
    assert sound(page) == []
    learner = opened(make_person("许知秋"))
    play(learner)
    expect(learner.get_by_role("heading", level=1)).to_contain_text("办成了")
    expect(learner.get_by_text("想想谁的话没有听完").first).to_be_visible()


def test_rows_are_added_without_javascript(opened: Any, live_server: Any, visitor: Any) -> None:
    page = opened(make_person("林晓岚", roles=(Role.AUTHOR,)))
    draft = begin(page)
    plain = visitor(java_script_enabled=False)
    plain.context.add_cookies(page.context.cookies())
    plain.goto(f"{live_server.url}/admin/scenarios/{draft.pk}/nodes/N01/")
    plain.locator("[name=title]").fill("第一处摊位")
    press(plain.locator("button[value='more:choices.0.effects']"))
    assert plain.locator("[name=title]").input_value() == "第一处摊位"
    plain.locator("[name='choices.0.effects.0.var']").select_option(label="剩余天数")
    plain.locator("[name='choices.0.effects.0.add']").fill("-2")
    press(plain.locator(".ql-save button[value=save]"))
    draft.refresh_from_db()
    assert '"effects":[{"var":"days","add":-2}]' in draft.document
