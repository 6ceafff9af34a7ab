"""Small blueprints for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import strategies as st

from assessments.blueprints import Pool


def pool(number: int, count: int, keys: str, *, points: str = "1", fixed: bool = False) -> Pool:
    """A pool whose questions are called by one letter each."""
    return Pool(number, count, Decimal(points), tuple(keys), fixed=fixed)


def all_of(pools: tuple[Pool, ...]) -> dict[str, int]:
    """Every question of the pools, of difficulty 3."""
    return {key: 3 for each in pools for key in each.keys}


def spread_out(pools: tuple[Pool, ...]) -> Mapping[str, int]:
    """Every question of the pools, of difficulties 1 to 5 in turn."""
    keys = sorted({key for each in pools for key in each.keys})
    return {key: place % 5 + 1 for place, key in enumerate(keys)}


@st.composite
def small_pools(draw: st.DrawFn, *, most: int = 4) -> tuple[Pool, ...]:
    """One to four sections over seven questions, whether they can be filled or not."""
    letters = st.sets(st.sampled_from("abcdefg"))
    sections = draw(st.lists(st.tuples(letters, st.integers(1, most)), min_size=1, max_size=4))
    return tuple(
        Pool(number, count, Decimal(number), tuple(sorted(keys)))
        for number, (keys, count) in enumerate(sections, start=1)
    )
