"""What is shown before anybody sits an exam."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessments.blueprints import Pool, draw, prove, shortages
from tests.assessments.blueprints.blueprints import all_of, pool, small_pools, spread_out

MANY = "abcdefghijklmnopqrstuvwxyz"


def test_a_blueprint_that_cannot_be_filled_says_what_is_short() -> None:
    pools = (pool(1, 6, "abcdefg"), pool(2, 6, "cdefghi"), pool(3, 1, "x"))
    proof = prove(pools, all_of(pools))
    assert [str(each) for each in proof.problems] == [
        "Sections 1 and 2 together ask for 12 questions, 9 fit: 3 short."
    ]
    assert (proof.before, proof.exposures) == (None, ())


def test_a_second_shortage_says_what_the_first_one_needs() -> None:
    pools = (pool(1, 5, "abc"), pool(2, 5, "abcdef"))
    assert [str(each) for each in prove(pools, all_of(pools)).problems] == [
        "Section 1 asks for 5 questions, 3 fit: 2 short.",
        "Section 2 asks for 5 questions. Beside the 3 that the sections named before need, 3 fit: 2 short.",
    ]


def test_the_spread_is_told_before_and_after_papers_are_drawn_anew() -> None:
    pools = (pool(1, 4, MANY),)
    proof = prove(pools, spread_out(pools), within=Decimal("0.3"))
    assert proof.problems == ()
    assert proof.before is not None
    assert proof.after is not None
    assert proof.before.outside > 100
    assert proof.before.lowest < proof.before.mean - Decimal("0.3")
    assert proof.after.outside == 0
    assert proof.after.highest - proof.after.lowest <= Decimal("0.6")
    assert proof.most_tries > 1
    assert sum(bar.papers for bar in proof.before.bars) == proof.before.papers == 500


def test_every_paper_of_any_seed_lies_within_the_tolerance_proved() -> None:
    pools = (pool(1, 4, MANY), pool(2, 2, MANY[:9], points="3"))
    proof = prove(pools, spread_out(pools), within=Decimal("0.3"), cap=Decimal(40))
    assert proof.problems == ()
    tolerance = proof.blueprint.tolerance
    assert tolerance is not None
    for seed in range(300):
        paper = draw(proof.blueprint, f"new{seed}")
        assert abs(paper.difficulty - tolerance.centre) <= tolerance.within


def test_a_tolerance_that_most_papers_miss_is_refused_with_one_that_is_kept() -> None:
    pools = (pool(1, 2, MANY),)
    (problem,) = prove(pools, spread_out(pools), within=Decimal("0.05")).problems
    wider = Decimal(str(problem.params["usual"]))
    assert prove(pools, spread_out(pools), within=wider).problems == ()


def test_fixed_questions_only_make_one_paper() -> None:
    pools = (pool(1, 3, "abc", fixed=True),)
    proof = prove(pools, spread_out(pools), within=Decimal("0"), cap=Decimal(1))
    assert proof.problems == ()
    assert proof.before is not None
    assert (proof.before.lowest, proof.before.highest, proof.before.deviation) == (2, 2, 0)
    assert proof.highest is None


@given(
    pools=small_pools(most=2),
    within=st.none() | st.just(Decimal("0.5")),
    cap=st.none() | st.just(Decimal(80)),
)
@settings(max_examples=40, deadline=None)
def test_the_same_pools_give_the_same_proof(
    pools: tuple[Pool, ...], within: Decimal | None, cap: Decimal | None
) -> None:
    difficulty = spread_out(pools)
    one = prove(pools, difficulty, within=within, cap=cap, papers=30)
    assert one == prove(pools, dict(reversed(difficulty.items())), within=within, cap=cap, papers=30)
    assert bool(one.shortages) is bool(shortages(pools))
    assume(one.after is not None)
    assert one.after is not None
    assert one.after.outside == 0
