"""Rehearsing as people do it: by keyboard, on a telephone, at 200 % text, without a script; then looking back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cms.demo.organisation import DEMO_PASSWORD
from people.models import Person
from simulations.drafts import store_draft
from simulations.models import Hindsight, Playthrough
from simulations.playing import choose, start_playthrough
from simulations.releasing import release_scenario
from simulations.reviewing.hindsights import work_out_hindsight
from simulations.scenarios import read_text
from tests.browser.conftest import DESK, PHONE, axe_violations
from tests.browser.navigation import press
from tests.factories import make_person
from tests.library.making import stock_library

S1_FILE = Path(__file__).parents[2] / "cms/demo/pack/scenarios/s1.json"
FORGED = "N01b,N02a,N03c,N04c,N06c,N07a,N08c,N09c,N10a"
PAGES = ({"viewport": PHONE}, {"viewport": DESK}, {"viewport": DESK, "color_scheme": "dark"})
SignIn = Callable[..., Page]


@pytest.fixture
def learner(transactional_db: Any, live_server: Any) -> Person:
    """Somebody before the first run of 老楼新梯."""
    now = timezone.now()
    stock_library()
    document = read_text(S1_FILE.read_text(encoding="utf-8"))
    release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    person = make_person()
    account = person.account
    account.set_password(DEMO_PASSWORD)
    account.save()
    return person


def test_run_is_played_by_keyboard_without_a_script(learner: Person, sign_in: SignIn) -> None:
    page = sign_in(learner.account.staff_number, viewport=PHONE)
    page.context.route("**/*.js", lambda route: route.abort())
    page.goto("/simulations/S1/")
    press(page.get_by_role("button", name="开始推演"))
    for step in ("N01b", "N02b"):
        page.locator(f'input[name="choice"][value="{step[-1]}"]').focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    expect(heading).to_have_text("敲开101的门")
    expect(page.get_by_role("status").first).to_contain_text("剩余天数")
    expect(heading).to_have_accessible_description(re.compile("剩余天数"))
    assert axe_violations(page) == []
    assert list(Playthrough.objects.get().steps.values_list("node", "choice")) == [("N01", "b"), ("N02", "b")]


def test_run_left_is_resumed_where_it_was(learner: Person, sign_in: SignIn) -> None:
    run = start_playthrough(person=learner, scenario_key="S1", now=timezone.now())
    choose(playthrough=run, node="N01", choice="b", now=timezone.now())
    page = sign_in(learner.account.staff_number, viewport=PHONE)
    page.goto("/simulations/")
    press(page.get_by_role("link", name="接着走").first)
    expect(page.get_by_text("第 2 步")).to_be_visible()


@pytest.mark.parametrize("options", PAGES, ids=("phone", "desk", "dark"))
def test_debrief_is_read_and_played_on_from(
    options: dict[str, Any], learner: Person, sign_in: SignIn
) -> None:
    run = played(learner, FORGED)
    work_out_hindsight(asked=Hindsight.objects.get(playthrough=run))
    page = sign_in(learner.account.staff_number, **options)
    page.goto(f"/simulations/runs/{run.pk}/debrief/")
    expect(page.get_by_text("走了这一步，后面怎么走都通过不了了。")).to_be_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]
    if options["viewport"] == PHONE:
        page.get_by_text("本页内容").first.click()
    page.get_by_role("link", name="走过的路").click()
    assert page.url.endswith("#path")
    press(page.get_by_role("button", name="从第 9 步换条路走"))
    expect(page.get_by_role("heading", level=1)).to_have_text("表决")
    fresh = Playthrough.objects.get(replay_of=run)
    assert (fresh.replayed, fresh.steps.count()) == (8, 8)


def test_debrief_keeps_its_width_at_large_type(learner: Person, sign_in: SignIn) -> None:
    run = played(learner, FORGED)
    work_out_hindsight(asked=Hindsight.objects.get(playthrough=run))
    page = sign_in(learner.account.staff_number, viewport={"width": 640, "height": 800})
    page.goto(f"/simulations/runs/{run.pk}/debrief/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def played(person: Person, path: str) -> Playthrough:
    """A run as the written path has it."""
    now: datetime = timezone.now()
    run = start_playthrough(person=person, scenario_key="S1", now=now, seed="seed")
    for name in path.split(","):
        run = choose(playthrough=run, node=name[:-1], choice=name[-1], now=now)
    return run
