"""Matching."""

from decimal import Decimal

import pytest

from assessments.items import ItemInvalid, ResponseInvalid, item_type

MATCHING = item_type("matching")
BODY = {
    "stem": "配一配",
    "left": [{"id": f"l{n}", "text": f"目的{n}"} for n in range(1, 6)],
    "right": [{"id": f"r{n}", "text": f"图{n}"} for n in range(1, 6)],
}
PAIRS = {"l1": "r4", "l2": "r1", "l3": "r5", "l4": "r3", "l5": "r2"}
KEY = {"rule": "per_pair", "pairs": PAIRS}


@pytest.mark.parametrize(
    ("response", "points"),
    [
        (PAIRS, "5"),
        ({**PAIRS, "l1": "r1", "l2": "r4"}, "3"),
        ({"l1": "r4"}, "1"),
        (dict.fromkeys(PAIRS, "r4"), "1"),
        ({"l1": "r1", "l2": "r4"}, "0"),
        (None, "0"),
    ],
)
def test_matching_scores_pair_by_pair(response, points):
    assert MATCHING.score(BODY, KEY, response, Decimal(5)).points == Decimal(points)


def test_matching_share_of_uneven_points_is_rounded_to_the_hundredth():
    key = {"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r2", "l3": "r3"}}
    assert MATCHING.score(BODY, key, {"l1": "r1", "l2": "r2"}, Decimal(1)).points == Decimal("0.67")


def test_matching_detail_says_how_each_pair_came_out():
    score = MATCHING.score(BODY, KEY, {"l1": "r4", "l2": "r2"}, Decimal(5))
    assert score.detail == {"l1": "right", "l2": "wrong", "l3": "missed", "l4": "missed", "l5": "missed"}


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"l2": "r1", "l1": "r4"}, {"l1": "r4", "l2": "r1"}),
        ({"l1": "r4", "l2": ""}, {"l1": "r4"}),
        ({"l1": "r4", "l2": "r4"}, {"l1": "r4", "l2": "r4"}),
        ({"l1": ""}, None),
        ({}, None),
        (None, None),
        ("", None),
    ],
)
def test_matching_response_is_normalised(raw, clean):
    assert MATCHING.clean_response(BODY, raw) == clean


@pytest.mark.parametrize(
    "raw",
    [
        {"l1": "r9"},
        {"l9": "r1"},
        {"r1": "l1"},
        [["l1", "r4"]],
        "l1-r4",
        5,
        {"l1": ["r4"]},
        {1: "r1"},
        {"l1": 4},
    ],
)
def test_matching_refuses_unknown_partners_and_other_shapes(raw):
    with pytest.raises(ResponseInvalid):
        MATCHING.clean_response(BODY, raw)


@pytest.mark.parametrize(
    ("pairs", "problems"),
    [
        ({**PAIRS, "l1": "r9"}, ["key.pairs.l1"]),
        ({"l1": "r1"}, ["key.pairs"]),
        ([["l1", "r1"]], ["key.pairs"]),
        ({**PAIRS, "l1": ["r1"]}, ["key.pairs.l1"]),
    ],
)
def test_matching_validate_asks_for_one_known_partner_each(pairs, problems):
    with pytest.raises(ItemInvalid) as caught:
        MATCHING.validate(BODY, {"rule": "per_pair", "pairs": pairs})
    assert [field for field, _ in caught.value.problems] == problems


def test_matching_shuffles_the_right_side_only():
    order = MATCHING.option_order(BODY, 7)
    shown = MATCHING.present(BODY, order)
    assert [entry["id"] for entry in shown["left"]] == ["l1", "l2", "l3", "l4", "l5"]
    assert [entry["id"] for entry in shown["right"]] == order
    assert sorted(order) == ["r1", "r2", "r3", "r4", "r5"]


def test_matching_guess_and_summary():
    assert MATCHING.random_guess_score(BODY, KEY, Decimal(5)) == Decimal(1)
    assert MATCHING.summarise(BODY, {"l1": "r4", "l2": "r1"}) == "目的1 → 图4；目的2 → 图1"
