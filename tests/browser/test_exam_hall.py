"""An exam hall that loses nothing: one exam, four candidates, everything that goes wrong in a real one (issue 5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Playwright, expect

from assessments.extensions import extend
from assessments.models import Answer, Attempt, AttemptStatus, HeldReason
from assessments.sittings import receipts
from core.once import new_key
from people.models import Person, Role
from tests.assessments.making import TYPES, make_attempt, make_exam
from tests.browser.papers import KEPT, all_is_saved, answer_right, device_is_empty, enter, open_paper, turn_to
from tests.browser.test_crash import kill, open_profile
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)

PAPER = ("single", "multiple", "true_false", "ordering", "matching", "fill_in")
AN_OUTAGE = 60  # seconds
Open = Callable[..., Page]


@pytest.fixture
def open_as(visitor: Callable[..., Page], login: Any) -> Open:
    """`open_as(person)` is a page in a fresh browser profile of this candidate's."""

    def _open(person: Person, **options: Any) -> Page:
        page = visitor(**options)
        enter(page.context, person, login)
        return page

    return _open


@pytest.fixture
def person(db: Any) -> Person:
    """Somebody whose organisation has administrators."""
    return make_person()


@pytest.fixture
def attempt(person: Person) -> Attempt:
    make_exam(types=PAPER)
    return make_attempt(person, now=timezone.now())


def answer(page: Page, *slots: int) -> None:
    for slot in slots:
        turn_to(page, slot)
        answer_right(page, PAPER[slot - 1])


def hand_in(page: Page) -> None:
    page.locator("section.exam button").click()
    page.wait_for_url("**/submit/")
    page.get_by_role("main").get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result/")


def move_clock(attempt: Attempt, minutes: float) -> None:
    """As if so many minutes had passed meanwhile: the sitting began and ends so much earlier."""
    by = timedelta(minutes=minutes)
    attempt.refresh_from_db()
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.started_at - by, deadline_at=attempt.deadline_at - by
    )


def expect_whole(attempt: Attempt) -> None:
    """Every answer is there, the newest saves are the last links of a whole chain, nothing waits for anybody."""
    answers = list(attempt.answers.select_related("item__question_version").order_by("slot"))
    assert [receipts.digest_of(each.response) for each in answers] == [
        _newest_digest(each) for each in answers
    ]
    assert receipts.first_break(receipt_of(attempt)) is None
    keys = [(each.slot, each.sequence) for each in attempt.entries.all()]
    assert sorted(keys) == sorted(set(keys))


def expect_full_marks(attempt: Attempt) -> None:
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE
    result = attempt.results.latest("number")
    assert (result.points_text, result.max_points_text, result.passed) == ("12", "12", True)


def receipt_of(attempt: Attempt) -> receipts.Receipt:
    """What the candidate keeps."""
    links = [
        receipts.Link(
            number=each.number,
            slot=each.slot,
            sequence=each.sequence,
            digest=each.digest,
            saved_at=receipts.as_moment(each.saved_at),
            hash=each.hash,
        )
        for each in attempt.entries.order_by("number")
    ]
    return receipts.receipt_of(attempt.pk, links)


def _newest_digest(answer: Answer) -> str:
    entry = answer.attempt.entries.filter(slot=answer.slot).order_by("-number").first()
    assert entry is not None
    return str(entry.digest)


def test_four_candidates_lose_nothing(
    open_as: Open, live_server: Any, playwright: Playwright, tmp_path: Path, login: Any
) -> None:
    """One loses the network for a minute, one's browser is killed, one gets extra time, one opens two tabs."""
    make_exam(types=PAPER)
    people = [make_person(name) for name in ("林断网", "周闪退", "吴加时", "郑双开")]
    invigilator = make_person("监考", roles=(Role.ADMINISTRATOR,))
    offline, killed, extended, doubled = (make_attempt(each, now=timezone.now()) for each in people)
    move_clock(extended, 19)  # a minute is left to this one

    # the network goes
    on_the_wire = open_as(people[0])
    open_paper(on_the_wire, offline)
    answer(on_the_wire, 1)
    all_is_saved(on_the_wire)
    on_the_wire.context.set_offline(True)
    since = time.monotonic()
    answer(on_the_wire, 2, 3, 4)
    expect(on_the_wire.locator("#outbox")).to_have_text("网络断开，3 题存在本机")

    # the clock of this one would stop
    in_time = open_as(people[2])
    open_paper(in_time, extended)
    answer(in_time, 1, 2)
    extend(minutes=10, by=invigilator, now=timezone.now(), key=new_key(), attempt=extended)

    # the browser is killed, with two answers on the device alone
    before = open_profile(playwright, live_server.url, tmp_path / "profile")
    enter(before, people[1], login)
    page = before.pages[0]
    open_paper(page, killed)
    answer(page, 1, 2)
    all_is_saved(page)
    before.set_offline(True)
    answer(page, 3, 5)
    expect(page.locator("#saved")).to_have_text("网络断开，答案已存在本机")
    assert page.evaluate(KEPT) == 2
    kill(tmp_path / "profile")
    assert Answer.objects.filter(attempt=killed, response__isnull=False).count() == 2

    # two tabs of one browser: the older one stands still at once
    first = open_as(people[3])
    open_paper(first, doubled)
    answer(first, 1)
    second = first.context.new_page()
    open_paper(second, doubled)
    expect(first.locator("#notice-fenced")).to_be_visible()
    expect(first.locator("#question fieldset")).to_have_attribute("disabled", "")
    answer(second, 1, 2, 3, 4, 5, 6)

    # back to the killed one: the same profile, started again
    after = open_profile(playwright, live_server.url, tmp_path / "profile")
    enter(after, people[1], login)
    page = after.pages[0]
    open_paper(page, killed, slot=3)
    expect(page.locator("#question input:checked")).to_have_value("false")
    all_is_saved(page)
    answer(page, 4, 6)
    hand_in(page)
    after.close()

    # more time: said in the bar, counted by the clock
    expect(in_time.locator("#notice-extended")).to_contain_text("延长了 10 分钟", timeout=40_000)
    answer(in_time, 3, 4, 5, 6)
    all_is_saved(in_time)

    # a minute later
    answer(on_the_wire, 5, 6)
    time.sleep(max(0, AN_OUTAGE - (time.monotonic() - since)))
    assert Answer.objects.filter(attempt=offline, response__isnull=False).count() == 1
    on_the_wire.context.set_offline(False)
    all_is_saved(on_the_wire)

    all_is_saved(second)
    for page in (on_the_wire, in_time, second):
        hand_in(page)
    for attempt in (offline, killed, extended, doubled):
        expect_whole(attempt)
        expect_full_marks(attempt)
        assert attempt.held_answers.count() == 0
    kinds = list(offline.events.order_by("pk").values_list("kind", flat=True))
    assert (kinds.count("offline"), kinds.count("online")) == (1, 1)


def test_late_edits_of_an_older_window_are_kept_beside_the_paper(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    """Row 12: a second device; the first one is cut off, types on, and comes back."""
    old, new = open_as(person), open_as(person)
    open_paper(old, attempt)
    answer(old, 1)
    all_is_saved(old)
    old.context.set_offline(True)
    open_paper(new, attempt)
    answer(new, 2)
    all_is_saved(new)
    turn_to(old, 2)
    old.locator('#question input[value="o2"]').check()
    old.context.set_offline(False)
    expect(old.locator("#notice-fenced")).to_be_visible()
    expect(old.locator("#outbox")).to_have_text("全部已保存")
    held = attempt.held_answers.get()
    assert (held.slot, held.response, held.reason) == (2, ["o2"], HeldReason.FENCED)
    assert attempt.answers.get(slot=2).response == TYPES["multiple"][2]
    assert attempt.answers.get(slot=1).response == "o2"


def test_what_an_older_window_left_on_the_device_covers_nothing_newer(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    """Row 12: the older one wrote more often, and was closed without a network; it is found, sent, and kept beside."""
    old, new = open_as(person), open_as(person)
    open_paper(old, attempt)
    old.context.set_offline(True)
    for option in ("o1", "o3", "o1", "o3"):
        old.locator(f'#question input[value="{option}"]').check()
    expect(old.locator("#outbox")).to_have_text("网络断开，1 题存在本机")
    old.close(run_before_unload=False)
    open_paper(new, attempt)
    answer(new, 1)
    all_is_saved(new)
    old.context.set_offline(False)
    again = old.context.new_page()
    open_paper(again, attempt)
    all_is_saved(again)
    expect(again.locator("#question input:checked")).to_have_value("o2")
    assert attempt.answers.get(slot=1).response == "o2"
    assert [each.response for each in attempt.held_answers.all()] == ["o3"]
    expect(again.locator("#notice-fenced")).to_be_hidden()


@pytest.mark.parametrize("days", [-1, 1])
def test_clock_of_the_device_decides_nothing(
    days: int, open_as: Open, attempt: Attempt, person: Person
) -> None:
    """Row 7: a day fast or slow, the clock shows what is left, and the server's time is written and shown."""
    page = open_as(person)
    page.add_init_script(f"""
        const Real = Date, away = {days} * 86400000;
        Date = class extends Real {{
            constructor(...given) {{ given.length ? super(...given) : super(Real.now() + away) }}
            static now() {{ return Real.now() + away }}
        }};
    """)
    open_paper(page, attempt)
    assert 19 <= int(page.locator("#clock").inner_text().split(":")[0]) <= 20
    answer(page, 1)
    all_is_saved(page)
    saved_at = attempt.answers.get(slot=1).saved_at
    assert saved_at is not None
    assert abs(timezone.now() - saved_at) < timedelta(minutes=1)
    expect(page.locator("#saved")).to_have_text(f"已保存 {timezone.localtime(saved_at):%H:%M:%S}")
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.OPEN


def test_five_minutes_without_a_network_cost_nothing(open_as: Open, attempt: Attempt, person: Person) -> None:
    """Row 10."""
    page = open_as(person)
    open_paper(page, attempt)
    page.context.set_offline(True)
    answer(page, 1, 2, 3)
    move_clock(attempt, 5)
    answer(page, 4, 5, 6)
    page.context.set_offline(False)
    all_is_saved(page)
    hand_in(page)
    expect_whole(attempt)
    expect_full_marks(attempt)
    assert attempt.held_answers.count() == 0


def test_fifteen_minutes_without_a_network_past_the_end_are_kept_for_a_person(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    """Row 10: what comes late lies beside the paper, whole; nothing is dropped, and the page says so."""
    move_clock(attempt, 10)
    page = open_as(person)
    open_paper(page, attempt)
    answer(page, 1)
    all_is_saved(page)
    page.context.set_offline(True)
    answer(page, 2, 3)
    move_clock(attempt, 15)
    answer(page, 5)
    page.context.set_offline(False)
    expect(page.locator("#notice-closed")).to_contain_text("考试结束后才到")
    all_is_saved(page)  # the page's own count, wherever this device keeps what waits
    held = {each.slot: each.response for each in attempt.held_answers.filter(reason=HeldReason.LATE)}
    assert held == {2: ["o1", "o3"], 3: "false", 5: TYPES["matching"][2]}
    assert attempt.answers.filter(response__isnull=False).count() == 1
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE
    page.get_by_role("link", name="看成绩").click()
    page.wait_for_url("**/result/")


def test_more_time_wins_over_the_page_that_says_time_is_up(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    """Row 9: the server is asked before the paper is handed in."""
    move_clock(attempt, 20 - 6 / 60)
    page = open_as(person)
    page.route("**/pulse/", lambda route: route.abort())
    open_paper(page, attempt)
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    extend(minutes=10, by=administrator, now=timezone.now(), key=new_key(), attempt=attempt)
    expect(page.locator("#clock")).to_have_text("00:00", timeout=10_000)
    page.unroute("**/pulse/")
    expect(page.locator("#notice-extended")).to_contain_text("延长了 10 分钟")
    answer(page, 1)
    all_is_saved(page)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.OPEN


def test_time_that_runs_out_without_a_network_hands_in_when_it_is_back(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    move_clock(attempt, 20 - 8 / 60)
    page = open_as(person)
    open_paper(page, attempt)
    page.context.set_offline(True)
    answer(page, 1)
    expect(page.locator("#notice-over")).to_be_visible(timeout=12_000)
    page.context.set_offline(False)
    page.wait_for_url("**/result/")
    assert attempt.answers.get(slot=1).response == "o2"
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.COMPLETE


def test_answers_left_on_a_device_when_the_time_ran_out_are_sent_from_the_result(
    open_as: Open, attempt: Attempt, person: Person
) -> None:
    """The window was closed without a network, and opened again when all was over."""
    page = open_as(person)
    open_paper(page, attempt)
    page.context.set_offline(True)
    answer(page, 1, 2)
    expect(page.locator("#outbox")).to_have_text("网络断开，2 题存在本机")
    page.close()
    move_clock(attempt, 30)
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(f"/exams/attempt/{attempt.pk}/")
    again.wait_for_url("**/result/")
    expect(again.get_by_text("考试结束后才到").first).to_be_visible()
    device_is_empty(again)
    assert sorted(attempt.held_answers.values_list("slot", flat=True)) == [1, 2]
