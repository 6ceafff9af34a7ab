"""Papers: full, without repeats, the same for one seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.blueprints import Blueprint, NoPaper, Pool, Tolerance, draw, shortages
from assessments.blueprints.drawing import mean_difficulty
from tests.assessments.blueprints.blueprints import all_of, pool, small_pools, spread_out

RATES = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 9999))


@given(pools=small_pools(most=3), seed=st.text(max_size=8), rates=RATES)
@settings(max_examples=400)
def test_a_paper_is_full_and_asks_nothing_twice_whatever_the_control_says(
    pools: tuple[Pool, ...], seed: str, rates: dict[str, int]
) -> None:
    assume(not shortages(pools))
    paper = draw(Blueprint(pools, all_of(pools), rates), seed)
    assert {number: len(keys) for number, keys in paper.places.items()} == {
        each.number: each.count for each in pools
    }
    drawn = [key for keys in paper.places.values() for key in keys]
    assert len(set(drawn)) == len(drawn)
    assert all(set(paper.places[each.number]) <= set(each.keys) for each in pools)


@given(pools=small_pools(most=3), seed=st.text(max_size=8))
def test_a_paper_depends_on_the_seed_and_the_questions_alone(pools: tuple[Pool, ...], seed: str) -> None:
    assume(not shortages(pools))
    blueprint = Blueprint(pools, spread_out(pools))
    turned = tuple(replace(each, keys=each.keys[::-1]) for each in pools)
    other = Blueprint(turned, dict(reversed(blueprint.difficulty.items())))
    assert draw(blueprint, seed) == draw(other, seed)


def test_a_seed_gives_this_paper_on_every_machine() -> None:
    pools = (pool(1, 3, "abcdefgh"), pool(2, 2, "efghij", points="2.5"))
    blueprint = Blueprint(pools, spread_out(pools), {"a": 5000}, Tolerance(Decimal("2.9"), Decimal("0.3")))
    papers = {seed: draw(blueprint, seed) for seed in ("5eed", "0")}
    assert {seed: (dict(paper.places), paper.tries) for seed, paper in papers.items()} == {
        "5eed": ({1: ("c", "b", "d"), 2: ("f", "i")}, 6),
        "0": ({1: ("d", "c", "b"), 2: ("h", "g")}, 1),
    }


def test_a_blueprint_that_cannot_be_filled_has_no_paper() -> None:
    pools = (pool(1, 2, "ab"), pool(2, 1, "a"))
    with pytest.raises(NoPaper, match="section 2"):
        draw(Blueprint(pools, all_of(pools)), "1")


def test_sections_give_way_where_one_finds_everything_taken() -> None:
    pools = (pool(1, 1, "ab"), pool(2, 1, "bc"), pool(3, 1, "ca"))
    papers = [draw(Blueprint(pools, all_of(pools)), str(seed)).places for seed in range(60)]
    found = {tuple(keys[0] for keys in places.values()) for places in papers}
    assert found == {("a", "b", "c"), ("b", "c", "a")}


def test_every_question_of_a_pool_is_drawn_about_as_often() -> None:
    pools = (pool(1, 3, "abcdefghij"),)
    blueprint = Blueprint(pools, all_of(pools))
    drawn = Counter(key for seed in range(1000) for key in draw(blueprint, str(seed)).places[1])
    assert all(250 <= drawn[key] <= 350 for key in "abcdefghij")


def test_lots_are_drawn_again_until_the_paper_lies_within_tolerance() -> None:
    pools = (pool(1, 2, "abcdefghij"),)
    blueprint = Blueprint(pools, spread_out(pools), tolerance=Tolerance(Decimal(3), Decimal("0.5")))
    papers = [draw(blueprint, str(seed)) for seed in range(200)]
    assert all(Decimal("2.5") <= paper.difficulty <= Decimal("3.5") for paper in papers)
    assert max(paper.tries for paper in papers) > 1
    assert len({tuple(sorted(paper.places[1])) for paper in papers}) > 5


def test_a_tolerance_nothing_meets_has_no_paper() -> None:
    pools = (pool(1, 2, "abc"),)
    blueprint = Blueprint(pools, all_of(pools), tolerance=Tolerance(Decimal(1), Decimal("0.5")))
    with pytest.raises(NoPaper, match="tolerance"):
        draw(blueprint, "1")


def test_the_difficulty_of_a_paper_is_weighted_by_points() -> None:
    pools = (pool(1, 1, "a"), pool(2, 1, "b", points="3"))
    blueprint = Blueprint(pools, {"a": 1, "b": 5})
    assert mean_difficulty(blueprint, {1: ["a"], 2: ["b"]}) == Decimal(4)
