"""The cap on how many papers a question stands on."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.blueprints import Blueprint, Pool, draw, prove, shortages
from assessments.blueprints.exposure import Series, groups_of, measure
from tests.assessments.blueprints.blueprints import all_of, pool, small_pools, spread_out

LEFT, RIGHT = "abcdefghij", "klmnopqrst"


def shares(blueprint: Blueprint, papers: int = 600) -> dict[str, float]:
    """On what share of fresh papers, of seeds the proof has not seen, each question stands."""
    drawn = Counter(
        key
        for seed in range(papers)
        for keys in draw(blueprint, f"new{seed}").places.values()
        for key in keys
    )
    return {key: drawn[key] / papers for key in blueprint.difficulty}


def test_questions_that_fit_two_sections_are_kept_to_the_cap() -> None:
    pools = (pool(1, 5, LEFT), pool(2, 5, LEFT + RIGHT))
    difficulty = all_of(pools)
    free = prove(pools, difficulty)
    assert free.highest is not None
    assert free.highest.share > Fraction(53, 100)
    proof = prove(pools, difficulty, cap=Decimal(53))
    assert proof.problems == ()
    assert proof.highest is not None
    assert proof.highest.share <= Fraction(53, 100)
    seen = shares(proof.blueprint)
    assert sum(seen[key] for key in LEFT) / 10 <= 0.54


def test_without_need_nothing_is_controlled() -> None:
    pools = (pool(1, 5, LEFT),)
    assert prove(pools, all_of(pools), cap=Decimal(50)).blueprint.rates == {}


@pytest.mark.parametrize(("cap", "told"), [("50", ()), ("49.9", ("1", "5", "10", "49.9", "11"))])
def test_a_cap_below_what_a_section_asks_for_is_refused_by_arithmetic(
    cap: str, told: tuple[str, ...]
) -> None:
    pools = (pool(1, 5, LEFT), pool(2, 1, RIGHT))
    problems = prove(pools, all_of(pools), cap=Decimal(cap)).problems
    names = ("sections", "asked", "fitting", "cap", "wanted")
    assert [tuple(str(each.params[name]) for name in names) for each in problems] == ([told] if told else [])


def test_sections_that_only_together_ask_for_too_much_are_named_together() -> None:
    pools = (pool(1, 4, LEFT), pool(2, 4, LEFT))
    (problem,) = prove(pools, all_of(pools), cap=Decimal(60)).problems
    assert str(problem).startswith("Sections 1 and 2 together ask for 8 of 10 questions")


def test_what_an_author_puts_on_every_paper_is_not_meant_by_the_cap() -> None:
    pools = (pool(1, 2, "ab", fixed=True), pool(2, 2, "abcdefgh"))
    proof = prove(pools, all_of(pools), cap=Decimal(40))
    assert proof.problems == ()
    assert proof.highest is not None
    assert (proof.highest.group.keys, proof.highest.share) == (tuple("cdefgh"), Fraction(1, 3))


def test_questions_kept_for_everybody_are_not_counted_for_a_pool() -> None:
    pools = (pool(1, 2, "ab", fixed=True), pool(2, 2, "abcd"))
    (problem,) = prove(pools, all_of(pools), cap=Decimal(60)).problems
    assert problem.params["fitting"] == 2


@given(pools=small_pools(most=2), cap=st.integers(30, 95), mixed=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_proved_cap_holds_and_one_below_the_arithmetic_is_never_proved(
    pools: tuple[Pool, ...], cap: int, mixed: bool
) -> None:
    assume(not shortages(pools))
    difficulty = spread_out(pools) if mixed else all_of(pools)
    proof = prove(pools, difficulty, cap=Decimal(cap), papers=150)
    if shortages(pools, share=Fraction(cap, 100)):
        assert proof.problems
        return
    if not proof.problems:
        fresh = [draw(proof.blueprint, f"new{seed}") for seed in range(300)]
        for each in measure(groups_of(proof.blueprint), fresh):
            assert float(each.share) <= cap / 100 + 0.1


def test_a_group_that_always_gives_the_same_number_is_measured_exactly() -> None:
    pools = (pool(1, 3, LEFT),)
    blueprint = Blueprint(pools, all_of(pools))
    (only,) = measure(groups_of(blueprint), Series(20).first(blueprint))
    assert (only.share, only.error) == (Fraction(3, 10), 0)
