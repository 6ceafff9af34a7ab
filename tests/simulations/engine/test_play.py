from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.document import parse
from simulations.engine.paths import walk
from simulations.engine.play import (
    MAX_STEPS,
    IllegalStep,
    State,
    StepLimit,
    available,
    open_choices,
    replay,
    start,
    step,
)
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import score
from simulations.engine.wording import lock_reason

from .conftest import S1_DOCUMENT

Document = dict[str, Any]
S1 = parse(S1_DOCUMENT)


def value(scenario: Scenario, state: State, key: str) -> float:
    return scenario.variables[key].outward(state.values[scenario.variables[key].slot])


def random_play(data: st.DataObject) -> State:
    state = start(S1)
    while not state.is_ended:
        state = step(S1, state, data.draw(st.sampled_from(open_choices(S1, state))))
    return state


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_play_replays_to_the_same_state_and_outcome(data: st.DataObject) -> None:
    state = random_play(data)
    again = replay(parse(S1_DOCUMENT), state.choices)
    assert again == state
    assert hash(again) == hash(state)
    assert score(parse(S1_DOCUMENT), again) == score(S1, state)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_play_stays_in_bounds_and_ends(data: st.DataObject) -> None:
    state = random_play(data)
    assert 4 <= len(state.steps) <= 18
    for variable in S1.variables.values():
        for taken in state.steps:
            assert variable.lo <= taken.settled[variable.slot] <= variable.hi
            assert variable.lo <= taken.after[variable.slot] <= variable.hi
    outcome = score(S1, state)
    assert 0 <= outcome.total <= S1.endings[state.ending].cap


def test_start_enters_the_first_node(s1: Scenario) -> None:
    state = start(s1)
    assert (state.node, state.flags, state.ending, state.steps) == ("N01", 0, "", ())
    assert value(s1, state, "budget") == 8.5


def test_start_runs_the_first_nodes_entering(document: Document) -> None:
    document["nodes"][0]["enter"] = [{"var": "days", "add": -61, "cond": None}]
    state = start(parse(document))
    assert (state.node, state.ending) == ("", "LATE")


def test_offers_are_all_choices_with_the_reason_of_the_locked(s1: Scenario) -> None:
    state = walk(s1, ["N01b", "N02d", "N03c", "N04c", "N06a", "N07b"])
    offers = {offer.choice.id: offer for offer in available(s1, state)}
    assert [key for key, offer in offers.items() if offer.is_open] == ["a", "c", "d"]
    assert offers["b"].lock is not None
    assert lock_reason(offers["b"].lock, s1) == "需要：「已做日照/噪声分析」"


def test_unaffordable_choice_says_cost_and_rest(s1: Scenario) -> None:
    path = ["N01b", "N02d", "N03c", "N04c", "N06a", "N07c", "N08b", "N09c", "N10d", "N11c", "N13b"]
    state = walk(s1, path)
    locks = {offer.choice.id: offer.lock for offer in available(s1, state)}
    assert (locks["a"], locks["d"]) == (None, None)
    assert locks["b"] is not None
    assert lock_reason(locks["b"], s1) == "需要工作经费（万元） 1，现在只剩 0.5"
    with pytest.raises(IllegalStep, match=r"N14b costs 1\.0, only 0\.5 left"):
        step(s1, state, "b")


def test_choice_that_costs_exactly_the_rest_is_open(document: Document) -> None:
    document["nodes"][0]["choices"][1]["effects"][0]["add"] = -2.5
    scenario = parse(document)
    assert value(scenario, step(scenario, start(scenario), "b"), "budget") == 0.0


def test_cost_is_every_expense_and_no_income(document: Document) -> None:
    document["nodes"][0]["choices"][1]["effects"] = [
        {"var": "budget", "add": 2},
        {"var": "budget", "add": -1.5},
        {"var": "budget", "add": -1.1, "cond": "done"},
    ]
    scenario = parse(document)
    assert open_choices(scenario, start(scenario)) == ["a", "d"]


def test_effects_see_the_ones_before_and_are_clamped(document: Document) -> None:
    document["nodes"][0]["choices"][0]["effects"] = [
        {"var": "sat", "add": 70},
        {"var": "sat", "add": -10},
        {"var": "trust", "add": 5, "cond": "sat==90"},
        {"var": "comp", "add": 0.125},
        {"var": "days", "add": -7, "cond": "done"},
    ]
    scenario = parse(document)
    state = step(scenario, start(scenario), "a")
    assert [value(scenario, state, key) for key in ("sat", "trust", "comp", "days")] == [90, 55, 80.13, 60]


def test_flags_are_set_and_then_cleared(document: Document) -> None:
    document["nodes"][0]["choices"][0] |= {"set": ["done", "wrong"], "clear": ["wrong"]}
    scenario = parse(document)
    assert scenario.flag_keys(step(scenario, start(scenario), "a").flags) == ("done",)


def test_stops_are_looked_at_once_after_all_effects(document: Document) -> None:
    document["nodes"][0]["choices"][0]["effects"] = [{"var": "days", "add": -61}, {"var": "days", "add": 5}]
    scenario = parse(document)
    assert step(scenario, start(scenario), "a").node == "N02"


def test_stop_comes_before_the_route(document: Document) -> None:
    document["nodes"][1]["choices"][0]["effects"] = [{"var": "days", "add": -61}]
    scenario = parse(document)
    assert replay(scenario, "aa").ending == "LATE"


def test_own_routes_come_before_those_of_the_node(document: Document) -> None:
    document["nodes"][0]["choices"][0]["next"] = [
        {"cond": "wrong", "to": "LATE"},
        {"cond": "done", "to": "GOOD"},
    ]
    scenario = parse(document)
    assert step(scenario, start(scenario), "a").ending == "GOOD"


def test_own_routes_that_do_not_hold_leave_the_way_to_the_node(document: Document) -> None:
    document["nodes"][0]["choices"][0]["next"] = [{"cond": "wrong", "to": "LATE"}]
    scenario = parse(document)
    assert step(scenario, start(scenario), "a").node == "N02"


def test_end_takes_the_first_ending_that_holds(document: Document) -> None:
    scenario = parse(document)
    assert replay(scenario, "aa").ending == "GOOD"
    document["endings"].reverse()
    assert replay(parse(document), "aa").ending == "OTHER"


def test_forged_votes_can_be_withdrawn_only_after_forging(s1: Scenario) -> None:
    path = ["N01b", "N02b", "N03c", "N04c", "N06a", "N07c", "N08b", "N09c"]
    honest, forged = walk(s1, [*path, "N10b"]), walk(s1, [*path, "N10a"])
    assert open_choices(s1, honest) == ["a", "b", "c"]
    assert open_choices(s1, forged) == ["a", "b", "c", "d"]
    assert step(s1, forged, "d").node == "N13"


@pytest.mark.parametrize("choice", ["z", "", "N01a", "__class__", "a" * 1_000_000])
def test_choice_that_is_not_there_is_refused(s1: Scenario, choice: str) -> None:
    with pytest.raises(IllegalStep) as caught:
        step(s1, start(s1), choice)
    assert caught.value.step == 1
    assert len(caught.value.reason) < 100


def test_ended_play_goes_no_further(document: Document) -> None:
    scenario = parse(document)
    ended = replay(scenario, "aa")
    assert available(scenario, ended) == ()
    with pytest.raises(IllegalStep) as caught:
        step(scenario, ended, "a")
    assert (caught.value.step, caught.value.reason) == (3, "the play has already ended with GOOD")


def test_endless_loop_is_stopped(document: Document) -> None:
    scenario = parse(document)
    state = replay(scenario, "d" * MAX_STEPS)
    with pytest.raises(StepLimit) as caught:
        step(scenario, state, "d")
    assert (caught.value.step, caught.value.reason) == (MAX_STEPS + 1, f"more than {MAX_STEPS} steps")
