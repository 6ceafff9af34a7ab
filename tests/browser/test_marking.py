"""Marking by keyboard, without JavaScript, and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.marking.leasing import take_scripts
from assessments.marking.phrases import store_phrase
from assessments.models import Attempt, Mark
from people.models import Person, Role
from tests.assessments.making import make_exam, make_submitted
from tests.browser.conftest import PHONE, axe_violations
from tests.browser.navigation import press
from tests.browser.papers import enter
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marker(db: Any) -> Person:
    return make_person("评卷人", roles=(Role.EXAMINER,))


@pytest.fixture
def hand(marker: Person) -> list[Attempt]:
    """Two scripts in the marker's hand, each with two criteria of 1 point."""
    make_exam(types=("case_analysis", "short_answer"))
    papers = [make_submitted(make_person(), now=timezone.now()) for _number in range(2)]
    item = papers[0].answers.get(slot=1).item
    store_phrase(text="缺法律依据", by=marker, now=timezone.now())
    leases = take_scripts(marker=marker, item=item, now=timezone.now())
    return [lease.answer.attempt for lease in leases]


@pytest.fixture
def open_script(visitor: Callable[..., Page], marker: Person, login: Any, hand: list[Attempt]) -> Any:
    """The first script in hand in a fresh profile."""

    def _open(**options: Any) -> Page:
        page = visitor(**options)
        enter(page.context, marker, login)
        page.goto(f"/exams/marking/{hand[0].pk}/1/")
        return page

    return _open


def test_two_scripts_are_marked_without_a_mouse(open_script: Any, hand: list[Attempt]) -> None:
    page = open_script()
    page.keyboard.press("1")  # the first criterion, whatever has the focus
    page.keyboard.press("j")
    page.keyboard.press("0")
    page.keyboard.press(".")
    expect(page.locator("output")).to_have_text("1.5")
    page.keyboard.press("Alt+1")
    comment = page.locator("textarea[name=comment]")
    expect(comment).to_have_value("缺法律依据")
    page.keyboard.type(" jn?u5")  # written, not obeyed
    expect(comment).to_have_value("缺法律依据 jn?u5")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert Mark.objects.get().points == Decimal("1.50")
    expect(page.get_by_role("heading", level=1)).to_contain_text(hand[1].candidate_number)
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_contain_text(hand[0].candidate_number)
    assert Mark.objects.filter(undoes__isnull=False).count() == 1
    for _script in hand:
        for key in ("1", "ArrowDown", "1"):
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    left = Mark.objects.filter(undoes=None, undone_by=None)
    assert [mark.points for mark in left] == [2, 2]


def test_script_is_skipped_by_key_and_keys_can_be_switched_off(open_script: Any, hand: list[Attempt]) -> None:
    page = open_script()
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text(hand[1].candidate_number)
    assert Mark.objects.count() == 0
    page.keyboard.press("?")
    expect(page.locator(".mark-keys dl")).to_be_visible()
    page.get_by_label("在这台设备上使用这些快捷键").uncheck()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator('input[name="criterion-c1"]')).to_have_value("")


def test_page_works_without_javascript(open_script: Any) -> None:
    page = open_script(java_script_enabled=False)
    for name in ("criterion-c1", "criterion-c2"):
        page.locator(f'input[name="{name}"]').fill("0.5")
    press(page.get_by_role("button", name="缺法律依据", exact=True))
    expect(page.locator("textarea[name=comment]")).to_have_value("缺法律依据")
    expect(page.locator('input[name="criterion-c1"]')).to_have_value("0.5")
    press(page.locator(".mark-save button[name=save]"))
    given = Mark.objects.get()
    assert (given.points, given.comment.text) == (Decimal("1.00"), "缺法律依据")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_page_is_sound_and_fits(open_script: Any, viewport: dict[str, int]) -> None:
    page = open_script(viewport=viewport)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.locator('input[name="criterion-c1"]').scroll_into_view_if_needed()
    expect(page.locator(".mark-save button[name=save]")).to_be_in_viewport()
