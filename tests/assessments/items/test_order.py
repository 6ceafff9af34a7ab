"""The order in which a candidate sees the options."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.items import item_type

BODY = {"stem": "选一项", "options": [{"id": f"o{n}", "text": f"第{n}项"} for n in range(1, 6)]}
SINGLE = item_type("single")


def test_order_of_a_seed_is_this_one():
    assert SINGLE.option_order(BODY, "attempt-1:BASE-S-001") == ["o5", "o1", "o4", "o2", "o3"]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_order_is_the_same_in_another_process(hash_seed):
    code = (
        "from assessments.items import item_type;"
        "b = {'stem': '选一项', 'options': [{'id': f'o{n}', 'text': str(n)} for n in range(1, 6)]};"
        "print(','.join(item_type('single').option_order(b, 'attempt-1:BASE-S-001')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert done.stdout == "o5,o1,o4,o2,o3\n"


@given(st.text() | st.integers())
def test_order_is_a_permutation_that_ignores_the_stored_order(seed):
    backwards = {**BODY, "options": BODY["options"][::-1]}
    order = SINGLE.option_order(BODY, seed)
    assert sorted(order) == ["o1", "o2", "o3", "o4", "o5"]
    assert SINGLE.option_order(backwards, seed) == order


def test_every_option_comes_first_about_equally_often():
    firsts = Counter(SINGLE.option_order(BODY, seed)[0] for seed in range(1000))
    assert sorted(firsts) == ["o1", "o2", "o3", "o4", "o5"]
    assert min(firsts.values()) > 150
    assert max(firsts.values()) < 250


def test_options_marked_as_fixed_keep_their_order():
    fixed = {**BODY, "shuffle": False}
    assert SINGLE.option_order(fixed, "any") == ["o1", "o2", "o3", "o4", "o5"]


def test_present_refuses_an_order_that_is_not_a_permutation():
    for order in ([], ["o1"], ["o1", "o1", "o2", "o3", "o4"], ["o1", "o2", "o3", "o4", "o9"]):
        with pytest.raises(ValueError, match="not a permutation"):
            SINGLE.present(BODY, order)


def test_present_lays_options_out_in_the_order_given():
    assert SINGLE.present(BODY, ["o5", "o4", "o3", "o2", "o1"]) == {
        "type": "single",
        "stem": "选一项",
        "options": [{"id": f"o{n}", "text": f"第{n}项"} for n in (5, 4, 3, 2, 1)],
    }
