"""Ways of playing without thinking, in 老楼新梯."""

from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.proof.strategies import mixed_plays, picks, play_by, random_plays, summed
from simulations.engine.scenario import Scenario


@pytest.mark.parametrize(
    ("name", "ending", "total"),
    [("longest", "E3", 50.3), ("fastest", "E6", 21.9), ("first", "E6", 24.7), ("best", "E1", 90.6)],
)
def test_way_without_chance_comes_to_the_published_end(
    s1: Scenario, name: str, ending: str, total: float
) -> None:
    play = play_by(s1, picks(s1)[name])
    assert play.outcome is not None
    assert (play.outcome.ending, play.outcome.total) == (ending, total)


def test_ties_go_to_the_earlier_choice(document: Any) -> None:
    scenario = parse(document)
    for name in ("longest", "fastest", "first"):
        assert picks(scenario)[name](scenario.nodes["N01"].choices).id == "a"


def test_fastest_counts_time_under_conditions_too(document: Any) -> None:
    document["nodes"][0]["choices"][0]["effects"] = [{"var": "days", "add": -9, "cond": "wrong"}]
    scenario = parse(document)
    assert picks(scenario)["fastest"](scenario.nodes["N01"].choices).id == "b"


def test_plays_are_the_same_for_the_same_seed(s1: Scenario) -> None:
    first, again, other = ([play.path for play in random_plays(s1, seed, 20)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_playing_best_more_often_comes_to_more(s1: Scenario) -> None:
    means = [summed(plays).mean_total or 0 for plays in mixed_plays(s1, 0, 120).values()]
    assert means == sorted(means)


def test_play_that_sticks_fast_is_not_passed_and_not_in_the_mean(document: Any) -> None:
    document["nodes"][1]["choices"][0]["cond"] = "wrong"
    stuck = summed([play_by(parse(document), picks(parse(document))["first"])])
    assert (stuck.pass_rate, stuck.mean_total, stuck.ending, stuck.path) == (0.0, None, None, ("N01a",))
