"""What would have been better, against every way tried one by one."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.ceilings import ceilings_of
from simulations.engine.document import parse
from simulations.engine.hindsight import Certainty, Loss, hindsight
from simulations.engine.paths import parse_path, walk
from simulations.engine.play import State, Unfinished, open_choices, start, step
from simulations.engine.prospects import endings_ahead, look_ahead
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome, score

from .conftest import S1_DOCUMENT, SMALL, Document

S1 = parse(S1_DOCUMENT)
PATHS = json.loads((Path(__file__).parent / "paths.json").read_text(encoding="utf-8"))
CONDITIONS = ("done", "not done", "wrong", "sat>=60", "trust<40 or done", "comp<70 and not wrong", None, None)


def small(chance: random.Random) -> Document:
    """A scenario of five nodes that lead forward, some past one another, with everything drawn."""
    document = deepcopy(SMALL)
    names = ["N01", "N02", "N03", "N04", "N05"]
    document["global_end"] = [{"cond": "days<0 or trust<15", "end": "LATE"}]
    document["endings"][0]["cond"] = "done and sat>=55"
    document["scoring"] = {"fail_endings": ["LATE"], "requires_any": {"OTHER": ["wrong"]}}
    document["nodes"] = [
        _node(chance, name, [*names[place + 1 :], "END"][:2]) for place, name in enumerate(names)
    ]
    return document


def _node(chance: random.Random, name: str, onward: list[str]) -> Document:
    choices = [_choice(chance, key, onward) for key in "abc"]
    choices[0]["cond"] = None
    choices[0]["effects"] = [of for of in choices[0]["effects"] if of["var"] != "budget"]
    return {
        "id": name,
        "title": name,
        "text": name,
        "enter": [_effect(chance) for _ in range(chance.randrange(2))],
        "choices": choices,
        "next": [{"cond": chance.choice(CONDITIONS[:4]), "to": onward[-1]}, {"cond": None, "to": onward[0]}],
    }


def _choice(chance: random.Random, key: str, onward: list[str]) -> Document:
    return {
        "id": key,
        "text": key,
        "cond": chance.choice((None, None, "done", "sat>=45")),
        "effects": [_effect(chance) for _ in range(chance.randrange(4))],
        "score": {of: chance.randrange(4) for of in ("zc", "sg", "sz", "gq")},
        "feedback": "反馈",
        "set": chance.choice(([], [], ["done"], ["wrong"])),
        "clear": chance.choice(([], [], [], ["done"], ["wrong"])),
        "next": chance.choice((None, None, None, "OTHER", onward[-1])),
    }


def _effect(chance: random.Random) -> Document:
    return {
        "var": chance.choice(("sat", "trust", "comp", "days", "sat", "budget")),
        "add": chance.choice((-45, -20, -7.5, -1, 1, 4, 12.5, 30)),
        "cond": chance.choice(CONDITIONS),
    }


def _outcomes(scenario: Scenario, state: State) -> Iterator[Outcome]:
    if state.is_ended:
        yield score(scenario, state)
    for choice in open_choices(scenario, state):
        yield from _outcomes(scenario, step(scenario, state, choice))


def _random_play(scenario: Scenario, chance: random.Random) -> State:
    state = start(scenario)
    while not state.is_ended:
        choices = open_choices(scenario, state)
        if not choices:
            return _random_play(scenario, chance)
        state = step(scenario, state, chance.choice(choices))
    return state


def _moments(scenario: Scenario, state: State) -> list[State]:
    moments = [start(scenario)]
    for choice in state.choices:
        moments.append(step(scenario, moments[-1], choice))
    return moments


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32), width=st.sampled_from((3, 10, 100_000)))
def test_prospect_is_what_trying_every_way_finds(seed: int, width: int) -> None:
    scenario = parse(small(random.Random(seed)))
    begun = start(scenario)
    if begun.is_ended:
        return
    tried = list(_outcomes(scenario, begun))
    found = look_ahead(scenario, begun, ceilings_of(scenario), width=width)
    best = max(of.total for of in tried)
    passing = [of.total for of in tried if of.passed]
    assert found.best is not None
    assert found.best.total <= best <= found.highest
    if found.is_proven:
        assert found.best.total == best
    if found.passing is not None:
        assert found.passing.passed
    if found.is_pass_settled:
        assert bool(passing) == (found.passing is not None)
    if found.is_whole:
        assert (found.is_proven, set(found.endings)) == (True, {of.ending for of in tried})
        assert (found.passing and found.passing.total) == max(passing, default=None)
    assert found.is_whole or width < 100_000
    for ending, way in found.endings.items():
        replayed = score(scenario, walk(scenario, way.path))
        assert (replayed.ending, replayed.total, replayed.passed) == (ending, way.total, way.passed)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_hindsight_is_what_trying_every_way_finds(seed: int) -> None:
    chance = random.Random(seed)
    scenario = parse(small(chance))
    played = _random_play(scenario, chance)
    seen = hindsight(scenario, played)
    tried = [list(_outcomes(scenario, moment)) for moment in _moments(scenario, played)]
    bests = [max(of.total for of in outcomes) for outcomes in tried]
    assert [(of.best, of.kept) for of in seen.decisions] == list(pairwise(bests))
    assert {of.certainty for of in seen.decisions} <= {Certainty.EXACT}
    passable = [any(of.passed for of in outcomes) for outcomes in tried]
    lost = [number for number in range(1, len(passable)) if passable[number - 1] and not passable[number]]
    assert [of.step for of in seen.mistakes if of.loss is Loss.PASSING] == lost
    for decision in seen.decisions:
        before = [name.node + name.choice for name in played.steps[: decision.step - 1]]
        assert score(scenario, walk(scenario, [*before, *decision.way])).total == decision.best
    for mistake in seen.mistakes:
        before = [name.node + name.choice for name in played.steps[: mistake.step - 1]]
        again = score(scenario, walk(scenario, [*before, *mistake.way]))
        assert again.ending == mistake.ending
        assert again.passed or mistake.loss is Loss.ENDING


@pytest.mark.parametrize("path", PATHS[::3], ids=lambda path: path["name"])
def test_regrets_add_up_to_what_the_best_way_has_more(path: dict[str, Any]) -> None:
    played = walk(S1, parse_path(path["path"]))
    seen = hindsight(S1, played)
    assert seen.best == 90.7
    assert round(sum(of.regret for of in seen.decisions), 1) == round(90.7 - path["total"], 1)
    assert {of.certainty for of in seen.decisions} == {Certainty.EXACT}
    assert bool([of for of in seen.mistakes if of.loss is Loss.PASSING]) != path["passed"]
    for decision in seen.decisions:
        before = [name.node + name.choice for name in played.steps[: decision.step - 1]]
        again = score(S1, walk(S1, [*before, *decision.way]))
        assert (again.total, again.ending) == (decision.best, decision.ending)


def test_first_irrevocable_mistake_is_the_forged_vote() -> None:
    path = next(path for path in PATHS if path["name"] == "forged votes found on entering N11")
    seen = hindsight(S1, walk(S1, parse_path(path["path"])))
    told = [(of.loss, of.step, of.ending, of.is_certain) for of in seen.mistakes]
    assert told == [(Loss.PASSING, 9, "E2", True), (Loss.ENDING, 6, "E1", True)]
    assert seen.decisions[8].regret == 36.3


def test_best_play_regrets_nothing() -> None:
    seen = hindsight(S1, walk(S1, parse_path(PATHS[0]["path"])))
    assert {of.regret for of in seen.decisions} == {0}
    assert seen.mistakes == ()


def test_what_was_not_followed_is_not_called_certain() -> None:
    path = next(path for path in PATHS if path["name"] == "forged votes found on entering N11")
    seen = hindsight(S1, walk(S1, parse_path(path["path"])), width=40)
    assert Certainty.EXACT not in {of.certainty for of in seen.decisions[:2]}
    assert all(of.regret >= 0 for of in seen.decisions)
    assert seen.best <= 90.7


def test_endings_ahead_are_not_said_when_there_is_too_much() -> None:
    begun = start(S1)
    assert endings_ahead(S1, begun, ceilings_of(S1), width=1_000) is None
    late = walk(S1, parse_path("N01b,N02b,N03b,N04b,N05c"))
    assert endings_ahead(S1, late, ceilings_of(S1)) == {"E3", "E4", "E5", "E6", "E7"}


def test_ways_that_circle_are_followed_as_long_as_a_play_may_be() -> None:
    scenario = parse(SMALL)
    seen = hindsight(scenario, walk(scenario, ["N01d", "N01d", "N01a", "N02a"]))
    assert (seen.total, seen.best) == (56.4, 76.4)
    assert seen.decisions[0].way == ("N01a", "N02a")


def test_play_that_goes_on_has_no_hindsight() -> None:
    with pytest.raises(Unfinished):
        hindsight(S1, start(S1))


def test_hindsight_is_plain_values() -> None:
    seen = hindsight(S1, walk(S1, parse_path(PATHS[6]["path"]))).as_json()
    assert json.loads(json.dumps(seen))["mistakes"][0]["loss"] == "passing"
