"""Debian's Chromium, driven by Playwright, against the demo site served by the test's own live server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from cms.demo.organisation import DEMO_PASSWORD
from simulations import tasks

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAST_SEEN = Path(tempfile.gettempdir()) / "qinglan-last-seen"  # what each profile showed at the end
VENDOR = Path(__file__).parent / "vendor"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def _guides_wait_for_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page here shows one, and printing takes seconds: a release prints its guide in the tests of guides."""
    monkeypatch.setattr(tasks.print_guide, "delay", lambda version_id: None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One driver for the session: a second one in the same process does not start."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the session."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`visitor(viewport=…)` opens a fresh browser profile at the site; a page error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_profile(viewport: dict[str, int] = DESK, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_profile
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=LAST_SEEN / f"{number}.png")
        context.close()
    assert errors == []


@pytest.fixture
def sign_in(visitor: Callable[..., Page]) -> Callable[..., Page]:
    """`sign_in("2026-0417")` is a page of somebody who typed staff number and password."""

    def _sign_in(staff_number: str, **options: Any) -> Page:
        page = visitor(**options)
        page.goto("/accounts/login/")
        page.get_by_label("工号").fill(staff_number)
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        page.wait_for_url("**/")
        return page

    return _sign_in


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, one readable line each."""
    page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
