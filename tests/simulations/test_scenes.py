"""The play page's scene: what is due, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.paths import parse_path, walk
from simulations.engine.play import start
from simulations.scenes import Delta, scene_of
from tests.simulations.conftest import GOLDEN


@pytest.fixture
def scenario(document: Any) -> Any:
    return parse(document)


def _at(scenario: Any, steps: int, seed: str = "seed") -> Any:
    return scene_of(scenario, walk(scenario, GOLDEN[:steps]), seed=seed)


def test_letters_follow_the_shown_order(scenario: Any) -> None:
    scene = scene_of(scenario, start(scenario), seed="another")
    assert [option.letter for option in scene.options] == ["甲", "乙", "丙", "丁"]
    assert sorted(option.id for option in scene.options) == ["a", "b", "c", "d"]


def test_order_is_kept_for_a_seed_and_differs_between_seeds(scenario: Any) -> None:
    orders = {
        seed: tuple(option.id for option in scene_of(scenario, start(scenario), seed=seed).options)
        for seed in map(str, range(40))
    }
    assert (
        scene_of(scenario, start(scenario), seed="7").options
        == scene_of(scenario, start(scenario), seed="7").options
    )
    assert len(set(orders.values())) > 10


def test_bars_measure_what_is_spent_against_the_start(scenario: Any) -> None:
    scene = _at(scenario, 11)
    assert [(stat.title, stat.text, stat.unit, stat.max, stat.low) for stat in scene.stats] == [
        ("工作经费见底", "1", "万元", 8.5, True),
        ("剩余天数", "48", "", 210.0, False),
        ("居民满意度", "66", "", 100.0, False),
        ("居民信任", "78", "", 100.0, False),
        ("合规度", "100", "", 100.0, False),
        ("同意户数", "11", "共12户", 12.0, False),
    ]


def test_what_began_at_nothing_does_not_run_out(document: Any) -> None:
    document["vars"]["sat"] |= {"init": 0, "name": "欠账"}
    scene = scene_of(parse(document), start(parse(document)), seed="seed")
    assert [(stat.title, stat.low) for stat in scene.stats if stat.title.startswith("欠账")] == [
        ("欠账", False)
    ]


def test_hidden_variables_do_not_show(scenario: Any) -> None:
    scene = _at(scenario, 1)
    assert "一二层接受度" not in str(scene)


def test_last_step_shows_directions_and_no_numbers(scenario: Any) -> None:
    last = _at(scenario, 1).last
    assert last.feedback == "201室第一次被单独听完意见；观望户“等看数据”的态度被记录下来。"
    assert last.deltas == (
        Delta("工作经费 ↓", cost=True),
        Delta("剩余天数 ↓", cost=True),
        Delta("居民满意度 ↑", cost=False),
        Delta("居民信任 ↑", cost=False),
        Delta("同意户数 ↑", cost=False),
    )


def test_change_by_the_new_situation_is_told_apart(scenario: Any) -> None:
    last = _at(scenario, 11).last
    assert last.arriving == (Delta("剩余天数 ↓", cost=True),)


def test_price_is_told_and_hidden_condition_is_not(scenario: Any) -> None:
    reasons = {option.id: option.reason for option in _at(scenario, 10).options}
    assert reasons == {"a": "", "b": "", "c": "需要工作经费（万元） 3，现在只剩 1", "d": ""}
    reasons = {option.id: option.reason for option in _at(scenario, 9).options}
    assert reasons == {"a": "", "b": "", "c": "", "d": "按你走过的路，条件不具备"}


def test_scene_without_an_open_option_says_so(document: Any) -> None:
    for choice in document["nodes"][1]["choices"]:
        choice["cond"] = "forge"
    scenario = parse(document)
    scene = scene_of(scenario, walk(scenario, parse_path("N01b")), seed="seed")
    assert scene.is_stuck
