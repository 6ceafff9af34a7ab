"""暴雨来前九小时 as it ships: golden paths to every ending, and no way to pass it without reading."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import yaml

from simulations.engine.document import parse
from simulations.engine.paths import parse_path, play_path
from simulations.engine.play import State, open_choices, start, step
from simulations.engine.scenario import Choice, Scenario
from simulations.engine.scoring import score

PACK = Path(__file__).parents[3] / "cms/demo/pack"
DOCUMENT = json.loads((PACK / "scenarios/s2.json").read_text(encoding="utf-8"))
REPORT = json.loads((PACK / "scenarios/checks/s2.json").read_text(encoding="utf-8"))

# what happens, the way, ending, total, whether before the rain's peak, whether it is a pass
GOLDEN = [
    (
        "the best ending: thorough, with a hand to spare",
        "N01d,N02c,N03b,N04c,N05a,N06b,N07d,N08b,N09c,N11b,N12a,N14b,N15c",
        "E1",
        94.9,
        False,
        True,
    ),
    (
        "everybody reached by road, only the vital gear tested",
        "N01c,N02d,N03d,N04c,N05a,N06b,N07a,N08b,N09c,N11c,N12a,N14b,N15c",
        "E1",
        90.8,
        False,
        True,
    ),
    (
        "always the choice of most points: no hand left at the end",
        "N01c,N02d,N03b,N04c,N05a,N06b,N07d,N08b,N09c,N11c,N12a,N14c,N15c",
        "E2",
        88.0,
        False,
        True,
    ),
    (
        "the short way, and lucky",
        "N01c,N02d,N03b,N04c,N05a,N06b,N07b,N08b,N09c,N11c,N12a,N14b,N15c",
        "E2",
        87.2,
        False,
        True,
    ),
    ("help asked for early, the roll in hand", "N01c,N02d,N03b,N04c,N05a,N06b,N07c", "E3", 75.2, True, True),
    (
        "help asked for with no roll to hand over",
        "N01c,N02a,N03b,N04c,N05a,N06b,N07c",
        "E3",
        65.6,
        True,
        False,
    ),
    (
        "stuck at the bottom of the underpass",
        "N01c,N02d,N03b,N04c,N05c,N06b,N07b,N08b,N08Ba,N09c,N10a,N11b,N12b,N14c,N15c",
        "E4",
        59.0,
        False,
        False,
    ),
    (
        "silent households left till morning",
        "N01c,N02a,N03c,N04c,N05a,N06a,N07a,N08b,N09a,N11b,N12a,N13b,N14c,N15c",
        "E4",
        59.0,
        False,
        False,
    ),
    (
        "beyond the plan and the powers",
        "N01c,N02d,N03a,N04c,N05b,N06b,N07d,N08c,N09b,N11a,N12a,N14b,N15c",
        "E5",
        43.7,
        False,
        False,
    ),
    ("stopped before the peak for want of the plan", "N01b,N02b,N03a,N04b,N05b", "E5", 13.6, True, False),
    ("nobody opens any more, before the peak", "N01b,N02b,N03b,N04a,N05b,N06b,N07c", "E6", 34.4, True, False),
    (
        "the water went, the doors stayed shut",
        "N01c,N02c,N03c,N04c,N05a,N06b,N07d,N08a,N09d,N11c,N12a,N13b,N14c,N15d",
        "E6",
        51.2,
        False,
        False,
    ),
    ("the rain came first", "N01d,N02d,N03b,N04d,N05a,N06d,N07a", "E7", 46.5, True, False),
]
PRESET = {
    "longest": lambda choice: len(choice.text),
    "shortest": lambda choice: -len(choice.text),
    "fastest": lambda choice: sum(effect.add for effect in choice.effects if effect.variable == "hours"),
}


@pytest.fixture(scope="module")
def s2() -> Scenario:
    return parse(DOCUMENT)


@pytest.mark.parametrize(
    ("path", "expected"), [(row[1], row[2:]) for row in GOLDEN], ids=[row[0] for row in GOLDEN]
)
def test_golden_path_reaches_its_ending_with_its_total(
    s2: Scenario, path: str, expected: tuple[str, float, bool, bool]
) -> None:
    outcome = play_path(s2, parse_path(path))
    assert (outcome.ending, outcome.total, outcome.is_early, outcome.passed) == expected


def test_golden_paths_cover_every_ending_and_every_early_debrief(s2: Scenario) -> None:
    assert {row[2] for row in GOLDEN} == set(s2.endings)
    early = {row[2] for row in GOLDEN if row[4]}
    assert early >= {key for key, ending in s2.endings.items() if ending.debrief_early}


def test_best_ending_has_everybody_out_and_everybody_heard(s2: Scenario) -> None:
    outcome = play_path(s2, parse_path(GOLDEN[0][1]))
    assert outcome.final == {
        "hours": 1.0,
        "hands": 0,
        "stock": 4,
        "moved": 46,
        "trust": 100,
        "plan": 100,
        "water": 40,
        "lost": 0,
    }
    assert outcome.views["A"] == {"专业能力": 88.5, "技术能力": 73.7, "共情能力": 87.1}


@pytest.mark.parametrize("sign", PRESET)
def test_playing_by_an_outward_sign_does_not_pass(s2: Scenario, sign: str) -> None:
    outcome = score(s2, _play(s2, lambda state: _most(s2, state, PRESET[sign])))
    assert not outcome.passed
    assert outcome.total < 60


@pytest.mark.parametrize("letter", "abcd")
def test_playing_by_the_place_does_not_pass(s2: Scenario, letter: str) -> None:
    def pick(state: State) -> str:
        offered = open_choices(s2, state)
        return letter if letter in offered else offered[0]

    assert not score(s2, _play(s2, pick)).passed


def test_taking_the_most_points_everywhere_misses_the_best_ending(s2: Scenario) -> None:
    """Nine hours and twelve people do not suffice for the best of everything."""
    outcome = score(s2, _play(s2, lambda state: _most(s2, state, lambda choice: sum(choice.points))))
    assert (outcome.ending, outcome.final["hands"], outcome.passed) == ("E2", 0, True)


def test_playing_at_random_hardly_ever_passes(s2: Scenario) -> None:
    random = Random(20261123)
    plays = [score(s2, _play(s2, lambda state: random.choice(open_choices(s2, state)))) for _ in range(600)]
    assert sum(outcome.passed for outcome in plays) / 600 <= 0.05


def test_choice_of_most_points_is_seldom_the_longest_or_always_in_one_place(s2: Scenario) -> None:
    longest, places = 0, Counter[int]()
    for node in s2.nodes.values():
        best = max(node.choices, key=lambda choice: sum(choice.points))
        longest += len(best.text) == max(len(choice.text) for choice in node.choices)
        places[node.choices.index(best)] += 1
    assert longest == 2
    assert max(places.values()) <= 6


def test_every_seat_has_its_word_at_every_node_and_ending(s2: Scenario) -> None:
    seats = {seat.key for seat in s2.seats}
    assert seats == {"gao", "he", "ma"}
    assert [node.id for node in s2.nodes.values() if set(node.seen) != seats] == []
    assert [ending.id for ending in s2.endings.values() if set(ending.seen) != seats] == []


def test_every_choice_says_what_came_of_it(s2: Scenario) -> None:
    silent = [
        node.id + choice.id for node in s2.nodes.values() for choice in node.choices if not choice.feedback
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["死", "遇难", "牺牲", "丧生", "伤亡人数", "3.8万", "72小时"])
def test_nobody_dies_and_no_disputed_figure_is_told(word: str) -> None:
    assert word not in json.dumps(DOCUMENT, ensure_ascii=False)


def test_every_cited_entry_and_the_chain_are_in_the_pack(s2: Scenario) -> None:
    known = {f"{kind}:{key}" for kind, key in _library()}
    choices = (choice for node in s2.nodes.values() for choice in node.choices)
    cited = {cite for node in s2.nodes.values() for cite in node.cites}
    cited |= {cite for choice in choices for cite in choice.cites}
    assert cited - known == set()
    assert f"chain:{s2.chain}" in known


def test_report_beside_it_is_of_this_document_and_without_complaint(s2: Scenario) -> None:
    assert REPORT["content_hash"] == s2.content_hash
    assert REPORT["exact"] is True
    assert [finding for finding in REPORT["findings"] if finding["severity"] != "note"] == []
    assert all(ending["reachable"] for ending in REPORT["endings"].values())


def _play(scenario: Scenario, pick: Callable[[State], str]) -> State:
    state = start(scenario)
    while not state.is_ended:
        state = step(scenario, state, pick(state))
    return state


def _most(scenario: Scenario, state: State, worth: Callable[[Choice], float]) -> str:
    """The open choice of most worth, the author's first among equals."""
    node = scenario.nodes[state.node]
    return max(open_choices(scenario, state), key=lambda key: worth(node.by_id[key]))


def _library() -> set[tuple[str, str]]:
    policies = [_read(path) for path in (PACK / "policies").glob("*.yaml")]
    found = {("clause", item["key"]) for file in policies for item in file.get("clauses") or []}
    found |= {("chain", item["key"]) for file in policies for item in file.get("chains") or []}
    return found | {("list", item["key"]) for item in _read(PACK / "lists/s2.yaml")["entries"]}


def _read(path: Path) -> dict[str, list[dict[str, str]]]:
    file: dict[str, list[dict[str, str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return file
