"""Knowing the keys of the exams that `tests.assessments.making` makes: what fills their questions in, right."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from assessments.models import Attempt
from people.models import Person
from tests.assessments.making import TYPES

# How many answers lie on this device.
KEPT = """
    new Promise((resolve) => {
        const done = ({target}) => resolve(target.result);
        indexedDB.open("qinglan").onsuccess = ({target}) => {
            target.result.transaction("answers").objectStore("answers").count().onsuccess = done;
        };
    })
"""


def enter(context: BrowserContext, person: Person, login: Any) -> None:
    """Sign this profile in without the login page."""
    name = settings.SESSION_COOKIE_NAME
    session = login(person).cookies[name].value
    context.add_cookies([{"name": name, "value": session, "domain": "localhost", "path": "/"}])


def open_paper(page: Page, attempt: Attempt, slot: int = 1) -> None:
    """The sitting page, when the whole paper is in it."""
    page.goto(f"/exams/attempt/{attempt.pk}/?q={slot}")
    expect(page.locator('form[data-whole="true"]')).to_be_attached()


def turn_to(page: Page, slot: int) -> None:
    """By the answer sheet."""
    page.locator(".navigator a").nth(slot - 1).click()
    expect(page.locator(f'form#paper input[name=slot][value="{slot}"]')).to_have_count(1)


def answer_right(page: Page, type: str) -> None:
    """The question on the screen, which is of this type."""
    right = TYPES[type][2]
    if type in ("single", "multiple", "true_false"):
        for option in right:
            page.locator(f'#question input[value="{option}"]').check()
    elif isinstance(right, dict):
        for part, value in sorted(right.items(), key=lambda each: each[1]):
            field = page.locator(f'#question [name="answer.{part}"]')
            if type in ("ordering", "matching"):
                field.select_option(value)
            else:
                field.fill(value)
    else:
        page.locator('#question [name="answer"]').fill(right[0])


def all_is_saved(page: Page) -> None:
    """The bar says so, and nothing lies on the device any more."""
    expect(page.locator("#outbox")).to_have_text("全部已保存", timeout=40_000)
    device_is_empty(page)


def device_is_empty(page: Page) -> None:
    """The server has dealt with everything that this device kept."""
    page.wait_for_function(f"async () => (await {KEPT.strip()}) === 0", timeout=40_000)
