"""What is short, compared with every set of sections there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.blueprints import Pool, Shortage, shortages
from tests.assessments.blueprints.blueprints import pool, small_pools


def subsets(pools: tuple[Pool, ...]) -> Iterator[tuple[Pool, ...]]:
    return chain.from_iterable(combinations(pools, size) for size in range(1, len(pools) + 1))


def lacking(pools: tuple[Pool, ...], share: Fraction = Fraction(1)) -> Fraction:
    """How much more these ask for than fits any of them."""
    fitting = {key for each in pools for key in each.keys}
    return sum(each.count for each in pools) - share * len(fitting)


def can_be_filled(pools: tuple[Pool, ...], taken: frozenset[str] = frozenset()) -> bool:
    """By trying everything."""
    if not pools:
        return True
    first, *rest = pools
    return any(
        can_be_filled(tuple(rest), taken | set(choice))
        for choice in combinations([key for key in first.keys if key not in taken], first.count)
    )


@given(pools=small_pools())
@settings(max_examples=300)
def test_nothing_is_short_exactly_when_a_paper_exists(pools: tuple[Pool, ...]) -> None:
    assert (shortages(pools) == ()) is can_be_filled(pools)


@given(pools=small_pools(), share=st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2, 7)]))
@settings(max_examples=300)
def test_shortages_add_up_to_what_the_worst_set_of_sections_lacks(
    pools: tuple[Pool, ...], share: Fraction
) -> None:
    found = shortages(pools, share=share)
    worst = max(Fraction(0), *(lacking(each, share) for each in subsets(pools)))
    assert sum(each.asked - share * each.fitting for each in found) == worst


@given(pools=small_pools())
@settings(max_examples=300)
def test_the_first_shortage_is_exact_and_no_part_of_it_lacks_anything(pools: tuple[Pool, ...]) -> None:
    for first in shortages(pools)[:1]:
        named = tuple(each for each in pools if each.number in first.sections)
        assert (first.short, first.needed) == (lacking(named), 0)
        assert all(lacking(part) <= 0 for part in subsets(named) if part != named)


def test_sections_that_are_short_together_only_are_named_together() -> None:
    pools = (pool(1, 2, "xyz"), pool(2, 6, "abcdefg"), pool(3, 1, "x"), pool(4, 6, "cdefghi"))
    assert shortages(pools) == (Shortage((2, 4), asked=12, fitting=9),)


def test_a_section_that_is_short_by_itself_does_not_drag_in_its_neighbours() -> None:
    pools = (pool(1, 5, "abc"), pool(2, 2, "abcdefg"))
    assert shortages(pools) == (Shortage((1,), asked=5, fitting=3),)


def test_a_second_shortage_counts_what_the_first_leaves() -> None:
    pools = (pool(1, 5, "abc"), pool(2, 5, "abcdef"))
    assert shortages(pools) == (
        Shortage((1,), asked=5, fitting=3),
        Shortage((2,), asked=5, fitting=3, needed=3),
    )


def test_independent_shortages_are_told_apart() -> None:
    pools = (pool(1, 2, "a"), pool(2, 4, "bc"), pool(3, 1, "d"))
    assert [(each.sections, each.short) for each in shortages(pools)] == [((1,), 1), ((2,), 2)]


def test_an_empty_section_lacks_everything() -> None:
    assert shortages((pool(1, 3, ""),)) == (Shortage((1,), asked=3, fitting=0),)


@pytest.mark.parametrize(("count", "held"), [(4, True), (5, False)])
def test_a_share_lets_questions_be_used_in_part(count: int, held: bool) -> None:
    assert (shortages((pool(1, count, "abcdefgh"),), share=Fraction(1, 2)) == ()) is held


def test_fifty_sections_over_five_thousand_questions_take_no_time() -> None:
    keys = [f"Q-{number:04d}" for number in range(5000)]
    pools = tuple(
        Pool(number, 100, Decimal(1), tuple(keys[start::7] + keys[number * 40 : number * 40 + 300]))
        for number, start in zip(range(1, 51), [n % 7 for n in range(50)], strict=True)
    )
    started = time.process_time()
    assert shortages(pools) == ()
    assert sum(each.short for each in shortages((*pools, Pool(51, 9, Decimal(1), ())))) == 9
    assert time.process_time() - started < 3
