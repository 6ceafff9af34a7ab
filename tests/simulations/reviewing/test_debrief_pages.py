"""The debrief as a page: causes, what was given away, playing on from a step; nothing of it anywhere else."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from people.grants import open_grant
from people.models import Person
from simulations.models import CheckStatus, Hindsight, Playthrough, ScenarioCheck
from simulations.playing import start_playthrough
from simulations.reviewing.hindsights import work_out_hindsight
from simulations.reviewing.replaying import replay_from
from tests.factories import make_person
from tests.simulations.conftest import GOLDEN, GOLDEN_PATH, WORST, play_path

pytestmark = pytest.mark.django_db
FORGED = "N01b,N02a,N03c,N04c,N06c,N07a,N08c,N09c,N10a"


def _url(name: str, *args: Any) -> str:
    return reverse(f"simulations:{name}", args=args)


def _text(response: Any) -> str:
    return response.content.decode()


def _debrief(client: Client, run: Playthrough) -> str:
    return _text(client.get(_url("debrief", run.pk)))


def _looked_back(run: Playthrough) -> Playthrough:
    work_out_hindsight(asked=Hindsight.objects.get(playthrough=run))
    return run


@pytest.fixture
def forged(run: Playthrough, now: datetime) -> Playthrough:
    return play_path(run, FORGED, now)


# What would have been better


def test_look_back_that_is_not_there_yet_is_said_to_come(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    assert "正在把其他走法逐一算一遍" in page
    assert f'href="{_url("debrief", forged.pk)}#hindsight"' in page
    assert "让出了" not in page


def test_look_back_that_failed_says_so(forged: Playthrough, login: Any) -> None:
    Hindsight.objects.update(status="failed")
    assert "这一局没能算出来" in _debrief(login(forged.person), forged)


def test_points_given_away_stand_at_their_steps(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(_looked_back(forged).person), forged)
    given = re.findall(r"这一步让出了 ([\d.]+) 分。", page)
    assert given == ["3.5", "4.3", "9.5", "36.3"]
    assert "从头走，最好能到 90.7 分" in page
    assert "这一局是 37.1 分，下面这些步一共让出了 53.6 分。" in page


def test_first_mistake_that_cannot_be_mended_is_marked_once(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(_looked_back(forged).person), forged)
    assert re.findall(r'<li id="step-(\d+)" data-state="lost">', page) == ["9"]
    assert page.count("走了这一步，后面怎么走都通过不了了。") == 1
    assert page.count("第一个补不回来的失误</b>") == 1
    assert page.count("当时怎样走还来得及") == 1


def test_best_play_is_told_that_nothing_was_better(run: Playthrough, now: datetime, login: Any) -> None:
    play_path(run, GOLDEN_PATH, now)
    assert "没有比这一局得分更高的" in _debrief(login(_looked_back(run).person), run)


def test_look_back_by_another_version_is_not_shown(forged: Playthrough, login: Any) -> None:
    _looked_back(forged)
    Hindsight.objects.update(content_hash="0" * 64)
    assert "正在把其他走法逐一算一遍" in _debrief(login(forged.person), forged)


def test_choice_that_earns_less_by_itself_is_not_advised(forged: Playthrough, login: Any) -> None:
    """By the engine more points lie in it on this way; nobody is to learn it as the better deed."""
    _looked_back(forged)
    row = Hindsight.objects.get()
    findings = row.findings
    assert findings is not None
    fourth = findings["decisions"][3]
    assert (fourth["node"], fourth["choice"], fourth["regret"]) == ("N04", "c", 0)
    fourth |= {"regret": 5.0, "way": ["N04a"]}
    Hindsight.objects.update(findings=findings)
    page = _debrief(login(forged.person), forged)
    part = page[page.index('<li id="step-4"') : page.index('<li id="step-5"')]
    assert "这一步让出了 5 分。" in part
    assert "你选的做法本身并不差。" in part
    assert "更好的选择" not in part


def test_less_than_two_points_advise_nothing(forged: Playthrough, login: Any) -> None:
    _looked_back(forged)
    row = Hindsight.objects.get()
    findings = row.findings
    assert findings is not None
    findings["decisions"][1]["regret"] = 1.9
    Hindsight.objects.update(findings=findings)
    page = _debrief(login(forged.person), forged)
    part = page[page.index('<li id="step-2"') : page.index('<li id="step-3"')]
    assert "这一步让出了 1.9 分。" in part
    assert "更好的选择" not in part


def test_which_run_counts_for_what_is_said(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    assert (
        "能力档案只看首局；认证看从头走完的局里最好的一局，看过这一页再走的也算；从某一步接着练的都不算。"
        in page
    )


# Causes


def test_ending_is_explained_with_how_things_stood(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    part = page[page.index('id="why"') : page.index('id="score"')]
    assert re.search(r"结束时：工作经费 [\d.]+、剩余天数 \d+、居民满意度 \d+、", part)


def test_change_with_a_reason_stands_once(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    part = page[page.index('<li id="step-9"') : page.index('id="lenses"')]
    assert part.count("随情况而来：合规度 −15") == part.count("<b>随情况而来：合规度 −15</b>") == 1


def test_change_names_the_step_it_goes_back_to(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    found = re.findall(r'<b>([^<]+)</b><a href="#step-(\d+)">([^<]+)</a>', page)
    assert found == [
        ("随情况而来：剩余天数 −25", "2", "第2步（“留改拆”边界怎么划）带来了「违建车棚仍堵消防通道」"),
        ("随情况而来：合规度 −5", "2", "第2步（“留改拆”边界怎么划）带来了「违建车棚仍堵消防通道」"),
        ("随情况而来：合规度 −15", "9", "第9步（表决）带来了「表决材料不真实」"),
        ("随情况而来：剩余天数 −15", "9", "第9步（表决）带来了「表决材料不真实」"),
    ]


# Whose eyes


def test_lenses_stand_beside_the_best_way_and_chance(forged: Playthrough, now: datetime, login: Any) -> None:
    _looked_back(forged)
    lenses = {"by_lens": {key: {"random": 33.3} for key in ("residents", "shops", "government")}}
    ScenarioCheck.objects.create(
        key="S1", content_hash=forged.version.content_hash, document="{}", status=CheckStatus.DONE,
        report={"lenses": lenses}, errors=0, warnings=0, exact=True, asked_at=now, touched_at=now,
        finished_at=now + timedelta(hours=1),
    )  # fmt: skip
    page = _debrief(login(forged.person), forged)
    part = page[page.index('id="lenses"') : page.index('id="hidden"')]
    assert re.findall(r"<h3>([^<]+)</h3>", part) == ["居民", "物业和商户", "政府"]
    assert part.count("这一局") == part.count("得分最高的走法") == part.count("随便选的平均") == 3
    assert part.count("<span>33.3</span>") == 3


def test_lenses_without_check_and_look_back_show_the_run_alone(forged: Playthrough, login: Any) -> None:
    ScenarioCheck.objects.all().delete()
    page = _debrief(login(forged.person), forged)
    part = page[page.index('id="lenses"') : page.index('id="hidden"')]
    assert (part.count("这一局"), part.count("得分最高的走法"), part.count("随便选的平均")) == (3, 0, 0)


# Playing on from a step


def test_every_step_but_the_first_offers_to_play_on(forged: Playthrough, login: Any) -> None:
    page = _debrief(login(forged.person), forged)
    assert re.findall(r'name="step" value="(\d+)"', page) == ["2", "3", "4", "5", "6", "7", "8", "9"]


def test_playing_on_begins_at_that_step(forged: Playthrough, login: Any) -> None:
    client = login(forged.person)
    response = client.post(_url("replay", forged.pk), {"step": "9"})
    fresh = Playthrough.objects.get(replay_of=forged)
    assert response["Location"] == _url("play", fresh.pk)
    page = _text(client.get(response["Location"]))
    assert "第 9 步" in page
    assert "从第 1 局的第 9 步接着练：不计入能力档案，也不算证书的成绩。" in page


def test_playing_on_twice_is_one_run(forged: Playthrough, login: Any) -> None:
    client = login(forged.person)
    places = {client.post(_url("replay", forged.pk), {"step": "9"})["Location"] for _ in range(2)}
    assert (len(places), Playthrough.objects.count()) == (1, 2)


def test_open_run_is_linked_instead_of_thrown_away(forged: Playthrough, now: datetime, login: Any) -> None:
    going = start_playthrough(person=forged.person, scenario_key="S1", now=now)
    client = login(forged.person)
    response = client.post(_url("replay", forged.pk), {"step": "3"}, follow=True)
    page = _text(response)
    assert response.redirect_chain == [(_url("debrief", forged.pk), 302)]
    assert "这个情景还有一局没走完，请先走完那一局。" in page
    assert page.count(f'href="{_url("play", going.pk)}"') == 2
    assert 'name="step"' not in page


@pytest.mark.parametrize("step", ["", "0", "1", "10", "x", "-3", "9" * 5_000])
def test_malformed_step_changes_nothing(step: str, forged: Playthrough, login: Any) -> None:
    response = login(forged.person).post(_url("replay", forged.pk), {"step": step}, follow=True)
    assert response.redirect_chain == [(_url("debrief", forged.pk), 302)]
    assert Playthrough.objects.count() == 1


def test_playing_on_from_a_run_under_way_leads_to_it(run: Playthrough, login: Any) -> None:
    response = login(run.person).post(_url("replay", run.pk), {"step": "2"})
    assert response["Location"] == _url("play", run.pk)


def test_playing_on_takes_a_post(forged: Playthrough, login: Any) -> None:
    assert login(forged.person).get(_url("replay", forged.pk)).status_code == 405


def test_mentor_reads_all_but_plays_nothing(forged: Playthrough, now: datetime, login: Any) -> None:
    mentor, long_ago = make_person(), now - timedelta(days=400)
    open_grant(viewer=mentor, subject=forged.person, kind="pairing", reason="QL-1", now=long_ago)
    client = login(mentor)
    page = _debrief(client, _looked_back(forged))
    assert "这一步让出了 36.3 分。" in page
    assert 'name="step" value="2"' not in page
    assert client.post(_url("replay", forged.pk), {"step": "3"}).status_code == 404


def test_run_of_a_stranger_is_not_found(forged: Playthrough, login: Any) -> None:
    client = login(make_person())
    statuses = [client.post(_url("replay", pk), {"step": "3"}).status_code for pk in (forged.pk, uuid4())]
    assert (statuses, Playthrough.objects.count()) == ([404, 404], 1)


# Replays among the runs


def test_replay_is_named_as_such_and_is_nobodys_best(
    run: Playthrough, person: Person, now: datetime, login: Any
) -> None:
    client = login(person)
    play_path(run, ",".join((*GOLDEN[:-2], "N15a", "N16b")), now)
    run.refresh_from_db()
    fresh = play_path(replay_from(run=run, step=12, by=person, now=now), "N15c,N16b", now)
    page = _debrief(client, fresh)
    assert "第 2 局，从第 1 局的第 13 步接着练，不计成绩" in page
    assert "首局与最好一局" not in page
    index = _text(client.get(_url("index")))
    assert "中途练习" in index
    assert "还没通过" in index


# Nothing of it anywhere else


def test_hindsight_is_nowhere_but_in_the_debrief(
    run: Playthrough, person: Person, now: datetime, login: Any
) -> None:
    play_path(run, WORST, now)
    row = Hindsight.objects.get()
    work_out_hindsight(asked=row)
    findings = Hindsight.objects.get().findings
    second = start_playthrough(person=person, scenario_key="S1", now=now)
    client = login(person)
    places = [_url("index"), _url("scenario", "S1"), _url("play", second.pk), "/", "/me/"]
    for place in places:
        page = _text(client.get(place))
        for word in ("让出", "补不回来", str(findings["best"]), "更好的选择"):
            assert word not in page, (place, word)


def test_unfinished_practice_hides_the_debrief_of_itself(
    forged: Playthrough, now: datetime, login: Any
) -> None:
    fresh = replay_from(run=forged, step=3, by=forged.person, now=now)
    response = login(forged.person).get(_url("debrief", fresh.pk))
    assert response["Location"] == _url("play", fresh.pk)


# What has changed is said


def test_heading_of_a_new_situation_has_the_focus_and_tells_the_change(
    run: Playthrough, now: datetime, login: Any
) -> None:
    client = login(run.person)
    first = _text(client.get(_url("play", run.pk)))
    assert "autofocus" not in first
    play_path(run, "N01b", now)
    page = _text(client.get(_url("play", run.pk)))
    assert '<h1 tabindex="-1" autofocus aria-describedby="changed">' in page
    told = re.search(r'id="changed" role="status">(.*?)</section>', page, re.DOTALL)
    assert told is not None
    assert "剩余天数 ↓" in told[1]
