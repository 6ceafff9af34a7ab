import json
from pathlib import Path
from typing import Any

import pytest

from simulations.engine.paths import parse_path, play_path, walk, write_path
from simulations.engine.play import IllegalStep, Unfinished
from simulations.engine.scenario import Scenario

WITNESSES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "paths.json").read_text(encoding="utf-8")
)
GOLDEN = "N01b→N02b→N03c→N04c→N06a→N07c→N08b→N09c→N10d→N11c→N13b→N14d→N15c→N16b"


def test_golden_path_gives_the_published_result(s1: Scenario) -> None:
    outcome = play_path(s1, parse_path(GOLDEN))
    assert outcome.ending == "E1"
    assert outcome.total == 90.7
    assert outcome.views["A"] == {"专业能力": 90.6, "技术能力": 88.9, "共情能力": 91.3}
    assert outcome.final == {
        "budget": 1.0,
        "days": 32,
        "sat": 77,
        "trust": 91,
        "comp": 100,
        "agree": 11,
        "low": 100,
    }
    assert outcome.leaf == {"LAW": 86.7, "SWK": 94.1, "DIG": 88.9, "EMP": 91.3}
    assert outcome.views["B"] == {"政策解读": 86.7, "数字技术": 88.9, "社会工作": 93.0}
    assert outcome.flags == ("survey", "leak", "light", "pipe", "compn", "maint", "review")
    assert outcome.passed


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda witness: witness["name"])
def test_witness_path_reaches_its_ending(s1: Scenario, witness: dict[str, Any]) -> None:
    outcome = play_path(s1, parse_path(witness["path"]))
    assert {
        "ending": outcome.ending,
        "total": outcome.total,
        "early": outcome.is_early,
        "passed": outcome.passed,
    } == {key: witness[key] for key in ("ending", "total", "early", "passed")}


def test_witnesses_cover_every_ending_and_both_early_debriefs(s1: Scenario) -> None:
    assert {witness["ending"] for witness in WITNESSES} == set(s1.endings)
    early = {witness["ending"] for witness in WITNESSES if witness["early"]}
    assert early >= {key for key, ending in s1.endings.items() if ending.debrief_early}


@pytest.mark.parametrize("written", ["N01b,N02b", " N01b , N02b ", "N01b→N02b", "N01b -> N02b", "N01b，N02b"])
def test_path_is_read_in_every_usual_spelling(written: str) -> None:
    assert parse_path(written) == ("N01b", "N02b")


def test_path_is_written_as_it_was_read(s1: Scenario) -> None:
    path = ("N01c", "N02c", "N02Bb", "N03a")
    assert write_path(walk(s1, path)) == path


@pytest.mark.parametrize(
    ("path", "step", "reason"),
    [
        ("N02b", 1, "the play stands at N01, not at N02"),
        ("N01b,N02z", 2, "the scenario has no choice 'N02z'"),
        ("N01b,N02Bb", 2, "the play stands at N02, not at N02B"),
        ("N01b,N02b,__class__", 3, "the scenario has no choice '__class__'"),
        ("N01b,N02d,N03c,N04c,N06a,N07c,N08b,N09c,N10d,N11c,N13b,N14c", 12, "N14c costs 1.5, only 0.5 left"),
        ("N01a,N02a,N03d,N04b,N05b,N06a,N07b,N08b", 8, "N08b needs: light"),
        ("N01b,N02d,N03d,N04c,N06d,N07c,N08d,N09a", 8, "the play has already ended with E3"),
    ],
)
def test_illegal_step_is_named_with_its_reason(s1: Scenario, path: str, step: int, reason: str) -> None:
    with pytest.raises(IllegalStep) as caught:
        play_path(s1, parse_path(path))
    assert (caught.value.step, caught.value.reason) == (step, reason)


@pytest.mark.parametrize(("path", "step", "node"), [("", 0, "N01"), ("N01b,N02b", 2, "N03")])
def test_unfinished_path_says_where_it_stands(s1: Scenario, path: str, step: int, node: str) -> None:
    with pytest.raises(Unfinished) as caught:
        play_path(s1, parse_path(path))
    assert (caught.value.step, caught.value.reason) == (step, f"the play has not ended: it stands at {node}")
