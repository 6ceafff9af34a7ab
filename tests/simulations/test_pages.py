"""A scenario's page says what may be known before playing, and nothing of its insides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from wagtail.models import Page, Revision

from people.models import Person
from simulations import queries
from simulations.models import ScenarioPage, ScenarioVersion
from simulations.pages import publish_page

pytestmark = pytest.mark.django_db
BRIEF = "<p>你是社区党委书记，有 210 天、8.5 万元工作经费。</p>"


@pytest.fixture
def publish(now: datetime) -> Any:
    def _publish(brief: str = BRIEF) -> ScenarioPage:
        root = Page.get_first_root_node()
        return publish_page(parent=root, scenario_key="S1", title="老楼新梯", brief=brief, by=None, now=now)

    return _publish


def test_briefing_shows_the_page(publish: Any, version: ScenarioVersion, person: Person, login: Any) -> None:
    publish()
    assert "你是社区党委书记，有 210 天" in login(person).get("/simulations/S1/").content.decode()


def test_page_that_is_not_live_is_not_shown(publish: Any, version: ScenarioVersion) -> None:
    publish().unpublish()
    assert queries.page_of("S1") is None


def test_page_is_published_once_and_rewritten_when_it_changes(publish: Any) -> None:
    first, again = publish(), publish()
    revisions = Revision.objects.count()
    changed = publish("<p>新的任务书</p>")
    assert (first.pk, first.pk) == (again.pk, changed.pk)
    assert Revision.objects.count() == revisions + 1
    assert queries.page_of("S1").brief == "<p>新的任务书</p>"


def test_page_lives_at_our_address(publish: Any, version: ScenarioVersion, login: Any) -> None:
    page = publish()
    served = page.serve(None)
    assert (served.status_code, served["Location"]) == (302, "/simulations/S1/")


def test_page_and_its_revisions_hold_nothing_of_the_scenario(publish: Any) -> None:
    page = publish()
    fields = {field.name for field in ScenarioPage._meta.local_fields}
    assert fields == {"page_ptr", "brief", "scenario_key"}
    assert {"brief", "scenario_key"} <= set(page.latest_revision.content)
