"""The pages: one's own runs only, forward only, nothing shown before it is due."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from competencies.models import Evidence
from people.grants import end_grants, open_grant
from people.models import Person
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioVersion
from simulations.playing import start_playthrough
from simulations.releasing import release_scenario
from tests.factories import make_person
from tests.simulations.conftest import GOLDEN, GOLDEN_PATH, PATHS, WORST, play_path
from tests.simulations.proofs import vouch

pytestmark = pytest.mark.django_db
ENDINGS = {path["ending"]: path for path in reversed(PATHS)}
RUN_PAGES = ("play", "choose", "debrief")


def _url(name: str, *args: Any) -> str:
    return reverse(f"simulations:{name}", args=args)


def _choose(client: Client, run: Playthrough, step: str, **more: Any) -> Any:
    data = {"node": step[:-1], "choice": step[-1], **more}
    return client.post(_url("choose", run.pk), data)


def _text(response: Any) -> str:
    return response.content.decode()


# Finding the way in


@pytest.mark.parametrize("name", ["index", "scenario"])
def test_pages_ask_for_a_login(name: str, version: ScenarioVersion, client: Client) -> None:
    response = client.get(_url(name, *(["S1"] if name == "scenario" else [])))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_index_leads_to_the_open_run(run: Playthrough, login: Any) -> None:
    page = _text(login(run.person).get(_url("index")))
    assert page.count(f'href="/simulations/runs/{run.pk}/"') == 2
    assert "约 54 分钟，通过计 1 学时" in page


def test_index_without_scenarios_says_so(person: Person, login: Any) -> None:
    assert "还没有发布的情景" in _text(login(person).get(_url("index")))


def test_briefing_names_rules_and_people(version: ScenarioVersion, person: Person, login: Any) -> None:
    page = _text(login(person).get(_url("scenario", "S1")))
    assert "不可回退单步" in page
    assert page.count("王桂兰") == 1
    assert "开始推演" in page


@pytest.mark.parametrize("key", ["S9", "s1", "runs"])
def test_unknown_scenario_is_not_found(
    key: str, version: ScenarioVersion, person: Person, login: Any
) -> None:
    client = login(person)
    assert client.get(_url("scenario", key)).status_code == 404
    assert client.post(_url("start", key)).status_code == 404


def test_start_resumes_what_is_open(version: ScenarioVersion, person: Person, login: Any) -> None:
    client = login(person)
    first, second = client.post(_url("start", "S1")), client.post(_url("start", "S1"))
    run = Playthrough.objects.get()
    assert first["Location"] == second["Location"] == f"/simulations/runs/{run.pk}/"


@pytest.mark.parametrize(
    ("name", "method"), [("start", "get"), ("choose", "get"), ("play", "post"), ("debrief", "post")]
)
def test_reading_never_writes_and_writing_takes_a_post(
    name: str, method: str, run: Playthrough, login: Any
) -> None:
    target = "S1" if name == "start" else run.pk
    assert getattr(login(run.person), method)(_url(name, target)).status_code == 405


def test_start_ignores_what_a_form_smuggles_in(version: ScenarioVersion, person: Person, login: Any) -> None:
    other = make_person()
    smuggled = {
        "seed": "mine",
        "person": str(other.pk),
        "ordinal": 9,
        "total": 100,
        "passed": "true",
        "now": "1999",
    }
    login(person).post(_url("start", "S1"), smuggled)
    run = Playthrough.objects.get()
    assert (run.person_id, run.ordinal, run.total, run.passed) == (person.pk, 1, None, None)
    assert run.seed != "mine"
    assert run.started_at.year != 1999


# Playing


@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_every_ending_is_reached_through_the_pages(
    ending: str, version: ScenarioVersion, person: Person, login: Any
) -> None:
    client, path = login(person), ENDINGS[ending]
    client.post(_url("start", "S1"))
    run = Playthrough.objects.get()
    steps = path["path"].split(",")
    for taken, step in enumerate(steps):
        response = _choose(client, run, step, taken=taken)
        last = taken == len(steps) - 1
        assert response["Location"] == _url("debrief" if last else "play", run.pk)
    page = _text(client.get(response["Location"]))
    run.refresh_from_db()
    assert (run.ending, float(run.total), run.passed) == (ending, path["total"], path["passed"])
    assert run.ending_title in page
    assert (f'<b class="show">{path["total"]:g}</b>') in page


def test_all_seven_endings_are_covered() -> None:
    assert sorted(ENDINGS) == ["E1", "E2", "E3", "E4", "E5", "E6", "E7"]


def test_choice_from_a_page_left_behind_leads_to_where_one_stands(run: Playthrough, login: Any) -> None:
    client = login(run.person)
    _choose(client, run, "N01b", taken=0)
    response = client.post(_url("choose", run.pk), {"node": "N01", "choice": "a", "taken": 0}, follow=True)
    assert response.redirect_chain == [(_url("play", run.pk), 302)]
    assert "那一步你已经定了" in _text(response)
    assert list(run.steps.values_list("choice", flat=True)) == ["b"]


def test_second_click_says_nothing_and_does_nothing(run: Playthrough, login: Any) -> None:
    client = login(run.person)
    _choose(client, run, "N01b", taken=0)
    page = _text(_choose_follow(client, run, "N01b", taken=0))
    assert "那一步你已经定了" not in page
    assert run.steps.count() == 1


def _choose_follow(client: Client, run: Playthrough, step: str, **more: Any) -> Any:
    return client.post(_url("choose", run.pk), {"node": step[:-1], "choice": step[-1], **more}, follow=True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"node": "N01"},
        {"node": "N01", "choice": "zz"},
        {"node": "N01", "choice": "x" * 10_000},
        {"node": "N99", "choice": "a"},
        {"node": "N01", "choice": "a", "taken": "9" * 5_000, "seed": "x", "index": "1"},
    ],
)
def test_malformed_choices_are_answered_with_the_page(
    data: dict[str, str], run: Playthrough, login: Any
) -> None:
    response = login(run.person).post(_url("choose", run.pk), data, follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [(_url("play", run.pk), 302)])
    assert run.steps.count() == (1 if "taken" in data else 0)


def test_locked_option_is_greyed_with_its_reason_and_refused(
    run: Playthrough, now: datetime, login: Any
) -> None:
    play_path(run, ",".join(GOLDEN[:10]), now)
    client = login(run.person)
    page = _text(client.get(_url("play", run.pk)))
    locked = re.findall(
        r'data-state="locked"><input type="radio" name="choice" value="(\w+)" disabled>', page
    )
    assert locked == ["c"]
    assert "需要工作经费（万元） 3，现在只剩 1，暂不可选" in page
    refused = _text(_choose_follow(client, run, "N13c", taken=10))
    assert "这个选项现在不能选" in refused
    assert run.steps.count() == 10


def test_choice_after_the_end_leads_to_the_debrief(run: Playthrough, now: datetime, login: Any) -> None:
    play_path(run, WORST, now)
    response = _choose_follow(login(run.person), run, "N06a", taken=5)
    assert response.redirect_chain == [(_url("debrief", run.pk), 302)]
    assert Evidence.objects.count() == 1


def test_play_of_a_finished_run_is_its_debrief(run: Playthrough, now: datetime, login: Any) -> None:
    play_path(run, WORST, now)
    assert login(run.person).get(_url("play", run.pk))["Location"] == _url("debrief", run.pk)


def test_debrief_of_an_unfinished_run_is_the_play(run: Playthrough, login: Any) -> None:
    assert login(run.person).get(_url("debrief", run.pk))["Location"] == _url("play", run.pk)


# Nothing before it is due


def _bent(document: Any) -> Any:
    """The same situations and options, with everything that is not due yet turned into something else."""
    bent = deepcopy(document)
    for node in bent["nodes"]:
        for choice in node["choices"]:
            if node["id"] + choice["id"] != "N01b":
                choice["feedback"] = f"CANARY-{node['id']}{choice['id']}"
                choice["effects"] = [{"var": "sat", "add": -13.37}, {"var": "low", "add": 77}]
                choice["set"], choice["clear"] = ["forge"], ["survey"]
            choice["score"] = {"zc": 3, "sg": 3, "sz": 3, "gq": 3}
        if node["id"] != "N02":
            node["enter"] = [{"var": "trust", "add": -66}]
    for ending in bent["endings"]:
        ending.update(title="CANARY-ending", debrief="CANARY-debrief", debrief_early="CANARY-early")
    bent["nodes"][0]["enter"] = document["nodes"][0]["enter"]
    return bent


def _play_pages(document: Any, person: Person, now: datetime, login: Any) -> list[str]:
    document = deepcopy(document)
    vouch(document, now)
    release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    client, pages = login(person), []
    run = start_playthrough(person=person, scenario_key="S1", now=now, seed="seed")
    for step in ("N01b", None):
        page = _text(client.get(_url("play", run.pk)))
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        pages.append(page.replace(str(run.pk), "RUN"))
        if step:
            _choose(client, run, step)
    return pages


def test_play_page_does_not_depend_on_what_is_not_due(document: Any, now: datetime, login: Any) -> None:
    """Two scenarios that differ in every effect, score, flag and feedback not yet due give the same bytes."""
    for node in document["nodes"]:
        for choice in node["choices"]:
            choice["cond"] = None
    for effect in [e for c in document["nodes"][1]["choices"] for e in c["effects"]]:
        effect["var"] = "sat" if effect["var"] == "budget" else effect["var"]
    plain = _play_pages(document, make_person("甲"), now, login)
    bent = _play_pages(_bent(document), make_person("甲"), now, login)
    assert ScenarioVersion.objects.count() == 2
    assert bent == plain


def test_play_page_holds_the_feedback_of_the_last_choice_alone(
    document: Any, person: Person, now: datetime, login: Any
) -> None:
    for node in document["nodes"]:
        for choice in node["choices"]:
            choice["feedback"] = f"CANARY-{node['id']}{choice['id']}"
    release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)
    client, run = login(person), start_playthrough(person=person, scenario_key="S1", now=now)
    seen = []
    for step in GOLDEN:
        page = _text(client.get(_url("play", run.pk)))
        seen.append(re.findall(r"CANARY-(\w+)", page))
        _choose(client, run, step)
    assert seen == [[], *([step] for step in GOLDEN[:-1])]


@pytest.mark.parametrize("name", ["index", "scenario"])
def test_pages_before_playing_hold_no_feedback(
    name: str, document: Any, person: Person, now: datetime, login: Any
) -> None:
    vouch(_bent(document), now)
    release_scenario(draft=store_draft(document=_bent(document), by=None, now=now), by=None, now=now)
    page = _text(login(person).get(_url(name, *(["S1"] if name == "scenario" else []))))
    assert "CANARY" not in page
    assert "一二层接受度" not in page


# Somebody else's run


@pytest.mark.parametrize("name", RUN_PAGES)
@pytest.mark.parametrize("finished", [False, True])
def test_run_of_somebody_else_is_not_found(
    name: str, finished: bool, run: Playthrough, now: datetime, login: Any
) -> None:
    if finished:
        play_path(run, WORST, now)
    client = login(make_person())
    send = client.post if name == "choose" else client.get
    stranger = send(_url(name, run.pk), {"node": "N01", "choice": "b"})
    nobody = send(_url(name, uuid4()), {"node": "N01", "choice": "b"})
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert run.steps.count() == (6 if finished else 0)


def test_mentor_reads_the_debrief_while_the_grant_holds(run: Playthrough, now: datetime, login: Any) -> None:
    play_path(run, WORST, now)
    mentor = make_person("沈静文")
    client = login(mentor)
    long_ago = now - timedelta(days=400)
    open_grant(viewer=mentor, subject=run.person, kind="pairing", reason="QL-1", now=long_ago)
    page = _text(client.get(_url("debrief", run.pk)))
    assert run.person.account.name in page
    assert "再走一遍" not in page
    assert "换条路" not in page
    assert client.get(_url("play", run.pk)).status_code == 404
    assert _choose(client, run, "N06a").status_code == 404
    end_grants(kind="pairing", reason="QL-1", now=long_ago + timedelta(days=1))
    assert client.get(_url("debrief", run.pk)).status_code == 404


def test_mentor_does_not_see_a_run_under_way(run: Playthrough, now: datetime, login: Any) -> None:
    mentor = make_person()
    open_grant(
        viewer=mentor, subject=run.person, kind="pairing", reason="QL-1", now=now - timedelta(days=400)
    )
    assert login(mentor).get(_url("debrief", run.pk)).status_code == 404


# Looking back


def test_debrief_reveals_everything(run: Playthrough, now: datetime, login: Any) -> None:
    play_path(run, GOLDEN_PATH, now)
    page = _text(login(run.person).get(_url("debrief", run.pk)))
    for due in (
        "王桂兰成了第一位乘客",
        "因为第3步（敲开101的门）带来了「已听到一楼排水旧账」，所以第7步一二层接受度 +15。",
        "随情况而来：剩余天数 −60",
        "开局是 25，结束时是 100。",
        "这几条轴按「三维能力视图 A」（A@1）评定。",
        "政治素养、协调与资源、应急处置、创新：不计入这几条轴",
        "90.27",
    ):
        assert page.count(due) == 1, due


def test_debrief_of_a_failed_run_says_why_and_speaks_early(
    run: Playthrough, now: datetime, login: Any
) -> None:
    play_path(run, WORST, now)
    page = _text(login(run.person).get(_url("debrief", run.pk)))
    assert "还没开工，信任就先用完了。" in page
    assert "结局“冲突升级：梯未成、人已散”不算通过" in page
    assert "总分 23.4，低于 60" in page


def test_practice_is_compared_with_the_first_run(
    run: Playthrough, person: Person, now: datetime, login: Any
) -> None:
    client = login(person)
    play_path(run, WORST, now)
    assert "首局与最好一局" not in _text(client.get(_url("debrief", run.pk)))
    second = start_playthrough(person=person, scenario_key="S1", now=now)
    play_path(second, GOLDEN_PATH, now)
    page = _text(client.get(_url("debrief", second.pk)))
    rows = re.findall(
        r'<th scope="row">总分</th><td data-label="首局">([\d.]+)</td><td data-label="最好一局">([\d.]+)',
        page,
    )
    assert rows == [("23.4", "90.7")]
    assert "第 2 局，练习" in page


# Cost


@pytest.mark.postgres
@pytest.mark.parametrize("steps", [1, 13])
def test_play_page_takes_five_queries_however_far_one_is(
    steps: int, run: Playthrough, now: datetime, login: Any, django_assert_num_queries: Any
) -> None:
    play_path(run, ",".join(GOLDEN[:steps]), now)
    client = login(run.person)
    with django_assert_num_queries(5):
        client.get(_url("play", run.pk))


@pytest.mark.parametrize("count", [1, 3])
def test_index_takes_five_queries_however_often_one_played(
    count: int, version: ScenarioVersion, person: Person, now: datetime, login: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _run in range(count):
        play_path(start_playthrough(person=person, scenario_key="S1", now=now), WORST, now)
    client = login(person)
    with django_assert_num_queries(5):
        client.get(_url("index"))


@pytest.mark.parametrize(("count", "queries"), [(1, 14), (2, 16), (3, 16)])
def test_debrief_takes_a_constant_number_of_queries(
    count: int, queries: int, version: ScenarioVersion, person: Person, now: datetime, login: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _run in range(count):
        run = play_path(start_playthrough(person=person, scenario_key="S1", now=now), WORST, now)
    client = login(person)
    with django_assert_num_queries(queries):
        client.get(_url("debrief", run.pk))
