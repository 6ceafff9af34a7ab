"""The course on renovation policy: its numbers counted again by the rule it teaches (民法典 278), and what it holds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook  # type: ignore[import-untyped]

from cms.demo.pack import PACK, policy_files, read_json, read_yaml

COURSE = PACK / "courses" / "renovation-policy"
Sizes = dict[int, int]  # square metres → how many flats
ALTERATION = Fraction(3, 4)


def area(flats: Sizes) -> int:
    return sum(size * number for size, number in flats.items())


def outcome(
    everybody: Sizes,
    taking_part: Sizes,
    agreeing: Sizes,
    *,
    owners: int | None = None,
    votes: int | None = None,
) -> str:
    """Where the vote on an alteration ends. `owners` and `votes` differ from the flats when someone has several."""
    people, present = owners or sum(everybody.values()), votes or sum(taking_part.values())
    if present < people * Fraction(2, 3):
        return "too few people"
    if area(taking_part) < area(everybody) * Fraction(2, 3):
        return "too little area"
    if sum(agreeing.values()) < present * ALTERATION:
        return "too few agree"
    return "too little area agrees" if area(agreeing) < area(taking_part) * ALTERATION else "passed"


@pytest.mark.parametrize(
    ("told_in", "everybody", "taking_part", "agreeing", "expected"),
    [
        ("lesson 2", {86: 6, 58: 6}, {86: 6, 58: 6}, {86: 3, 58: 6}, "too little area agrees"),
        ("lesson 2, one more", {86: 6, 58: 6}, {86: 6, 58: 6}, {86: 4, 58: 6}, "passed"),
        ("lesson 2, eight come", {86: 6, 58: 6}, {86: 2, 58: 6}, {86: 2, 58: 6}, "too little area"),
        ("lesson 2, nine come", {86: 6, 58: 6}, {86: 3, 58: 6}, {86: 3, 58: 4}, "passed"),
        ("CHK-RP-02", {100: 4, 60: 6}, {100: 2, 60: 6}, {100: 1, 60: 6}, "passed"),
        ("REN-S-101", {95: 4, 60: 6}, {95: 2, 60: 6}, {60: 6}, "too little area agrees"),
        ("REN-S-107, six", {70: 12}, {70: 8}, {70: 6}, "passed"),
        ("REN-S-107, five", {70: 12}, {70: 8}, {70: 5}, "too few agree"),
    ],
)
def test_a_vote_ends_as_it_is_told(
    told_in: str, everybody: Sizes, taking_part: Sizes, agreeing: Sizes, expected: str
) -> None:
    assert outcome(everybody, taking_part, agreeing) == expected


def test_the_case_fails_by_one_person_while_its_area_is_exactly_enough() -> None:
    flats, valid = {90: 6, 60: 6}, {90: 4, 60: 4}
    assert area(valid) == area(flats) * Fraction(2, 3)
    assert outcome(flats, valid, {90: 3, 60: 4}, owners=11, votes=7) == "too few people"
    assert outcome(flats, {90: 4, 60: 5}, {90: 3, 60: 5}) == "passed"  # as the stairwell leader counted


def test_the_ballot_sheet_shows_the_vote_of_the_lesson() -> None:
    sheet = load_workbook(COURSE / "双门槛计票表.xlsx", data_only=True)["样例"]
    rows = [[cell.value for cell in row] for row in sheet["A4:E15"]]
    agreed = sum(size for _room, size, _people, present, agrees in rows if present == agrees == "是")
    shown = [[cell.value for cell in row] for row in sheet["H4:K7"]]
    assert shown == [[12, 8, 12, "过"], [864, 576, 864, "过"], [12, 9, 9, "过"], [864, 648, 606, "没过"]]
    assert agreed == 606


def test_the_three_ways_to_share_come_to_the_same_sum() -> None:
    shares = {1: 0, 2: 8, 3: 14, 4: 20, 5: 26, 6: 32}
    by_floor = {
        (floor, size): Fraction(36 * share * size, 100 * (86 + 58))
        for floor, share in shares.items()
        for size in (86, 58)
    }
    table = next(block for block in lesson(4)["blocks"] if block["id"] == "sharing-table")["value"]["rows"]
    assert sum(by_floor.values()) == 36
    assert [row[3] for row in table[1:4]] == [
        f"{float(by_floor[key]):.2f}" for key in ((2, 86), (4, 58), (6, 86))
    ]
    assert [row[2] for row in table[:3]] == [f"{36 * size / 864:.2f}" for size in (86, 86, 58)]


def lesson(number: int) -> Any:
    return yaml.safe_load((COURSE / f"lesson-{number}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(1, 7))
def test_a_lesson_has_a_drawing_key_points_a_check_and_something_to_do(number: int) -> None:
    blocks = lesson(number)["blocks"]
    assert {"text", "image", "table", "key_points", "self_check"} <= {block["type"] for block in blocks}
    assert [block["id"] for block in blocks if block["id"] in {"opening", "try-it"}] == ["opening", "try-it"]
    assert 8 <= lesson(number)["minutes"] <= 15


def test_the_last_lesson_leads_into_the_scenario() -> None:
    last = lesson(6)["blocks"][-1]
    assert (last["type"], last["value"]["key"]) == ("scenario", "S1")


def test_every_self_check_is_asked_once() -> None:
    asked = [
        block["value"]["question"]
        for number in range(1, 7)
        for block in lesson(number)["blocks"]
        if block["type"] == "self_check"
    ]
    assert asked == [item["key"] for item in read_json("selfchecks/renovation-policy.json")]


def test_every_chain_of_the_course_has_three_levels_and_unverified_clauses_say_so() -> None:
    policies = [
        read_yaml(path.relative_to(PACK)) for path in policy_files() if path.name.startswith("renovation")
    ]
    clauses = {clause["key"]: clause for document in policies for clause in document["clauses"]}
    chains = [chain for document in policies for chain in document["chains"]]
    levels = [{clauses[key]["level"] for key in chain["clauses"]} for chain in chains]
    assert levels == [{"central", "local", "community"}] * len(chains)
    below = [clause for clause in clauses.values() if clause["level"] != "central"]
    assert [clause["key"] for clause in below if clause["verified"] or "教学示例" not in clause["note"]] == []
    assert [clause["key"] for clause in clauses.values() if not clause["note"]] == []
