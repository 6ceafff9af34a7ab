"""Practice from a point: one's own finished runs, nothing thrown away, nothing counted."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cms.consistency import findings
from competencies.models import Evidence
from core.errors import Refusal
from people.models import Person
from simulations.drafts import store_draft
from simulations.models import Hindsight, Playthrough
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from simulations.reviewing.replaying import AnotherRunOpen, replay_from
from tests.factories import make_person
from tests.simulations.conftest import GOLDEN, GOLDEN_PATH, WORST, play_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(run: Playthrough, now: datetime) -> Playthrough:
    return play_path(run, WORST, now)


def test_replay_begins_after_the_choices_made(finished: Playthrough, now: datetime) -> None:
    fresh = replay_from(run=finished, step=3, by=finished.person, now=now)
    assert (fresh.ordinal, fresh.seed, fresh.version_id) == (2, "seed", finished.version_id)
    assert (fresh.replay_of_id, fresh.replayed, fresh.is_finished) == (finished.pk, 3, False)
    steps = fresh.steps.order_by("index").values_list("index", "node", "choice")
    assert list(steps) == [(1, "N01", "c"), (2, "N02", "a"), (3, "N03", "d")]


def test_replay_asked_for_twice_is_one(finished: Playthrough, now: datetime) -> None:
    first = replay_from(run=finished, step=3, by=finished.person, now=now)
    assert replay_from(run=finished, step=3, by=finished.person, now=now) == first
    assert Playthrough.objects.count() == 2


def test_open_run_is_never_thrown_away(finished: Playthrough, now: datetime) -> None:
    going = start_playthrough(person=finished.person, scenario_key="S1", now=now)
    with pytest.raises(AnotherRunOpen) as refused:
        replay_from(run=finished, step=3, by=finished.person, now=now)
    assert refused.value.run == going
    assert Playthrough.objects.count() == 2


@pytest.mark.parametrize("step", [0, 6, 7, -1])
def test_step_that_leaves_nothing_to_decide_is_refused(
    step: int, finished: Playthrough, now: datetime
) -> None:
    with pytest.raises(Refusal, match="那一步之后已经没有要定的了"):
        replay_from(run=finished, step=step, by=finished.person, now=now)


def test_unfinished_run_is_not_replayed(run: Playthrough, now: datetime) -> None:
    play_path(run, "N01c,N02a", now)
    with pytest.raises(Refusal, match="只能从自己已经走完的局接着推"):
        replay_from(run=run, step=1, by=run.person, now=now)


def test_run_of_somebody_else_is_not_replayed(finished: Playthrough, now: datetime) -> None:
    with pytest.raises(Refusal, match="只能从自己已经走完的局接着推"):
        replay_from(run=finished, step=1, by=make_person(), now=now)


def test_replay_is_of_the_same_version_even_where_a_newer_one_exists(
    finished: Playthrough, document: Any, now: datetime
) -> None:
    document["nodes"][0]["title"] = "另一个开头"
    release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    assert replay_from(run=finished, step=1, by=finished.person, now=now).version_id == finished.version_id


def test_replay_that_passes_leaves_no_evidence_and_no_finding(
    run: Playthrough, person: Person, now: datetime
) -> None:
    run = play_path(run, ",".join((*GOLDEN[:-2], "N15a", "N16b")), now)
    fresh = replay_from(run=run, step=12, by=person, now=now)
    play_path(fresh, "N15c,N16b", now)
    fresh.refresh_from_db()
    assert (fresh.passed, fresh.total) == (True, Decimal("90.7"))
    assert [row.source_key for row in Evidence.objects.all()] == [f"playthrough:{run.pk}"]
    assert findings(now=now + timedelta(minutes=1)) == []


def test_replay_that_passes_takes_no_hours_from_a_later_run(
    run: Playthrough, person: Person, now: datetime
) -> None:
    run = play_path(run, ",".join((*GOLDEN[:-2], "N15a", "N16b")), now)
    play_path(replay_from(run=run, step=12, by=person, now=now), "N15c,N16b", now)
    play_path(start_playthrough(person=person, scenario_key="S1", now=now), GOLDEN_PATH, now)
    assert sorted(row.hours for row in Evidence.objects.all()) == [0, 1]


def test_replay_is_looked_back_on_too(finished: Playthrough, now: datetime) -> None:
    fresh = replay_from(run=finished, step=4, by=finished.person, now=now)
    play_path(fresh, "N05b,N06c", now)
    assert Hindsight.objects.filter(playthrough=fresh).count() == 1
