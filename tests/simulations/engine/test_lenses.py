"""Which way people want a variable to go: what the lenses say of it, unless the score itself counts it upwards."""

from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.lenses import is_loss, wants_low
from simulations.engine.scenario import Scenario

Document = dict[str, Any]


def weighed(document: Document, *weights: dict[str, int]) -> Scenario:
    """The small scenario with a variable 怨气 and one lens for each table of weights."""
    document["vars"]["anger"] = {"name": "怨气", "init": 40, "lo": 0, "hi": 100, "vis": True}
    document["lenses"] = [
        {"key": f"lens{number}", "name": f"群体{number}", "weights": of, "ending_weight": 0, "endings": {}}
        for number, of in enumerate(weights)
    ]
    return parse(document)


def test_what_every_lens_that_weighs_it_wants_low_is_wanted_low(document: Document) -> None:
    scenario = weighed(document, {"anger": -2, "sat": 1}, {"trust": 1})
    assert wants_low(scenario, "anger")
    assert (is_loss(scenario, "anger", 5), is_loss(scenario, "anger", -5)) == (True, False)


def test_what_one_lens_wants_high_is_not_wanted_low(document: Document) -> None:
    assert not wants_low(weighed(document, {"anger": -2}, {"anger": 1}), "anger")


def test_what_nobody_weighs_is_wanted_high(document: Document) -> None:
    scenario = weighed(document, {"sat": 1})
    assert not wants_low(scenario, "anger")
    assert (is_loss(scenario, "anger", 5), is_loss(scenario, "anger", -5)) == (False, True)


@pytest.mark.parametrize("key", ["comp", "days", "sat", "budget"])
def test_what_is_spent_or_scored_is_wanted_high_whatever_a_lens_says(document: Document, key: str) -> None:
    assert not wants_low(weighed(document, {key: -3}), key)


def test_nothing_of_the_stairs_is_wanted_low(s1: Scenario) -> None:
    assert [key for key in s1.variables if wants_low(s1, key)] == []
