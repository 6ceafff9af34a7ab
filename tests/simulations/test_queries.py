"""Shared reads, in a constant number of queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from people.models import Person
from simulations import queries
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioVersion
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.factories import make_person
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db


def test_runs_are_listed_newest_first(run: Playthrough, person: Person, now: datetime) -> None:
    play_path(run, WORST, now + timedelta(hours=1))
    later = now + timedelta(days=1)
    second = start_playthrough(person=person, scenario_key="S1", now=later)
    assert queries.runs_of([person]) == {
        person.pk: (
            queries.Run(
                "老楼新梯", "S1", f"/simulations/runs/{second.pk}/", later, None, None, "", None, False, 54
            ),
            queries.Run(
                title="老楼新梯",
                key="S1",
                url=f"/simulations/runs/{run.pk}/debrief/",
                started_at=now,
                finished_at=now + timedelta(hours=1),
                total=Decimal("23.4"),
                ending="冲突升级：梯未成、人已散",
                passed=False,
                first=True,
                minutes=54,
            ),
        )
    }


def test_people_who_never_played_are_absent(version: ScenarioVersion, person: Person) -> None:
    assert queries.runs_of([person]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_runs_of_many_people_take_one_query(
    count: int, version: ScenarioVersion, now: datetime, django_assert_num_queries: Any
) -> None:
    people = [make_person() for _ in range(count)]
    for person in people:
        play_path(start_playthrough(person=person, scenario_key="S1", now=now), WORST, now)
    with django_assert_num_queries(1):
        assert len(queries.runs_of(people)) == count


def test_catalogue_holds_the_newest_version_of_each(
    version: ScenarioVersion, document: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    for changed in ({"title": "老楼新梯二"}, {"id": "S2", "title": "暴雨"}):
        release_scenario(draft=store_draft(document=document | changed, by=None, now=now), by=None, now=now)
    with django_assert_num_queries(1):
        found = [(each.key, each.number, each.title) for each in queries.catalogue()]
    assert found == [("S2", 1, "暴雨"), ("S1", 2, "老楼新梯二")]


def test_draft_waits_until_its_newest_release_says_the_same(document: Any, now: datetime) -> None:
    draft = store_draft(document=document, by=None, now=now)
    assert list(queries.drafts_to_release()) == [draft]
    release_scenario(draft=draft, by=None, now=now)
    assert list(queries.drafts_to_release()) == []
    store_draft(document={**document, "title": "老楼新梯（改）"}, by=None, now=now)
    assert [one.title for one in queries.drafts_to_release()] == ["老楼新梯（改）"]
