"""Row 11: the browser dies, not just its window. Paper, order and acknowledged answers are there on the next one."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.assessments.making import make_exam
from tests.browser.conftest import CHROMIUM, QUIET
from tests.factories import make_person

SAVED_WITHIN_MS = 10_000


def test_killed_browser_loses_no_acknowledged_answer(
    transactional_db: Any, live_server: Any, playwright: Playwright, tmp_path: Path
) -> None:
    candidate = make_person("林小满")
    make_exam(types=("single",) * 4)
    before = open_profile(playwright, live_server.url, tmp_path / "one")
    page = sign_in(before, candidate.account.staff_number)
    page.goto("/exams/")
    page.locator("main h2 a").first.click()
    page.get_by_role("button", name="开始考试").click()
    paper = read_paper(page)
    tick_first_option(page)
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=SAVED_WITHIN_MS)
    kill(tmp_path / "one")

    after = open_profile(playwright, live_server.url, tmp_path / "two")
    page = sign_in(after, candidate.account.staff_number)
    page.goto("/exams/")
    page.get_by_role("link", name="继续作答").first.click()
    assert read_paper(page) == paper
    page.locator(".navigator a").first.click()
    expect(page.locator("form#paper input:checked")).to_have_count(1)
    after.close()


def open_profile(playwright: Playwright, base_url: str, folder: Path) -> BrowserContext:
    """A browser process of its own, known by its profile folder."""
    return playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=QUIET, base_url=base_url, locale="zh-CN"
    )


def sign_in(context: BrowserContext, staff_number: str) -> Page:
    """Type staff number and password."""
    page = context.pages[0]
    page.goto("/accounts/login/")
    page.get_by_label("工号").fill(staff_number)
    page.get_by_label("密码").fill("correct horse")
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    return page


def read_paper(page: Page) -> list[str]:
    """Every question with its options, in order; ends on the first."""
    count = page.locator(".navigator a").count()
    return [read_question(page, number) for number in [*range(2, count + 1), 1]]


def read_question(page: Page, number: int) -> str:
    """Turn to a question and read it."""
    page.locator(".navigator a").nth(number - 1).click()
    expect(page.locator(f'form#paper input[name=slot][value="{number}"]')).to_have_count(1)
    return page.locator("form#paper fieldset").inner_text()


def tick_first_option(page: Page) -> None:
    """Answer the question on the screen somehow."""
    page.locator("form#paper input[name=answer]").first.check()


def kill(profile: Path) -> None:
    """SIGKILL every process of the browser with this profile folder, as the power button would."""
    killed = [pid for pid in _processes_with(str(profile)) if _kill(pid)]
    if not killed:
        pytest.fail("found no browser process to kill")


def _processes_with(text: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if text in command and "chromium" in command:
                found.append(int(entry.name))
    return found


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
