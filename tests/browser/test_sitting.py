"""The sitting page driven by a real browser: autosave, a lost network, a closed browser, ordering by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.attempts import submit_attempt
from assessments.models import Attempt, AttemptStatus
from people.models import Person
from tests.assessments.making import make_attempt, make_exam
from tests.browser.conftest import PHONE, axe_violations

pytestmark = pytest.mark.django_db(transaction=True)

# How many answers lie on this device.
KEPT = """
    new Promise((resolve) => {
        const done = ({target}) => resolve(target.result);
        indexedDB.open("qinglan").onsuccess = ({target}) => {
            target.result.transaction("answers").objectStore("answers").count().onsuccess = done;
        };
    })
"""
TYPES = ("single", "ordering", "matching", "short_answer")


@pytest.fixture
def attempt(person: Person) -> Attempt:
    make_exam(types=TYPES)
    return make_attempt(person, now=timezone.now())


@pytest.fixture
def sit(visitor: Callable[..., Page], person: Person, login: Any) -> Callable[..., Page]:
    """`sit(attempt, slot)` opens that question in a fresh browser profile of the candidate's."""

    def _sit(attempt: Attempt, slot: int = 1, **options: Any) -> Page:
        page = visitor(**options)
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
    """By the script: before it is ready, the line is the server's and tells of the save before this one."""
    expect(page.locator('form[data-ready="true"]')).to_be_attached()
    expect(page.locator("#saved")).to_contain_text("已保存")


def has_whole_paper(page: Page) -> None:
    """From now on the page needs the server for nothing but saving."""
    expect(page.locator('form[data-whole="true"]')).to_be_attached()


def pick(page: Page, text: str) -> None:
    page.locator("label.choice", has_text=text).click()


def test_change_is_saved_by_itself_and_again_after_another_change(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt)
    pick(page, "甲")
    is_saved(page)
    assert stored(attempt, 1) == "o1"
    expect(page.locator("#answered")).to_have_text("1")
    pick(page, "乙")
    expect(page.locator("#saved")).to_have_text("正在保存")
    is_saved(page)
    assert stored(attempt, 1) == "o2"


def test_moving_on_at_once_loses_nothing(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt)
    pick(page, "甲")
    page.get_by_role("link", name="第 4 题").click()
    expect(page.get_by_label("你的作答")).to_be_visible()
    page.get_by_label("你的作答").fill("先看日志")
    page.get_by_role("button", name="检查并交卷").click()
    expect(page.get_by_role("heading", name="确定交卷吗？")).to_be_visible()
    assert (stored(attempt, 1), stored(attempt, 4)) == ("o1", "先看日志")


def test_answers_given_offline_are_kept_and_sent_when_the_network_is_back(attempt: Attempt, sit: Any) -> None:
    """Row 10, in small: from question to question without a network."""
    page = sit(attempt)
    has_whole_paper(page)
    page.context.set_offline(True)
    pick(page, "丙")
    expect(page.locator("#saved")).to_have_text("网络断开，答案已存在本机")
    page.get_by_role("button", name="下一题").last.click()
    expect(page.locator("legend")).to_be_focused()
    expect(page).to_have_title(re.compile("^第 2 题"))
    page.get_by_label("“甲”排第几").select_option("1")
    page.get_by_role("link", name="第 4 题，未答").click()
    page.get_by_label("你的作答").fill("先看日志")
    expect(page.locator("#outbox")).to_have_text("网络断开，3 题存在本机")
    expect(page.get_by_role("link", name="第 1 题，已答，存在本机")).to_be_visible()
    assert [stored(attempt, slot) for slot in (1, 2, 4)] == [None] * 3
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_have_text("全部已保存")
    assert (stored(attempt, 1), stored(attempt, 4)) == ("o3", "先看日志")
    assert attempt.entries.count() == 3


def test_browser_closed_before_the_save_left_sends_it_when_reopened(attempt: Attempt, sit: Any) -> None:
    """Row 11: what was typed is on the device within the same moment."""
    page = sit(attempt, 4)
    page.context.set_offline(True)
    page.get_by_label("你的作答").fill("先看日志")
    expect(page.locator("#saved")).to_contain_text("网络断开")
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"/exams/attempt/{attempt.pk}/?q=4")
    expect(again.get_by_label("你的作答")).to_have_value("先看日志")
    is_saved(again)
    assert stored(attempt, 4) == "先看日志"
    assert again.evaluate(KEPT) == 0


def test_reopened_in_another_browser_it_is_the_same_paper_with_the_answers(
    attempt: Attempt, sit: Any
) -> None:
    page = sit(attempt)
    shown = page.locator("label.choice").all_inner_texts()
    pick(page, "丙")
    is_saved(page)
    page.context.close()
    again = sit(attempt)
    assert again.locator("label.choice").all_inner_texts() == shown
    expect(again.locator("input:checked")).to_have_value("o3")


def test_older_window_stands_still_and_cannot_cover_a_newer_answer(attempt: Attempt, sit: Any) -> None:
    """Row 12, in two browsers: the older one hears it from the server."""
    old = sit(attempt)
    old.route("**/pulse/", lambda route: route.abort())
    new = sit(attempt)
    pick(new, "甲")
    is_saved(new)
    pick(old, "丙")
    expect(old.locator("#notice-fenced")).to_be_visible()
    expect(old.get_by_role("radio").first).to_be_disabled()
    assert stored(attempt, 1) == "o1"
    assert [(held.response, held.reason) for held in attempt.held_answers.all()] == [("o3", "fenced")]
    old.get_by_role("link", name="在这里继续").click()
    expect(old.locator("input:checked")).to_have_value("o1")
    pick(old, "乙")
    is_saved(old)
    assert stored(attempt, 1) == "o2"


def test_ordering_works_by_buttons_from_the_keyboard(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    first, second, third = page.locator("[data-ordering] li > span.stack").all_inner_texts()
    page.get_by_role("button", name=f"把“{third}”上移").press("Enter")
    is_saved(page)
    assert page.locator("[data-ordering] li > span.stack").all_inner_texts() == [first, third, second]
    assert page.locator("[data-ordering] select").evaluate_all("all => all.map(one => one.value)") == [
        "1",
        "2",
        "3",
    ]
    ids = {"甲": "o1", "乙": "o2", "丙": "o3"}
    assert stored(attempt, 2) == [ids[first], ids[third], ids[second]]


def test_ordering_works_by_numbers(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, 2)
    first, second, third = page.locator("[data-ordering] li > span.stack").all_inner_texts()
    page.get_by_label(f"“{third}”排第几").select_option("1")
    is_saved(page)
    assert page.locator("[data-ordering] li > span.stack").all_inner_texts() == [third, first, second]


def test_paper_can_be_sat_and_handed_in_without_javascript(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, java_script_enabled=False)
    pick(page, "乙")
    page.get_by_role("button", name="下一题").last.click()
    for place, text in enumerate(("丙", "甲", "乙"), start=1):
        page.get_by_label(f"“{text}”排第几").select_option(str(place))
    page.get_by_role("button", name="下一题").last.click()
    page.get_by_label("左一").select_option("r2")
    page.get_by_label("左二").select_option("r1")
    page.get_by_role("button", name="交卷").first.click()
    expect(page.get_by_text("还有 1 题没有作答")).to_be_visible()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_text("得 6 分，满分 8 分")).to_be_visible()


def test_session_that_ended_costs_nothing_without_javascript(
    attempt: Attempt, sit: Any, person: Person
) -> None:
    """faults.md row 28: sign in again, and it is the same question of the same paper, the clock still running."""
    page = sit(attempt, java_script_enabled=False)
    Session.objects.all().delete()
    pick(page, "丙")
    page.get_by_role("button", name="下一题").last.click()
    sign_in_again(page, person)
    page.wait_for_url(f"**/exams/attempt/{attempt.pk}/?q=2")
    assert stored(attempt, 1) == "o3"
    is_running(attempt)


def test_session_that_ended_is_not_even_noticed_until_the_page_is_asked_for_again(
    attempt: Attempt, sit: Any, person: Person
) -> None:
    """Row 28: the page saves by its token; a reload leads through the login back to the same question."""
    page = sit(attempt)
    has_whole_paper(page)
    Session.objects.all().delete()
    pick(page, "丙")
    is_saved(page)
    page.get_by_role("button", name="下一题").last.click()
    expect(page.locator("legend")).to_contain_text("第 2 题")
    page.reload()
    sign_in_again(page, person)
    page.wait_for_url(f"**/exams/attempt/{attempt.pk}/?q=2")
    expect(page.locator("legend")).to_contain_text("第 2 题")
    assert stored(attempt, 1) == "o3"
    is_running(attempt)


def sign_in_again(page: Page, person: Person) -> None:
    page.get_by_label("工号").fill(person.account.staff_number)
    page.get_by_label("密码").fill("correct horse")
    page.get_by_role("main").get_by_role("button", name="登录").click()


def is_running(attempt: Attempt) -> None:
    """The same sitting, its end where it was."""
    deadline = attempt.deadline_at
    attempt.refresh_from_db()
    assert (attempt.status, attempt.deadline_at) == (AttemptStatus.OPEN, deadline)


def test_time_over_hands_in_what_is_there(person: Person, sit: Any) -> None:
    make_exam(types=TYPES)
    attempt = make_attempt(person, now=timezone.now() - timedelta(minutes=20) + timedelta(seconds=6))
    page = sit(attempt)
    pick(page, "乙")
    page.wait_for_url("**/result/")
    assert stored(attempt, 1) == "o2"
    assert attempt.results.get().points_text == "2"


@pytest.mark.parametrize("slot", [1, 2, 3, 4])
def test_sitting_page_has_no_accessibility_violation_on_a_phone(
    slot: int, attempt: Attempt, sit: Any
) -> None:
    page = sit(attempt, slot, viewport=PHONE)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("path", ["/exams/", "/exams/base/", "/exams/attempt/{pk}/submit/"])
def test_exam_pages_have_no_accessibility_violation_on_a_phone(path: str, attempt: Attempt, sit: Any) -> None:
    page = sit(attempt, viewport=PHONE)
    page.goto(path.format(pk=attempt.pk))
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_paper_handed_in_elsewhere_leads_to_the_result(attempt: Attempt, sit: Any) -> None:
    page = sit(attempt)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=timezone.now())
    pick(page, "甲")
    page.get_by_role("link", name="看成绩").click()
    expect(page).to_have_url(re.compile(rf"/exams/attempt/{attempt.pk}/result/$"))
