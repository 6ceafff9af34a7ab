"""A run stores a seed and choices, goes forward only, and ends exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from competencies.models import Evidence
from core.errors import Refusal
from people.models import Person
from simulations import queries
from simulations.drafts import store_draft
from simulations.engine.paths import parse_path
from simulations.engine.paths import play_path as engine_play_path
from simulations.models import TRANSITIONS, Playthrough, RunStatus, ScenarioVersion, Step
from simulations.playing import MovedOn, choose, start_playthrough
from simulations.releasing import release_scenario
from simulations.scenarios import scenario_of
from tests.factories import make_person
from tests.simulations.conftest import GOLDEN, GOLDEN_PATH, PATHS, WORST, play_path

pytestmark = pytest.mark.django_db


def _rows(run: Playthrough) -> list[tuple[int, str]]:
    return list(run.steps.order_by("index").values_list("index", "choice"))


# Beginning


def test_start_resumes_the_open_run(run: Playthrough, person: Person, now: datetime) -> None:
    again = start_playthrough(person=person, scenario_key="S1", now=now + timedelta(days=3))
    assert (again.pk, again.seed, again.started_at) == (run.pk, "seed", now)


def test_start_after_the_end_is_the_next_run(run: Playthrough, person: Person, now: datetime) -> None:
    play_path(run, WORST, now)
    second = start_playthrough(person=person, scenario_key="S1", now=now)
    assert (second.ordinal, second.is_first, second.status) == (2, False, RunStatus.OPEN)


def test_seeds_are_drawn_apart(version: ScenarioVersion, person: Person, now: datetime) -> None:
    other = start_playthrough(person=make_person(), scenario_key="S1", now=now)
    assert start_playthrough(person=person, scenario_key="S1", now=now).seed != other.seed


def test_start_of_an_unknown_scenario_is_refused(person: Person, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        start_playthrough(person=person, scenario_key="S9", now=now)
    assert refused.value.code == "unknown_scenario"


def test_open_run_stays_with_its_version(
    run: Playthrough, document: Any, person: Person, now: datetime
) -> None:
    draft = store_draft(document=document | {"title": "新题"}, by=None, now=now)
    newer = release_scenario(draft=draft, by=None, now=now)
    assert start_playthrough(person=person, scenario_key="S1", now=now).version_id == run.version_id
    play_path(run, WORST, now)
    assert start_playthrough(person=person, scenario_key="S1", now=now).version_id == newer.pk


@pytest.mark.postgres
def test_second_open_run_is_refused_by_the_database(run: Playthrough, now: datetime) -> None:
    with pytest.raises(IntegrityError):
        Playthrough.objects.create(
            person=run.person, version=run.version, scenario_key="S1", ordinal=2, seed="x", started_at=now
        )


# Choosing


def test_choice_is_one_row(run: Playthrough, now: datetime) -> None:
    choose(playthrough=run, node="N01", choice="b", now=now, taken=0)
    assert _rows(run) == [(1, "b")]
    assert queries.state_of(run).node == "N02"


@pytest.mark.parametrize("taken", [None, 0, 7])
def test_choice_for_a_node_left_behind_changes_nothing(run: Playthrough, now: datetime, taken: Any) -> None:
    choose(playthrough=run, node="N01", choice="b", now=now)
    with pytest.raises(MovedOn):
        choose(playthrough=run, node="N01", choice="a", now=now, taken=taken)
    assert _rows(run) == [(1, "b")]


def test_second_click_on_the_same_choice_is_the_same_step(run: Playthrough, now: datetime) -> None:
    for _click in range(2):
        choose(playthrough=run, node="N01", choice="b", now=now, taken=0)
    assert _rows(run) == [(1, "b")]


def test_second_click_where_a_scenario_leads_back_is_one_step(
    document: Any, person: Person, now: datetime
) -> None:
    document["nodes"][0]["choices"][0]["next"] = "N01"
    release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    run = start_playthrough(person=person, scenario_key="S1", now=now)
    for taken in (0, 0, 1):
        choose(playthrough=run, node="N01", choice="a", now=now, taken=taken)
    with pytest.raises(MovedOn):
        choose(playthrough=run, node="N01", choice="b", now=now, taken=1)
    assert _rows(run) == [(1, "a"), (2, "a")]


@pytest.mark.parametrize(
    ("way", "node", "choice", "code", "told"),
    [
        (GOLDEN[:10], "N13", "c", "locked", "这个选项现在不能选：需要工作经费（万元） 3，现在只剩 1。"),
        (GOLDEN[:9], "N11", "d", "locked", "这个选项现在不能选：按你走过的路，条件不具备。"),
        (GOLDEN[:1], "N02", "zz", "unknown_choice", "请先从列出的选项里选一个。"),
        (GOLDEN[:1], "N02", "", "unknown_choice", "请先从列出的选项里选一个。"),
    ],
)
def test_choice_that_cannot_be_made_is_refused_and_changes_nothing(
    way: tuple[str, ...], node: str, choice: str, code: str, told: str, run: Playthrough, now: datetime
) -> None:
    play_path(run, ",".join(way), now)
    before = _rows(run)
    with pytest.raises(Refusal) as refused:
        choose(playthrough=run, node=node, choice=choice, now=now)
    assert (refused.value.code, str(refused.value)) == (code, told)
    assert _rows(run) == before


def test_choice_after_the_end_changes_nothing(run: Playthrough, now: datetime) -> None:
    play_path(run, WORST, now)
    with pytest.raises(MovedOn):
        choose(playthrough=run, node="N06", choice="a", now=now)
    assert (len(_rows(run)), Evidence.objects.count()) == (6, 1)


@pytest.mark.postgres
def test_step_is_unique_and_never_changes(run: Playthrough, now: datetime) -> None:
    choose(playthrough=run, node="N01", choice="b", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(playthrough=run, index=1, choice="a")
    for statement in ("UPDATE simulations_step SET choice = 'a'", "DELETE FROM simulations_step"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# Ending


@pytest.mark.parametrize("path", PATHS, ids=[path["name"] for path in PATHS])
def test_stored_outcome_is_what_the_replay_says(
    path: dict[str, Any], run: Playthrough, now: datetime
) -> None:
    finished = Playthrough.objects.get(pk=play_path(run, path["path"], now).pk)
    outcome = engine_play_path(scenario_of(run.version), parse_path(path["path"]))
    title = scenario_of(run.version).endings[outcome.ending].title
    assert (finished.ending, finished.ending_title) == (outcome.ending, title)
    assert (finished.total, finished.passed) == (Decimal(str(outcome.total)), outcome.passed)
    assert (path["ending"], path["total"], path["passed"]) == (outcome.ending, outcome.total, outcome.passed)


def test_status_is_a_total_table() -> None:
    assert set(TRANSITIONS) == set(RunStatus)
    assert {status for after in TRANSITIONS.values() for status in after} <= set(RunStatus)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "finished"},
        {"ending": "E1"},
        {"total": Decimal(60)},
        {"status": "lost"},
        {"ordinal": 0},
    ],
)
def test_database_refuses_a_half_finished_run(run: Playthrough, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        Playthrough.objects.filter(pk=run.pk).update(**wrong)


def test_clock_set_back_does_not_cost_the_run(run: Playthrough, now: datetime) -> None:
    finished = play_path(run, WORST, now - timedelta(hours=1))
    assert finished.finished_at == now


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_last_choice_clicked_in_two_threads_finishes_once(run: Playthrough, now: datetime) -> None:
    play_path(run, ",".join(GOLDEN[:-1]), now)
    together = Barrier(2)

    def click(choice: str) -> str:
        together.wait()
        try:
            choose(playthrough=run, node="N16", choice=choice, now=now, taken=13)
            return "done"
        except MovedOn:
            return "moved on"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, ["b", "b"]))
    assert answers == ["done", "done"]
    assert (len(_rows(run)), Evidence.objects.count()) == (14, 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_different_choices_in_two_threads_make_one_step(run: Playthrough, now: datetime) -> None:
    together = Barrier(2)

    def click(choice: str) -> str:
        together.wait()
        try:
            choose(playthrough=run, node="N01", choice=choice, now=now, taken=0)
            return "done"
        except MovedOn:
            return "moved on"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, ["a", "b"]))
    assert sorted(answers) == ["done", "moved on"]
    assert len(_rows(run)) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_start_in_two_threads_is_one_run(version: ScenarioVersion, person: Person, now: datetime) -> None:
    together = Barrier(2)

    def begin(_: int) -> str:
        together.wait()
        try:
            return str(start_playthrough(person=person, scenario_key="S1", now=now).pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(begin, range(2)))) == 1


@pytest.mark.postgres
def test_golden_path_is_the_best_ending(run: Playthrough, now: datetime) -> None:
    finished = play_path(run, GOLDEN_PATH, now)
    assert (finished.ending, finished.total, finished.passed) == ("E1", Decimal("90.7"), True)
