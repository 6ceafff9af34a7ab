"""Many states at once are moved as each one alone."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.document import parse
from simulations.engine.lots import MOST_FLAGS, TooManyFlags, advance, first, lot_of, opened, whole
from simulations.engine.play import State, open_choices, start, step
from simulations.engine.scenario import Node, Scenario

from .conftest import S1_DOCUMENT, Document

S1 = parse(S1_DOCUMENT)


def _anywhere(scenario: Scenario, node: Node, count: int, chance: random.Random) -> list[State]:
    """States at the node, most of which no play ever reaches: the semantics hold for them, too."""
    grid = [[of.lo, of.hi, of.init, of.init + 100] for of in scenario.variables.values()]
    for slot, of in enumerate(scenario.variables.values()):
        grid[slot] += [chance.randint(of.lo, of.hi) for _ in range(8)]
        grid[slot] = [min(max(value, of.lo), of.hi) for value in grid[slot]]
    bits = 1 << len(scenario.flags)
    return [
        State(node.id, tuple(chance.choice(column) for column in grid), chance.randrange(bits), "", ())
        for _ in range(count)
    ]


def _expected(scenario: Scenario, states: list[State], choice: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row, state in enumerate(states):
        if choice in open_choices(scenario, state):
            after = step(scenario, state, choice)
            found.setdefault(after.node or after.ending, []).append((row, after.values, after.flags))
    return found


def _check(scenario: Scenario, node: Node, states: list[State]) -> None:
    lot = whole(scenario, states)
    for choice in node.choices:
        moved = advance(scenario, node, choice, lot)
        found = {
            target: sorted(
                (int(part.rows[at]), part.values_at(at), int(part.flags[at])) for at in range(len(part))
            )
            for target, part in moved.items()
        }
        assert found == _expected(scenario, states, choice.id)
        assert opened(choice, lot).tolist() == [choice.id in open_choices(scenario, of) for of in states]


@settings(deadline=None, max_examples=60)
@given(node=st.sampled_from(tuple(S1.nodes.values())), seed=st.integers(0, 2**32))
def test_lot_moves_as_each_of_its_states(node: Node, seed: int) -> None:
    _check(S1, node, _anywhere(S1, node, 40, random.Random(seed)))


def test_lot_obeys_every_kind_of_condition(document: Document) -> None:
    first_choice = document["nodes"][0]["choices"][0]
    first_choice["effects"] = [
        {"var": "sat", "add": 70},
        {"var": "trust", "add": -60, "cond": "not (sat<99.995 or done) and sat==100"},
        {"var": "comp", "add": 1, "cond": "True"},
        {"var": "comp", "add": -7, "cond": "days>59.5 and trust>=1"},
    ]
    first_choice["clear"] = ["wrong"]
    scenario = parse(document)
    for node in scenario.nodes.values():
        _check(scenario, node, _anywhere(scenario, node, 300, random.Random(7)))


def test_everyone_begins_as_in_play(s1: Scenario) -> None:
    ((target, lot),) = first(s1).items()
    begun = start(s1)
    assert (target, lot.values_at(0), int(lot.flags[0])) == (begun.node, begun.values, begun.flags)


def test_stop_may_strike_at_the_start(document: Document) -> None:
    document["nodes"][0]["enter"] = [{"var": "days", "add": -61}]
    assert list(first(parse(document))) == ["LATE"]


def test_lot_in_which_nobody_can_choose_goes_nowhere(document: Document) -> None:
    scenario = parse(document)
    node = scenario.nodes["N01"]
    assert advance(scenario, node, node.by_id["c"], whole(scenario, [start(scenario)])) == {}


def test_more_flags_than_fit_are_refused(document: Document) -> None:
    document["flags"] |= {f"f{n}": "某事" for n in range(MOST_FLAGS - 1)}
    scenario = parse(document)
    with pytest.raises(TooManyFlags):
        lot_of(scenario, [], [])
