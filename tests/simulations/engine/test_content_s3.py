"""桶边的一百天 as it ships: the ways to its endings, no way to pass without reading, and what its story promises."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulations.engine.consequences import Kind, find_consequences
from simulations.engine.document import parse
from simulations.engine.lenses import value
from simulations.engine.paths import parse_path, play_path, walk
from simulations.engine.proof.strategies import Pick, picks, play_by
from simulations.engine.scenario import Choice, Scenario

PACK = Path(__file__).parents[3] / "cms/demo/pack"
DOCUMENT: dict[str, Any] = json.loads((PACK / "scenarios/s3.json").read_text(encoding="utf-8"))
REPORT: dict[str, Any] = json.loads((PACK / "scenarios/checks/s3.json").read_text(encoding="utf-8"))

RED_FLAG = "N01c,N02d,N03b,N04a,N06d,N08a,N10d,N12b,N14a,N15c,N16b"
POINTS = "N01c,N02d,N03d,N04a,N06c,N07b,N08a,N10d,N12b,N14a,N15c,N16b"
ALL_POINTS = "N01c,N02d,N03b,N04a,N06c,N07b,N08a,N10d,N12b,N14a,N15c,N16c"
PADDED_THEN_OWNED = "N01c,N02d,N03b,N04b,N06a,N07b,N08c,N09b,N10d,N12b,N13c,N14a,N15c,N16c"
SHRUNK = "N01c,N02d,N03b,N04d,N06d,N08a,N10d,N12d"
SHRUNK_EMPTY = "N01d,N02c,N03d,N04b,N06d,N08b,N10c,N11c,N12d"
NEVER_LET_GO = "N01c,N02d,N03b,N04a,N06c,N07b,N08a,N10c,N11a,N12b,N14d,N15b,N16d"
ONLY_FINES = "N01a,N02a,N03a,N04c,N05a,N06d,N08b,N10c"
DOORS_SHUT = "N01c,N02b,N03c,N04d,N05a"
PADDED = "N01c,N02d,N03b,N04a,N06c,N07b,N08a,N10d,N12a,N14a,N15c,N16a"
NO_GROUNDS = "N01b,N02a,N03c"
RELAPSED = "N01b,N02c,N03d,N04b,N06b,N07a,N08b,N09d,N10b,N11b,N12c,N13c,N14b,N15a,N16d"

GOLDEN = {
    "red flag": (RED_FLAG, "E1", 91.3, True, False),
    "points": (POINTS, "E1", 87.3, True, False),
    "most points first": (ALL_POINTS, "E2", 81.9, True, False),
    "padded, then owned up to": (PADDED_THEN_OWNED, "E2", 76.2, True, False),
    "three buildings": (SHRUNK, "E3", 70.1, True, False),
    "three buildings, nothing done before": (SHRUNK_EMPTY, "E3", 46.8, False, False),
    "never let go": (NEVER_LET_GO, "E4", 64.0, True, False),
    "only fines": (ONLY_FINES, "E5", 26.2, False, False),
    "doors shut": (DOORS_SHUT, "E5", 36.1, False, True),
    "padded": (PADDED, "E6", 50.0, False, False),
    "no grounds": (NO_GROUNDS, "E6", 23.8, False, True),
    "relapsed": (RELAPSED, "E7", 41.3, False, False),
}


@pytest.fixture(scope="module")
def s3() -> Scenario:
    return parse(DOCUMENT)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_path_reaches_its_ending(s3: Scenario, name: str) -> None:
    path, *expected = GOLDEN[name]
    outcome = play_path(s3, parse_path(path))
    assert [outcome.ending, outcome.total, outcome.passed, outcome.is_early] == expected


def test_golden_paths_cover_every_ending_and_every_early_debrief(s3: Scenario) -> None:
    assert {ending for _path, ending, *_rest in GOLDEN.values()} == set(s3.endings)
    early = {ending for _path, ending, _total, _passed, is_early in GOLDEN.values() if is_early}
    assert early == {key for key, ending in s3.endings.items() if ending.debrief_early}


def test_best_ending_is_reached_with_points_and_without(s3: Scenario) -> None:
    outcome = play_path(s3, parse_path(POINTS))
    assert outcome.views["A"] == {"专业能力": 85.7, "技术能力": 95.2, "共情能力": 90.5}
    assert outcome.final == {
        "part": 75,
        "trust": 88,
        "comp": 100,
        "budget": 0.0,
        "days": 5,
        "debt": 0,
        "habit": 90,
        "game": 0,
        "load": 60,
    }


# What the story promises


def test_only_fines_ends_at_the_line_of_twelve_percent(s3: Scenario) -> None:
    state = walk(s3, parse_path(ONLY_FINES))
    assert s3.stops[0].condition.text == "part<=12"
    assert state.values[s3.variables["part"].slot] == 900
    last = find_consequences(s3, state)[-1]
    assert last.kind is Kind.ENDING
    assert "参与率 ≤ 12（第5步 −6、第7步 −6、第9步 −54）" in last.sentence, (
        "what came with the new rule is the most"
    )


def test_points_without_a_cap_end_in_a_queue_unless_the_rule_is_mended_and_the_money_voted(
    s3: Scenario,
) -> None:
    way = "N01c,N02d,N03b,N04a,{},N10d,N12c"
    unmended, mended = "N06a,N07a,N08c,N09d", "N06a,N07b,N08c,N09c"
    assert walk(s3, parse_path(way.format(unmended))).node == "N13"
    assert walk(s3, parse_path(way.format(mended))).node == "N14"


def test_elders_drop_out_where_only_the_app_counts(s3: Scenario) -> None:
    before, after = (walk(s3, parse_path(f"N01c,N02d,N03b,N04a,N06d,{way},N10d")) for way in ("N08a", "N08b"))
    slot = s3.variables["part"].slot
    assert before.values[slot] - after.values[slot] == 1800


def test_figures_padded_are_forgiven_only_when_owned_up_to(s3: Scenario) -> None:
    owned = play_path(s3, parse_path(PADDED_THEN_OWNED))
    hidden = play_path(s3, parse_path(PADDED_THEN_OWNED.replace("N12b", "N12c")))
    assert ("pad" in owned.flags, owned.ending) == (False, "E2")
    assert ("pad" in hidden.flags, hidden.ending) == (True, "E6")


def test_two_figures_can_be_reported_only_on_a_stated_measure(s3: Scenario) -> None:
    choice = s3.nodes["N16"].by_id["b"]
    assert choice.condition is not None
    assert choice.condition.text == "base"


def test_measure_stated_late_is_still_a_measure_and_takes_off_what_people_said_of_themselves(
    s3: Scenario,
) -> None:
    way = "N01b,N02d,N03b,N04a,N06d,N08a,N10d"
    before, after = walk(s3, parse_path(way)), walk(s3, parse_path(f"{way},N12b"))
    assert s3.flag_keys(before.flags) == ("selfrep", "door", "late", "card", "pact")
    assert s3.flag_keys(after.flags) == ("base", "door", "late", "card", "pact")
    assert [change.add for change in s3.nodes["N12"].by_id["b"].effects if change.variable == "part"] == [
        -1200,
        -600,
        600,
        600,
    ]
    slot = s3.variables["part"].slot
    assert after.values[slot] - before.values[slot] == -1200 + 600


def test_no_ending_is_best_through_every_lens(s3: Scenario) -> None:
    worth = {
        path: {lens.key: value(s3, walk(s3, parse_path(path)), lens) for lens in s3.lenses}
        for path in (RED_FLAG, SHRUNK, NEVER_LET_GO)
    }
    best = {lens.key: max(worth, key=lambda path: worth[path][lens.key]) for lens in s3.lenses}
    assert best == {"residents": RED_FLAG, "property": SHRUNK, "government": NEVER_LET_GO}


# No way to pass without reading


def shortest(choices: Any) -> Choice:
    return min(choices, key=lambda choice: len(choice.text))


def cheapest(choices: Any) -> Choice:
    return max(choices, key=lambda choice: sum(e.add for e in choice.effects if e.variable == "budget"))


def slowest(choices: Any) -> Choice:
    return min(choices, key=lambda choice: sum(e.add for e in choice.effects if e.variable == "days"))


def at_place(place: int) -> Pick:
    return lambda choices: choices[min(place, len(choices) - 1)]


THOUGHTLESS: dict[str, Pick] = {
    "shortest": shortest,
    "cheapest": cheapest,
    "slowest": slowest,
    **{f"place {place}": at_place(place) for place in range(4)},
}


@pytest.mark.parametrize("name", ["longest", "fastest", "first", *THOUGHTLESS])
def test_thoughtless_play_does_not_pass(s3: Scenario, name: str) -> None:
    pick = THOUGHTLESS.get(name) or picks(s3)[name]
    outcome = play_by(s3, pick).outcome
    assert outcome is not None
    assert not outcome.passed


def test_going_after_points_alone_passes_but_misses_the_best_ending(s3: Scenario) -> None:
    play = play_by(s3, picks(s3)["best"])
    assert ",".join(play.path) == ALL_POINTS


def test_random_play_passes_rarely(s3: Scenario) -> None:
    chance = random.Random(0)
    plays = [play_by(s3, chance.choice) for _ in range(1_000)]
    assert all(play.outcome for play in plays), "nobody is left without a choice"
    assert sum(play.outcome.passed for play in plays if play.outcome) <= 50


def test_best_option_is_neither_the_longest_nor_the_shortest_as_a_rule(s3: Scenario) -> None:
    longest = shortest_one = 0
    places: dict[str, int] = {}
    for node in s3.nodes.values():
        best = max(node.choices, key=lambda choice: sum(choice.points))
        lengths = [len(choice.text) for choice in node.choices]
        longest += len(best.text) == max(lengths)
        shortest_one += len(best.text) == min(lengths)
        places[best.id] = places.get(best.id, 0) + 1
    assert (longest, shortest_one) == (1, 4)
    assert places == {"a": 4, "b": 5, "c": 5, "d": 2}


# Everything is told, cited and sourced


def test_every_choice_teaches_something_and_every_place_is_seen_from_every_seat(s3: Scenario) -> None:
    assert len(s3.nodes) == 16
    seats = {seat.key for seat in s3.seats}
    for node in s3.nodes.values():
        assert set(node.seen) == seats, node.id
        for choice in node.choices:
            assert len(choice.feedback) >= 25, node.id + choice.id
            assert set(choice.seen) <= seats
    assert all(set(ending.seen) == seats for ending in s3.endings.values())


def test_every_cite_and_the_chain_are_in_the_pack(s3: Scenario) -> None:
    clauses, chains = set(), {}
    for path in (PACK / "policies").glob("*.yaml"):
        policies = yaml.safe_load(path.read_text(encoding="utf-8"))
        clauses |= {clause["key"] for clause in policies.get("clauses") or ()}
        chains |= {chain["key"]: chain["clauses"] for chain in policies.get("chains") or ()}
    entries = yaml.safe_load((PACK / "lists/s3.yaml").read_text(encoding="utf-8"))["entries"]
    known = {f"clause:{key}" for key in clauses} | {f"list:{entry['key']}" for entry in entries}
    cited = {cite for node in s3.nodes.values() for of in (node, *node.choices) for cite in of.cites}
    assert cited - known == set()
    assert {f"list:{entry['key']}" for entry in entries} - cited == set()
    assert set(chains[s3.chain]) <= clauses


def test_sources_name_their_place_and_their_confidence() -> None:
    for source in DOCUMENT["sources"]:
        assert set(source) == {"use", "claim", "where", "confidence"}
        assert source["confidence"][0] in "高中低"


def test_report_beside_it_is_of_this_document_exact_and_without_complaint(s3: Scenario) -> None:
    assert (REPORT["content_hash"], REPORT["exact"]) == (s3.content_hash, True)
    assert [finding for finding in REPORT["findings"] if finding["severity"] != "note"] == []
    for key, ending in REPORT["endings"].items():
        assert walk(s3, parse_path(ending["witness"])).ending == key
