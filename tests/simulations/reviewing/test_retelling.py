"""The same run from another seat: only after it is finished, only for who may read the debrief."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from simulations import queries
from simulations.models import Playthrough
from simulations.reviewing.retelling import told_from
from simulations.scenarios import scenario_of
from tests.factories import make_person
from tests.simulations.conftest import GOLDEN_PATH, WORST, play_path

pytestmark = pytest.mark.django_db


def test_story_follows_the_way_that_was_taken(run: Playthrough, now: datetime) -> None:
    run = play_path(run, GOLDEN_PATH, now)
    scenario, state = scenario_of(run.version), queries.state_of(run)
    story = told_from(scenario, state, "wang")
    assert story is not None
    assert [scene.number for scene in story.scenes] == list(range(1, 15))
    assert all(scene.before for scene in story.scenes)
    assert story.scenes[0].after.startswith("有人上五楼来")
    assert [delta.text for delta in story.scenes[0].moved] == ["居民满意度增加", "居民信任增加"]
    assert story.last_words.startswith("我是第一个坐的")
    assert told_from(scenario, state, "nobody") is None


def test_every_node_and_ending_of_the_shipped_story_is_seen_from_every_seat(run: Playthrough) -> None:
    scenario = scenario_of(run.version)
    seats = {seat.key for seat in scenario.seats}
    assert len(seats) >= 2
    for part in (*scenario.nodes.values(), *scenario.endings.values()):
        assert set(part.seen) == seats, part.id


def test_page_of_a_seat_is_for_who_may_read_the_debrief(
    run: Playthrough, login: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    url = reverse("simulations:seat", args=[run.pk, "chen"])
    owner = login(run.person)
    assert owner.get(url).status_code == 404, "nothing before the run is finished"
    play_path(run, WORST, now)
    owner.get(url)
    with django_assert_num_queries(5):
        page = owner.get(url)
    assert "我的事，算不算事" in page.content.decode()
    assert owner.get(reverse("simulations:seat", args=[run.pk, "nobody"])).status_code == 404
    assert login(make_person()).get(url).status_code == 404
