"""How others chose: told from ten first runs on, by whole tens, and never from practice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from people.models import Person
from simulations.models import Playthrough, ScenarioVersion, Step
from simulations.playing import start_playthrough
from simulations.reviewing.cohorts import Cohort, cohort_of
from tests.factories import make_person
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db
OTHER = "N01a,N02a,N03a,N04a,N05b"
STEPS = tuple((name[:-1], name[-1]) for name in WORST.split(","))


def finish(person: Person, path: str, now: datetime) -> Playthrough:
    run = play_path(start_playthrough(person=person, scenario_key="S1", now=now), path, now)
    assert run.is_finished
    return run


@pytest.fixture
def runs(version: ScenarioVersion, now: datetime) -> list[Playthrough]:
    """Nine others who went the worst way."""
    return [finish(make_person(), WORST, now + timedelta(minutes=n)) for n in range(9)]


def cohort(run: Playthrough) -> tuple[Cohort, ...]:
    return cohort_of(run, STEPS)


def test_nothing_is_told_of_nine_people(runs: list[Playthrough]) -> None:
    assert cohort(runs[0]) == ()


def test_ten_people_are_told_with_ones_own_choice_marked(
    runs: list[Playthrough], now: datetime, django_assert_num_queries: Any
) -> None:
    finish(make_person(), OTHER, now + timedelta(hours=1))
    with django_assert_num_queries(1):
        told = cohort(runs[0])
    first = told[0]
    assert (first.step, first.people) == (1, 10)
    assert [(share.text, share.own) for share in first.shares] == [("10%", False), ("90%", True)]
    assert {place.step for place in told} == {1, 2, 3, 4, 5}, "nine stood at the sixth step: it is not told"


def test_the_eleventh_person_changes_nothing_that_is_told(runs: list[Playthrough], now: datetime) -> None:
    finish(make_person(), OTHER, now + timedelta(hours=1))
    before = cohort(runs[0])
    finish(make_person(), OTHER, now + timedelta(hours=2))
    assert cohort(runs[0]) == before


def test_practice_and_unfinished_runs_are_never_counted(runs: list[Playthrough], now: datetime) -> None:
    finish(runs[0].person, OTHER, now + timedelta(hours=1))
    play_path(start_playthrough(person=make_person(), scenario_key="S1", now=now), "N01b", now)
    assert cohort(runs[0]) == ()


def test_ones_own_choice_is_shown_where_nobody_counted_made_it(
    runs: list[Playthrough], now: datetime
) -> None:
    finish(make_person(), WORST, now + timedelta(hours=1))
    late = finish(make_person(), OTHER, now + timedelta(hours=2))
    first = cohort_of(late, (("N01", "a"),))[0]
    assert [(share.text, share.own) for share in first.shares] == [("几乎没有人", True), ("100%", False)]


def test_who_came_by_twice_is_one_person(runs: list[Playthrough], now: datetime) -> None:
    """Nine people at a place are not told, however often they stood there."""
    finish(make_person(), OTHER, now + timedelta(hours=1))
    sixth = Step.objects.get(playthrough=runs[0], index=6)
    Step.objects.create(playthrough=runs[0], index=7, node=sixth.node, choice="a")
    assert 6 not in {place.step for place in cohort(runs[0])}
