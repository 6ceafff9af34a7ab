"""The guide in a browser: if every component in every state is sound, so are the pages built from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, axe_violations

pytestmark = pytest.mark.django_db(transaction=True)
DRESSES = ("?theme=light", "?theme=dark&size=large")


@pytest.fixture
def _development(settings: Any) -> None:
    settings.DEBUG = True
    settings.ROOT_URLCONF = "tests.cms.development_urls"


@pytest.mark.usefixtures("_development")
@pytest.mark.parametrize("dress", DRESSES)
def test_every_state_is_sound(dress: str, visitor: Callable[..., Page]) -> None:
    page = visitor(viewport=PHONE)
    page.goto(f"/styleguide/{dress}")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    problems = []
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        problems += axe_violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            problems.append(f"{viewport['width']}: the page is {width} wide")
    assert problems == []
