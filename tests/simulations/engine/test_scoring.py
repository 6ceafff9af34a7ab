from fractions import Fraction
from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.paths import parse_path, play_path
from simulations.engine.play import Unfinished, replay, start
from simulations.engine.scenario import Scenario
from simulations.engine.scoring import Outcome, round_half_up, score

Document = dict[str, Any]
PUT_OFF = "N01b,N02d,N03d,N04c,N06d,N07c,N08d"


def outcome_of(document: Document, choices: str = "aa", view: str = "") -> Outcome:
    scenario = parse(document)
    return score(scenario, replay(scenario, choices), view)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("6.25", "6.3"), ("6.249", "6.2"), ("90.65", "90.7"), ("0.05", "0.1"), ("100", "100")],
)
def test_halves_round_upward(value: str, rounded: str) -> None:
    assert round_half_up(Fraction(value), 1) == Fraction(rounded)


@pytest.mark.parametrize(("days", "base"), [(60, 88), (30, 88), (29, 87.47), (15, 80), (0, 72), (-1, 48)])
def test_base_falls_with_the_days_left(document: Document, days: int, base: float) -> None:
    document["vars"]["days"]["init"] = days
    document["global_end"] = []
    assert outcome_of(document).base == base


def test_total_weighs_base_process_and_result(document: Document) -> None:
    outcome = outcome_of(document)
    assert (outcome.base, outcome.process, outcome.result, outcome.total) == (88, 100, 50, 76.4)


def test_result_is_weakened_by_the_endings_factor(document: Document) -> None:
    document["nodes"][0]["choices"][0]["set"] = []
    outcome = outcome_of(document)
    assert (outcome.ending, outcome.result, outcome.total) == ("OTHER", 25, 66.4)


def test_total_stops_at_the_endings_cap(document: Document) -> None:
    document["endings"][0]["cap"] = 70
    assert outcome_of(document).total == 70


def test_leaves_count_only_the_nodes_passed(document: Document) -> None:
    document["nodes"][1]["choices"].append(
        {"id": "b", "text": "更好", "score": {"zc": 1, "sg": 3}, "effects": [], "next": "END"}
    )
    outcome = outcome_of(document)
    assert outcome.leaf == {"LAW": 75.0, "SWK": 50.0, "DIG": 100.0, "EMP": 100.0}
    assert outcome.views["A"] == {"专业": 60.0, "技术": 100.0, "共情": 100.0}


def test_choice_out_of_reach_still_counts_for_the_most(document: Document) -> None:
    document["nodes"][0]["choices"][0]["score"]["zc"] = 1
    document["nodes"][0]["choices"][2]["score"]["zc"] = 3
    assert outcome_of(document).leaf["LAW"] == 33.3


def test_leaf_without_points_on_offer_is_none_and_judges_nobody(document: Document) -> None:
    document["nodes"][0]["choices"][0]["score"]["sz"] = 0
    outcome = outcome_of(document)
    assert outcome.leaf["DIG"] is None
    assert outcome.views["A"] == {"专业": 100.0, "技术": None, "共情": 100.0}
    assert (outcome.process, outcome.passed) == (100, True)


def test_play_in_which_nothing_was_on_offer_is_not_passed(document: Document) -> None:
    document["nodes"][0]["choices"][0]["score"] = {}
    document["vars"]["sat"]["init"] = document["vars"]["trust"]["init"] = 100
    outcome = outcome_of(document)
    assert outcome.total == 66.4
    assert outcome.reasons == ("no axis of the view was judged",)


def test_other_view_gives_other_axes_to_the_process(document: Document) -> None:
    document["views"]["B_一轴"] = {"政策": ["zc"]}
    document["nodes"][0]["choices"][0]["score"] = {"zc": 3}
    document["nodes"][0]["choices"][1]["score"] = {"zc": 1, "sg": 3, "sz": 3, "gq": 3}
    assert outcome_of(document, view="B").process == 100
    assert outcome_of(document, view="A").process == 16.67


def test_unfinished_play_has_no_score(s1: Scenario) -> None:
    with pytest.raises(Unfinished):
        score(s1, start(s1))


@pytest.mark.parametrize(
    ("path", "reasons"),
    [
        (PUT_OFF, ()),
        (
            "N01d,N02d,N03d,N04c,N06a,N07d,N08d",
            ("the ending E3 counts only after one of: 已逐户入户建档、已听到一楼排水旧账",),
        ),
        (
            "N01a,N02a,N03d,N04b,N05b,N06a,N07c,N08b,N09c,N10d,N11c,N13b,N14d,N15c,N16a",
            ("技术能力 46.7 is below 50.0",),
        ),
        (
            "N01b,N02b,N03c,N04c,N06a,N07c,N08b,N09c,N10d,N11c,N13b,N14d,N15a,N16b",
            ("the ending E5 is not a pass", "total 50.0 is below 60.0"),
        ),
        ("N01b,N02a,N03d,N04c,N06c,N07d,N08d", ("total 59.8 is below 60.0",)),
    ],
)
def test_pass_needs_total_axes_ending_and_for_e3_a_deed(
    s1: Scenario, path: str, reasons: tuple[str, ...]
) -> None:
    outcome = play_path(s1, parse_path(path))
    assert (outcome.passed, outcome.reasons) == (not reasons, reasons)


def test_failing_ending_is_no_pass_however_many_points(document: Document) -> None:
    document["scoring"] = {"fail_endings": ["GOOD"]}
    outcome = outcome_of(document)
    assert (outcome.total, outcome.reasons) == (76.4, ("the ending GOOD is not a pass",))


def test_deed_that_was_undone_later_still_counts(s1_document: Document) -> None:
    for node in s1_document["nodes"]:
        if node["id"] == "N08":
            node["choices"][3]["clear"] = ["survey"]
    outcome = play_path(parse(s1_document), parse_path(PUT_OFF))
    assert ("survey" in outcome.flags, outcome.passed) == (False, True)


def test_whole_variables_end_as_ints_others_as_floats(s1: Scenario) -> None:
    final = play_path(s1, parse_path(PUT_OFF)).final
    assert {key: type(value) for key, value in final.items()} == {
        "budget": float,
        **dict.fromkeys(("days", "sat", "trust", "comp", "agree", "low"), int),
    }
