"""The pages of 推演 that authors, administrators and learners read: sound on a phone and at a desk, by day and night,
at 200 % text, and by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from cms.permissions import ensure_groups
from cms.tree import ensure_home
from people.models import Person, Role
from simulations import tasks
from simulations.checks.reports import store_report
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioDraft, ScenarioVersion
from simulations.playing import choose, start_playthrough
from simulations.regrading.advancing import advance_regrade
from simulations.regrading.drafting import draft_regrade, propose_regrade, try_regrade
from simulations.releasing import release_scenario
from simulations.reviewing.homework import Words, submit_homework
from simulations.scenarios import read_document
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_editing import sound, tab_to
from tests.factories import make_person
from tests.library.making import stock_library

pytestmark = pytest.mark.django_db(transaction=True)
PACK = Path(__file__).parents[2] / "cms/demo/pack/scenarios"
FALL = "N01c,N02a,N03d,N04a,N05b,N06c"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside the pages."""
    for job in (tasks.advance_run_regrade, tasks.advance_check):
        monkeypatch.setattr(job, "delay", lambda _id: None)


@pytest.fixture
def places(transactional_db: Any) -> dict[str, Any]:
    """老楼新梯 in two versions with its shipped report, a run that fell, a regrade of it that waits, and homework."""
    ensure_groups(ensure_home())
    stock_library()
    now = timezone.now()
    document = json.loads((PACK / "s1.json").read_text(encoding="utf-8"))
    report = json.loads((PACK / "checks/s1.json").read_text(encoding="utf-8"))
    store_report(document=document, report=report, by=None, now=now)
    learner, author = make_person("许知秋"), make_person("阿依古丽", roles=(Role.AUTHOR,))
    draft = store_draft(document=document, by=None, now=now)
    played = release_scenario(draft=draft, by=None, now=now)
    run = fallen(learner)
    changed = document | {"title": "老楼新梯（更正）"}
    corrected = corrected_version(changed, report)
    draft = store_draft(document=document, by=None, now=now + timedelta(minutes=2))
    regrade = draft_regrade(
        played=played, corrected=corrected, reason="第三步的说法有误，已经更正", by=author, now=now
    )
    advance_regrade(regrade=try_regrade(regrade=regrade, by=author, now=now))
    regrade.refresh_from_db()
    propose_regrade(regrade=regrade, by=author, now=now)
    words = Words("practice", "先听地漏", "第一次上门，先听十分钟。", 3)
    piece = submit_homework(run=run, words=words, by=learner, now=now)
    return {"draft": draft.pk, "run": run, "learner": learner, "regrade": regrade.pk, "piece": piece.pk,
            "played": played.pk}  # fmt: skip


def corrected_version(document: dict[str, Any], report: dict[str, Any]) -> ScenarioVersion:
    """The next version, vouched for by the report of the one before."""
    now = timezone.now() + timedelta(minutes=1)
    said = report | {"content_hash": read_document(document).scenario.content_hash}
    store_report(document=document, report=said, by=None, now=now)
    return release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)


def fallen(person: Person) -> Playthrough:
    """A run to a bad end."""
    now = timezone.now()
    run = start_playthrough(person=person, scenario_key="S1", now=now, seed="seed")
    for name in FALL.split(","):
        run = choose(playthrough=run, node=name[:-1], choice=name[-1], now=now)
    return run


@pytest.fixture
def opened(live_server: Any, visitor: Callable[..., Page]) -> Callable[..., Page]:
    """`opened(person, viewport=…)` is a page of somebody who has signed in."""

    def _opened(person: Person, **options: Any) -> Page:
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        page = visitor(**options)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
        )
        return page

    return _opened


def admin_addresses(places: dict[str, Any]) -> list[str]:
    """Every kind of page of the section."""
    draft = [places["draft"]]
    versions = reverse("scenarios:editions", args=draft)
    return [
        reverse("scenarios:index"),
        reverse("scenarios:inspect", args=draft),
        reverse("scenarios:node", args=[*draft, "N03"]),
        reverse("scenarios:ending", args=[*draft, "E1"]),
        reverse("scenarios:part", args=[*draft, "lenses"]),
        reverse("scenarios:check", args=draft),
        reverse("scenarios:release", args=draft),
        versions,
        f"{versions}?old=1&new=2",
        reverse("scenarios:pack", args=draft),
        reverse("scenarios:import"),
        reverse("scenarios:regrades"),
        reverse("scenarios:regrade_begin", args=[places["played"]]),
        reverse("scenarios:regrade", args=[places["regrade"]]),
        reverse("scenarios:homework"),
        reverse("scenarios:homework_piece", args=[places["piece"]]),
    ]


def enlarged(page: Page) -> list[str]:
    """Whether the page is wider than its window once all text is twice as large, at half of a desk."""
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} wide at 200 %"] if width > 640 else []


SETTLE = """new Promise((done) => requestAnimationFrame(() => {
  document.getAnimations().forEach((one) => one.finish());
  requestAnimationFrame(done);
}))"""
"""Colours that fade from day to night are at their end."""


def unsound(page: Page, url: str) -> list[str]:
    """What is wrong with a page, loaded once: at a desk by day, there with large type, on a phone by night."""
    response = page.goto(url)
    assert response is not None
    page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
    found = [] if response.status == 200 else [str(response.status)]
    found += [f"day: {each}" for each in sound(page)]
    found += enlarged(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLE)
    found += [f"night: {each}" for each in sound(page)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return [f"{url}: {each}" for each in found]


def test_admin_pages_and_those_beside_a_debrief_are_sound(
    places: dict[str, Any], opened: Callable[..., Page]
) -> None:
    person = make_person(roles=(Role.AUTHOR, Role.ADMINISTRATOR))
    page = opened(person, viewport=DESK, color_scheme="light")
    assert [each for url in admin_addresses(places) for each in unsound(page, url)] == []
    page = opened(places["learner"], viewport=DESK, color_scheme="light")
    page.goto(reverse("simulations:debrief", args=[places["run"].pk]))
    seat = page.locator("a[href*='/seat/']").first.get_attribute("href") or ""
    beside = (seat, reverse("simulations:homework", args=[places["piece"]]), reverse("library:lists"))
    assert [each for url in beside for each in unsound(page, url)] == []


def test_the_form_of_a_situation_is_saved_by_keyboard(
    transactional_db: Any, opened: Callable[..., Page]
) -> None:
    ensure_groups(ensure_home())
    stock_library()
    document = json.loads((PACK / "s1.json").read_text(encoding="utf-8"))
    draft = store_draft(document=document, by=None, now=timezone.now())
    page = opened(make_person(roles=(Role.AUTHOR,)))
    page.goto(reverse("scenarios:node", args=[draft.pk, "N03"]))
    tab_to(page, "title")
    page.keyboard.press("Control+A")
    page.keyboard.type("换一个标题")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#ql-part [name=title]").input_value() == "换一个标题"
    assert '"title":"换一个标题"' in ScenarioDraft.objects.get().document
