"""Areas of a picture and files to hand in, by keyboard on a phone; what happens to a file when the network does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.bank.media import keep_medium
from assessments.models import AnswerFile, Attempt
from people.models import Person
from tests.assessments.making import WORK, make_attempt, make_exam, make_question, picture_bytes
from tests.browser.conftest import PHONE, axe_violations
from tests.factories import LONG_AGO_AT

pytestmark = pytest.mark.django_db(transaction=True)
SPOTS = [
    {"id": "s1", "shape": "rect", "coords": [30, 30, 360, 300], "text": "电动车"},
    {"id": "s2", "shape": "circle", "coords": [900, 300, 180]},
    {"id": "s3", "shape": "poly", "coords": [150, 600, 600, 600, 360, 840], "text": "灭火器"},
]


@pytest.fixture
def attempt(person: Person) -> Attempt:
    picture = keep_medium(
        content=picture_bytes("PNG", (1200, 900)), name="楼道.png", by=None, now=LONG_AGO_AT
    )
    image = {"file": picture.file, "alt": "楼道平面图", "width": 1200, "height": 900}
    shown = {"media": [{"file": picture.file, "alt": "整段楼道"}]}
    make_question("H", "hotspot", body_extra={"image": image, "spots": SPOTS})
    make_question("U", "file_upload")
    make_question("S", "single", body_extra=shown)
    questions = [{"key": key, "points": 2} for key in ("H", "U", "S")]
    make_exam(types=(), questions=questions)
    attempt = make_attempt(person, now=timezone.now())
    AnswerFile.objects.all().delete()
    return attempt


@pytest.fixture
def sit(visitor: Callable[..., Page], person: Person, login: Any) -> Callable[..., Page]:
    """`sit(attempt, slot)` opens that question on the candidate's phone."""

    def _sit(attempt: Attempt, slot: int = 1, **options: Any) -> Page:
        page = visitor(viewport=PHONE, **options)
        cookie = login(person).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": "localhost", "path": "/"}]
        )
        page.goto(f"/exams/attempt/{attempt.pk}/?q={slot}")
        return page

    return _sit


def stored(attempt: Attempt, slot: int) -> Any:
    return attempt.answers.get(slot=slot).response


def is_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("已保存")


def chosen_on_the_picture(page: Page) -> list[str]:
    shapes = page.locator('.area[data-state="chosen"]')
    return [str(shape.get_attribute("data-spot")) for shape in shapes.all()]


def work(name: str = "走访记录.pdf", content: bytes = WORK) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_hotspot_is_answered_by_keyboard(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt)
    page.get_by_role("checkbox", name="区域 A 电动车").press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    is_saved(page)
    assert stored(attempt, 1) == ["s1", "s2"]
    assert chosen_on_the_picture(page) == ["s1", "s2"]
    page.keyboard.press("Space")
    assert chosen_on_the_picture(page) == ["s1"]


def test_tap_on_an_area_or_its_letter_chooses_it(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, has_touch=True)
    page.locator('.area[data-spot="s3"]').tap(position={"x": 24, "y": 5})  # beside its letter
    page.locator('.letter[data-spot="s2"]').tap()
    is_saved(page)
    expect(page.locator("input:checked")).to_have_count(2)
    assert chosen_on_the_picture(page) == ["s2", "s3"]
    page.locator('.letter[data-spot="s3"]').tap()
    assert chosen_on_the_picture(page) == ["s2"]


def test_file_goes_up_at_once_and_can_be_taken_back_by_keyboard(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    page.get_by_label("选择文件").set_input_files([work(), work("二.pdf", b"%PDF-two")])
    expect(page.locator(".files li")).to_have_count(2)
    is_saved(page)
    expect(page.locator('.files [data-state="saved"]')).to_have_count(2)
    assert [value.split("/")[1] for value in stored(attempt, 2)] == ["走访记录.pdf", "二.pdf"]
    expect(page.get_by_label("选择文件")).to_be_disabled()
    page.get_by_role("button", name="撤回“走访记录.pdf”").press("Enter")
    expect(page.locator(".files li")).to_have_count(1)
    expect(page.get_by_role("link", name="二.pdf")).to_be_visible()
    assert [value.split("/")[1] for value in stored(attempt, 2)] == ["二.pdf"]


def test_file_that_is_not_taken_says_why_and_can_be_put_aside(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    page.get_by_label("选择文件").set_input_files([work("x.exe", b"MZ")])
    expect(page.locator('.files [data-state="refused"]')).to_contain_text("可以交：图片、PDF")
    page.get_by_role("button", name="不传了").press("Enter")
    expect(page.locator(".files li")).to_have_count(0)
    expect(page.get_by_label("选择文件")).to_be_focused()


def test_file_the_network_swallowed_is_sent_again_when_it_is_back(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    page.context.set_offline(True)
    page.get_by_label("选择文件").set_input_files([work()])
    expect(page.locator('.files [data-state="failed"]')).to_contain_text("网络断开")
    page.get_by_role("button", name="交卷").click()
    expect(page.locator("#notice-unsent")).to_be_visible()
    assert stored(attempt, 2) is None
    page.context.set_offline(False)
    expect(page.locator('.files [data-state="saved"]')).to_have_count(1)
    is_saved(page)
    assert [value.split("/")[1] for value in stored(attempt, 2)] == ["走访记录.pdf"]


def test_file_on_its_way_does_not_keep_anybody_from_the_next_question(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    expect(page.locator('form[data-whole="true"]')).to_be_attached()
    page.context.set_offline(True)
    page.get_by_label("选择文件").set_input_files([work()])
    page.get_by_role("button", name="下一题").last.click()
    page.locator("label.choice").first.click()
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_have_text("全部已保存")
    page.get_by_role("button", name="上一题").click()
    expect(page.locator('.files [data-state="saved"]')).to_have_count(1)
    is_saved(page)
    assert [value.split("/")[1] for value in stored(attempt, 2)] == ["走访记录.pdf"]


def test_change_made_while_a_file_is_on_its_way_loses_neither(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    page.get_by_label("选择文件").set_input_files([work()])
    page.get_by_label("先标记，回头再看").check()
    expect(page.locator('.files [data-state="saved"]')).to_have_count(1)
    page.get_by_role("button", name="下一题").last.click()
    page.wait_for_url("**/?q=3")
    expect(page.locator("#outbox")).to_have_text("全部已保存")
    answer = attempt.answers.get(slot=2)
    assert ([value.split("/")[1] for value in answer.response], answer.flagged) == (["走访记录.pdf"], True)


def test_both_types_are_answered_without_javascript(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, java_script_enabled=False)
    page.get_by_role("checkbox", name="区域 B").check(force=True)
    page.get_by_role("button", name="下一题").last.click()
    page.get_by_label("选择文件").set_input_files([work()])
    page.get_by_role("button", name="下一题").last.click()
    page.wait_for_url("**/?q=3")
    assert stored(attempt, 1) == ["s2"]
    assert [value.split("/")[1] for value in stored(attempt, 2)] == ["走访记录.pdf"]
    page.goto(f"/exams/attempt/{attempt.pk}/?q=2")
    page.get_by_role("button", name="撤回“走访记录.pdf”").click()
    expect(page.locator(".files li")).to_have_count(0)
    assert stored(attempt, 2) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("slot", [1, 2, 3])
def test_pages_have_no_accessibility_violation_on_a_phone(
    slot: int, scheme: str, attempt: Attempt, sit: Any
) -> None:
    page = sit(attempt, slot, color_scheme=scheme)
    if slot == 2:
        page.get_by_label("选择文件").set_input_files([work(), work("x.exe", b"MZ")])
        expect(page.locator('.files [data-state="refused"]')).to_be_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
