"""Going from page to page as a person does: the next thing happens when the next page is there."""

from __future__ import annotations

from playwright.sync_api import Locator


def press(target: Locator) -> None:
    """Press what leads to another page, and wait for that page.

    A click alone returns before the browser has gone anywhere; a `goto` right behind it would call the
    request off.
    """
    with target.page.expect_navigation():
        target.click()
