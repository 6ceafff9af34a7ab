"""States are packed so that nothing that matters is lost, and nothing that does not matter is kept."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.document import parse
from simulations.engine.lots import whole
from simulations.engine.play import open_choices, start, step
from simulations.engine.proof.layout import KEY_BITS, lay_out
from simulations.engine.scenario import Scenario

from ..conftest import S1_DOCUMENT
from .conftest import Drawing

S1 = parse(S1_DOCUMENT)


def _kept(scenario: Scenario, node: str) -> set[str]:
    kept = lay_out(scenario)[node].kept
    return {key for key, of in scenario.variables.items() if of.slot in kept}


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_state_comes_out_of_its_key_as_it_went_in(seed: int) -> None:
    layouts = lay_out(S1)
    chance = random.Random(seed)
    state = start(S1)
    while not state.is_ended:
        layout = layouts[state.node]
        opened = layout.unpack(layout.pack(whole(S1, [state])))
        assert opened.values_at(0) == state.values
        assert layout.pack(opened).tolist() == layout.pack(whole(S1, [state])).tolist()
        state = step(S1, state, chance.choice(open_choices(S1, state)))


def test_keys_of_老楼新梯_fit() -> None:  # noqa: N802 - the story's name
    assert max(layout.bits for layout in lay_out(S1).values()) <= KEY_BITS


def test_flag_that_nothing_reads_any_more_is_left_out() -> None:
    layouts = lay_out(S1)
    bit = S1.flags["vendor"].bit  # read on the way out of N04 only
    kept = {key: any(bit >> run.at & (1 << run.bits) - 1 for run in of.runs) for key, of in layouts.items()}
    assert {key for key, is_kept in kept.items() if is_kept} == {"N02", "N02B", "N03", "N04"}


def test_variable_that_is_neither_read_nor_moved_any_more_is_left_out(document: Any) -> None:
    del document["nodes"][0]["choices"][3]
    assert _kept(parse(document), "N01") == {"budget", "days", "sat", "trust", "comp"}
    assert _kept(parse(document), "N02") == {"days", "sat", "trust", "comp"}


def test_variable_that_a_lens_weighs_is_kept_to_the_end(document: Any) -> None:
    del document["nodes"][0]["choices"][3]
    document["lenses"] = [{"key": "one", "name": "居民", "weights": {"budget": 5}}]
    assert "budget" in _kept(parse(document), "N02")


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), circles=st.booleans())
def test_every_state_of_a_play_is_within_the_ranges(seed: int, circles: bool) -> None:
    scenario = parse(Drawing(seed, circles=circles).document())
    chance = random.Random(seed)
    state = start(scenario)
    while not state.is_ended and (choices := open_choices(scenario, state)):
        layout = lay_out(scenario, drop=False)[state.node]
        assert layout.unpack(layout.pack(whole(scenario, [state]))).values_at(0) == state.values
        state = step(scenario, state, chance.choice(choices))
