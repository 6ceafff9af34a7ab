"""What the sitting page says and keeps when something is in its way: servers, storage, old pages, time, windows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from assessments.attempts import submit_attempt
from assessments.models import Attempt, AttemptStatus
from people.models import Person
from tests.assessments.making import make_attempt, make_exam
from tests.browser.conftest import PHONE, axe_violations
from tests.browser.papers import KEPT, all_is_saved, answer_right, device_is_empty, enter, open_paper, turn_to

pytestmark = pytest.mark.django_db(transaction=True)

PAPER = ("single", "ordering", "matching", "short_answer", "hotspot")
Sit = Callable[..., Page]


@pytest.fixture
def attempt(person: Person) -> Attempt:
    make_exam(types=PAPER)
    return make_attempt(person, now=timezone.now())


@pytest.fixture
def sit(visitor: Callable[..., Page], person: Person, login: Any) -> Sit:
    """`sit(attempt, slot, script="")` is the whole paper in a fresh browser profile, after this script."""

    def _sit(attempt: Attempt, slot: int = 1, *, script: str = "", **options: Any) -> Page:
        page = visitor(**options)
        page.add_init_script(script)
        enter(page.context, person, login)
        open_paper(page, attempt, slot)
        return page

    return _sit


def stored(attempt: Attempt, slot: int) -> Any:
    return attempt.answers.get(slot=slot).response


def leave_only(attempt: Attempt, **left: float) -> None:
    """So much time is left to this sitting."""
    ends = timezone.now() + timedelta(**left)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=ends - timedelta(minutes=20), deadline_at=ends)


def test_page_of_a_proxy_is_no_answer(attempt: Attempt, sit: Sit) -> None:
    """What is not from our server says nothing about the save: it is sent again, and not from every hall at once."""
    page = sit(attempt)
    asked: list[float] = []

    def overloaded(route: Route) -> None:
        asked.append(timezone.now().timestamp())
        route.fulfill(status=503, content_type="text/html", body="<h1>503</h1>")

    page.route("**/save/", overloaded)
    page.route("**/pulse/", overloaded)
    answer_right(page, "single")
    expect(page.locator("#saved")).to_have_text("等待发送")
    expect(page.locator("#outbox")).to_have_text("1 题等待发送")
    page.wait_for_timeout(4000)
    assert 2 <= len(asked) <= 8
    page.unroute("**/save/")
    all_is_saved(page)
    assert stored(attempt, 1) == "o2"


def test_page_whose_token_is_out_of_date_is_renewed_by_itself(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt)
    page.evaluate("document.getElementById('paper').dataset.token")
    refusal = json.dumps({"error": "token", "message": "请刷新"})
    page.route(
        "**/save/",
        lambda route: route.fulfill(status=403, content_type="application/json", body=refusal),
        times=1,
    )
    answer_right(page, "single")
    all_is_saved(page)
    expect(page.locator("#question input:checked")).to_have_value("o2")
    assert stored(attempt, 1) == "o2"


NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {value: undefined});"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('shut') }});"


def test_without_a_database_the_browsers_plain_storage_keeps_answers(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt, script=NO_DATABASE)
    page.context.set_offline(True)
    answer_right(page, "single")
    expect(page.locator("#saved")).to_have_text("网络断开，答案已存在本机")
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    again = page.context.new_page()
    again.add_init_script(NO_DATABASE)
    open_paper(again, attempt)
    expect(again.locator("#question input:checked")).to_have_value("o2")
    expect(again.locator("#outbox")).to_have_text("全部已保存")
    assert stored(attempt, 1) == "o2"


def test_where_nothing_can_be_kept_the_page_says_so_and_still_saves(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt, script=NO_DATABASE + NO_STORAGE)
    expect(page.locator("#notice-memory")).to_be_visible()
    page.context.set_offline(True)
    answer_right(page, "single")
    expect(page.locator("#saved")).to_have_text("网络断开，请不要关闭页面")
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_have_text("全部已保存")
    assert stored(attempt, 1) == "o2"


def test_what_an_earlier_version_of_the_page_kept_is_sent(attempt: Attempt, sit: Sit) -> None:
    kept = {
        "sequence": 4,
        "pending": {"1": {"slot": 1, "sequence": 4, "response": ["o3"], "flagged": True}},
    }
    key = f"qinglan.attempt.{attempt.pk}"
    page = sit(attempt, script=f"localStorage.setItem('{key}', '{json.dumps(kept)}')")
    all_is_saved(page)
    expect(page.locator("#question [type=radio]:checked")).to_have_value("o3")
    expect(page.locator("[name=flag]")).to_be_checked()
    assert (stored(attempt, 1), attempt.answers.get(slot=1).flagged) == ("o3", True)


def test_somebody_who_never_stops_typing_is_saved_within_ten_seconds(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt, 4)
    box = page.get_by_label("你的作答")
    box.focus()
    for _letter in range(18):  # at most 20 fit
        page.keyboard.type("社")
        page.wait_for_timeout(400)
    assert str(stored(attempt, 4)).startswith("社社社")


def test_journal_holds_that_and_how_long_never_what(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt, 4)
    page.evaluate("""
        const data = new DataTransfer();
        data.setData("text", "别人写的话");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        Object.defineProperty(document, "hidden", {value: true, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    """)
    page.wait_for_timeout(1200)
    page.evaluate("""
        Object.defineProperty(document, "hidden", {value: false});
        document.dispatchEvent(new Event("visibilitychange"));
    """)
    page.wait_for_timeout(3500)
    noticed = {each.kind: each.detail for each in attempt.events.all()}
    assert noticed["pasted"] == {"slot": 4, "characters": 5}
    assert noticed["hidden"] == {"slot": 4}
    assert (noticed["shown"]["slot"], noticed["shown"]["seconds"] >= 1) == (4, True)
    assert "别人" not in str(noticed)


def test_reload_and_handing_in_are_no_looking_away(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt)
    page.reload()
    expect(page.locator('form[data-whole="true"]')).to_be_attached()
    page.locator("section.exam button").click()
    page.wait_for_url("**/submit/")
    page.get_by_role("link", name="回到试卷").click()
    expect(page.locator('form[data-whole="true"]')).to_be_attached()
    page.wait_for_timeout(2500)
    assert attempt.events.filter(kind="hidden").count() == 0


def test_clock_is_announced_at_ten_minutes(attempt: Attempt, sit: Sit) -> None:
    leave_only(attempt, minutes=10, seconds=7)
    page = sit(attempt)
    expect(page.locator("#announce")).to_have_text("还剩 10 分钟", timeout=15_000)


def test_back_turns_a_page_back_and_the_way_to_the_answer_sheet_turns_none(
    attempt: Attempt, sit: Sit
) -> None:
    page = sit(attempt, viewport=PHONE)
    turn_to(page, 3)
    page.get_by_role("link", name="已答").click()
    expect(page.locator("#navigator")).to_be_in_viewport()
    expect(page.locator("legend")).to_contain_text("第 3 题")
    page.go_back()
    page.go_back()
    expect(page.locator("legend")).to_contain_text("第 1 题")
    page.reload()
    expect(page.locator("legend")).to_contain_text("第 1 题")


def test_text_over_its_limit_is_told_while_it_is_written_and_before_it_is_handed_in(
    attempt: Attempt, sit: Sit
) -> None:
    """Nothing is cut off or refused: the limit is the marker's, and its writer knows."""
    page = sit(attempt, 4)
    box, over = page.get_by_label("你的作答"), page.locator("[data-over]")
    box.fill("字" * 20)
    expect(over).to_be_hidden()
    box.fill("字" * 23)
    expect(over).to_have_text("已超出 3 字")
    expect(page.locator("#announce")).to_have_text("已超出 3 字")
    colours = "all => new Set(all.map(one => getComputedStyle(one).color)).size"
    assert page.locator("[data-length], [data-over]").evaluate_all(colours) == 1
    assert axe_violations(page) == []
    all_is_saved(page)
    page.reload()
    expect(page.locator("[data-over]")).to_have_text("已超出 3 字")
    page.locator("section.exam button").click()
    page.wait_for_url("**/submit/")
    told = page.get_by_role("region", name="超过字数要求")
    expect(told.get_by_role("link")).to_have_count(1)
    assert axe_violations(page) == []
    told.get_by_role("link", name="第 4 题").click()
    box.fill("字" * 20)
    all_is_saved(page)
    page.locator("section.exam button").click()
    page.wait_for_url("**/submit/")
    expect(told).to_have_count(0)
    assert stored(attempt, 4) == "字" * 20


def test_questions_work_after_the_page_was_turned_to_them(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt)
    turn_to(page, 2)
    last = page.locator("[data-ordering] li > span.stack").all_inner_texts()[2]
    page.get_by_role("button", name=f"把“{last}”上移").press("Enter")
    assert page.locator("[data-ordering] li > span.stack").all_inner_texts()[1] == last
    turn_to(page, 5)
    page.locator('.area[data-spot="s1"]').click(force=True)
    expect(page.locator('#question input[value="s1"]')).to_be_checked()
    turn_to(page, 4)
    page.get_by_label("你的作答").fill("三个字")
    expect(page.locator("[data-length]")).to_have_text("3")
    turn_to(page, 5)
    expect(page.locator('#question input[value="s1"]')).to_be_checked()
    expect(page.locator('.area[data-spot="s1"]')).to_have_attribute("data-state", "chosen")
    all_is_saved(page)
    assert (stored(attempt, 5), stored(attempt, 4)) == (["s1"], "三个字")


def test_whole_paper_is_answered_and_handed_in_by_keyboard(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt, viewport=PHONE)
    page.locator("#question input").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="下一题").last.press("Enter")
    expect(page.locator("legend")).to_be_focused()
    page.get_by_role("button", name="下移").first.press("Space")
    page.get_by_role("button", name="下一题").last.press("Enter")
    for field in ("左一", "左二"):
        page.get_by_label(field).press("ArrowDown")
    page.get_by_role("button", name="下一题").last.press("Enter")
    page.get_by_label("你的作答").press_sequentially("先听")
    all_is_saved(page)
    page.locator("section.exam button").press("Enter")
    page.wait_for_url("**/submit/")
    page.get_by_role("main").get_by_role("button", name="交卷").press("Enter")
    page.wait_for_url("**/result/")
    assert [bool(stored(attempt, slot)) for slot in range(1, 5)] == [True] * 4


def test_pressing_twice_hands_in_once(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt)
    page.goto(f"/exams/attempt/{attempt.pk}/submit/")
    page.get_by_role("main").get_by_role("button", name="交卷").dblclick()
    page.wait_for_url("**/result/")
    assert attempt.results.count() == 1


def test_paper_handed_in_elsewhere_says_so_without_being_asked(attempt: Attempt, sit: Sit) -> None:
    page = sit(attempt)
    submit_attempt(attempt_id=attempt.pk, by=attempt.person, now=timezone.now())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#notice-closed")).to_be_visible()
    expect(page.get_by_role("link", name="看成绩")).to_be_focused()
    expect(page.get_by_role("radio").first).to_be_disabled()


def offline(page: Page, attempt: Attempt) -> None:
    page.context.set_offline(True)
    answer_right(page, "single")
    expect(page.locator("#outbox")).to_have_text("网络断开，1 题存在本机")
    page.locator("section.exam button").click()
    expect(page.locator("#notice-unreachable")).to_be_visible()


def fenced(page: Page, attempt: Attempt) -> None:
    answer_right(page, "single")
    all_is_saved(page)
    open_paper(page.context.new_page(), attempt)
    expect(page.locator("#notice-fenced")).to_be_visible()


def overtime(page: Page, attempt: Attempt) -> None:
    page.context.set_offline(True)
    page.evaluate("document.getElementById('notice-over').hidden = false")
    page.evaluate("document.getElementById('notice-memory').hidden = false")
    page.evaluate("document.querySelector('details').open = true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", [offline, fenced, overtime])
def test_every_state_has_no_accessibility_violation_on_a_phone(
    state: Callable[[Page, Attempt], None], scheme: str, attempt: Attempt, sit: Sit
) -> None:
    page = sit(attempt, viewport=PHONE, color_scheme=scheme)
    state(page, attempt)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.context.set_offline(False)


def test_bar_covers_nothing_that_has_the_focus(attempt: Attempt, sit: Sit) -> None:
    """At twice the size of type, too."""
    page = sit(attempt, viewport=PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.locator("[name=flag]").focus()
    for _stop in range(5):
        page.keyboard.press("Shift+Tab")
        covered = page.evaluate("""
            document.activeElement.closest("#paper") !== null &&
            document.activeElement.getBoundingClientRect().bottom
                <= document.querySelector(".exam").getBoundingClientRect().bottom
        """)
        assert covered is False
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.OPEN
    assert page.evaluate(KEPT) == 0
    device_is_empty(page)
