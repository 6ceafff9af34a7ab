"""Ordering."""

from decimal import Decimal
from itertools import permutations

import pytest

from assessments.items import ItemInvalid, ResponseInvalid, item_type

ORDERING = item_type("ordering")
BODY = {"stem": "排一排", "options": [{"id": f"s{n}", "text": f"第{n}步"} for n in range(1, 7)]}
RIGHT = ["s2", "s4", "s6", "s1", "s3", "s5"]
ALSO = ["s2", "s6", "s4", "s1", "s3", "s5"]
KEY = {"rule": "adjacent_pair", "orders": [RIGHT, ALSO]}


@pytest.mark.parametrize(
    ("response", "points", "verdict"),
    [
        ("s2 s4 s6 s1 s3 s5", "3", "right"),
        ("s2 s6 s4 s1 s3 s5", "3", "right"),
        ("s2 s4 s6 s3 s1 s5", "2", "near"),
        ("s4 s2 s6 s1 s3 s5", "2", "near"),
        ("s2 s6 s4 s1 s5 s3", "2", "near"),
        ("s4 s2 s6 s3 s1 s5", "0", "wrong"),
        ("s6 s4 s2 s1 s3 s5", "0", "wrong"),
        ("s5 s3 s1 s6 s4 s2", "0", "wrong"),
    ],
)
def test_ordering_scores_exact_near_or_nothing(response, points, verdict):
    score = ORDERING.score(BODY, KEY, response.split(), Decimal(3))
    assert (score.points, score.max, score.detail) == (Decimal(points), Decimal(3), {"order": verdict})


def test_ordering_unanswered_scores_nothing():
    assert ORDERING.score(BODY, KEY, None, Decimal(3)).points == 0


def test_ordering_exact_rule_gives_nothing_for_a_near_miss():
    key = {"rule": "exact", "orders": [RIGHT]}
    assert ORDERING.score(BODY, key, ALSO, Decimal(3)).points == 0
    assert ORDERING.score(BODY, key, RIGHT, Decimal(3)).points == 3


def test_ordering_random_guess_is_the_mean_over_all_orders():
    ids = [option["id"] for option in BODY["options"]]
    scores = [ORDERING.score(BODY, KEY, list(order), Decimal(3)).points for order in permutations(ids)]
    assert ORDERING.random_guess_score(BODY, KEY, Decimal(3)) == (sum(scores) / 720).quantize(
        Decimal("0.000001")
    )
    assert ORDERING.random_guess_score(BODY, {"rule": "exact", "orders": [RIGHT]}, Decimal(3)) == Decimal(
        "0.004167"
    )


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (RIGHT, RIGHT),
        ({"s1": "4", "s2": "1", "s3": "5", "s4": "2", "s5": "6", "s6": 3}, RIGHT),
        ({f"s{n}": "" for n in range(1, 7)}, None),
        ([], None),
        (None, None),
    ],
)
def test_ordering_response_is_a_sequence_or_places(raw, clean):
    assert ORDERING.clean_response(BODY, raw) == clean


@pytest.mark.parametrize(
    "raw",
    [
        RIGHT[:5],
        [*RIGHT[:5], "s2"],
        [*RIGHT, "s2"],
        [*RIGHT[:5], "s9"],
        "s2,s4,s6",
        7,
        [1, 2, 3, 4, 5, 6],
        [["s1"], ["s2"]],
        {f"s{n}": "1" for n in range(1, 7)},
        {f"s{n}": str(n + 1) for n in range(1, 7)},
        {**{f"s{n}": str(n) for n in range(1, 6)}, "s6": ""},
        {f"s{n}": str(n) for n in range(1, 6)},
        {f"x{n}": str(n) for n in range(1, 7)},
        {1: "1", "s2": "2"},
        {"s1": "²"},
    ],
)
def test_ordering_refuses_what_is_not_an_order_of_all_steps(raw):
    with pytest.raises(ResponseInvalid):
        ORDERING.clean_response(BODY, raw)


@pytest.mark.parametrize(
    ("orders", "problems"),
    [
        ([], ["key.orders"]),
        ("s1", ["key.orders"]),
        ([RIGHT[:5]], ["key.orders[0]"]),
        ([RIGHT, "s1"], ["key.orders[1]"]),
        ([RIGHT, [*RIGHT[:5], "s9"]], ["key.orders[1]"]),
        ([[*RIGHT, "s2"]], ["key.orders[0]"]),
    ],
)
def test_ordering_validate_refuses_orders_that_are_not_complete(orders, problems):
    with pytest.raises(ItemInvalid) as caught:
        ORDERING.validate(BODY, {"rule": "exact", "orders": orders})
    assert [field for field, _ in caught.value.problems] == problems


def test_ordering_summary_reads_as_a_sequence():
    assert ORDERING.summarise(BODY, ["s2", "s1"]) == "第2步 → 第1步"
    assert ORDERING.summarise(BODY, None) == ""


def test_ordering_explanation_follows_the_numbers_the_candidate_saw():
    key = KEY | {"explanation_cites_options": True}
    shown = ["s6", "s5", "s4", "s3", "s2", "s1"]
    assert ORDERING.explain(BODY, key, "故④⑥可互换", shown) == "故③①可互换"


@pytest.mark.parametrize(
    ("response", "points"),
    [
        ("s2 s4 s6 s1 s3 s5", "5"),
        ("s4 s6 s1 s3 s5 s2", "4"),
        ("s6 s2 s4 s1 s5 s3", "3"),
        ("s5 s3 s1 s6 s4 s2", "0"),
    ],
)
def test_longest_run_pays_for_every_step_after_the_first_that_stands_in_order(response, points):
    key = {"rule": "longest_run", "orders": [RIGHT]}
    assert ORDERING.score(BODY, key, response.split(), Decimal(5)).points == Decimal(points)


def test_longest_run_random_guess_is_the_mean_over_all_orders():
    key = {"rule": "longest_run", "orders": [RIGHT, ALSO]}
    ids = [option["id"] for option in BODY["options"]]
    scores = [ORDERING.score(BODY, key, list(order), Decimal(5)).points for order in permutations(ids)]
    assert ORDERING.random_guess_score(BODY, key, Decimal(5)) == (sum(scores) / 720).quantize(
        Decimal("0.000001")
    )
