"""The committed reports of the shipped scenarios are of these documents, and every path in them shows what it says.

The reports themselves are made by `check_scenario FILE --json --untimed`; the benchmark runs that of 老楼新梯.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from simulations.engine.document import parse_text
from simulations.engine.paths import parse_path, play_path, walk
from simulations.engine.play import open_choices
from simulations.engine.scenario import Scenario

PACK = Path(__file__).parents[4] / "cms/demo/pack/scenarios"
REPORTS = sorted(file.stem for file in (PACK / "checks").glob("*.json"))


@cache
def _shipped(key: str) -> tuple[Scenario, dict[str, Any]]:
    scenario = parse_text((PACK / f"{key}.json").read_text(encoding="utf-8"))
    report = json.loads((PACK / "checks" / f"{key}.json").read_text(encoding="utf-8"))
    return scenario, report


@pytest.mark.parametrize("key", REPORTS)
def test_report_is_of_this_document_and_exact(key: str) -> None:
    scenario, report = _shipped(key)
    assert report["content_hash"] == scenario.content_hash
    assert (report["exact"], report["totals"]["proven"]) == (True, True)
    assert all(of["reachable"] for of in report["endings"].values())
    assert [one for one in report["findings"] if one["severity"] == "error"] == []


@pytest.mark.parametrize("key", REPORTS)
def test_paths_to_endings_and_extremes_replay(key: str) -> None:
    scenario, report = _shipped(key)
    for ending, of in report["endings"].items():
        assert play_path(scenario, parse_path(of["witness"])).ending == ending
    for end in ("min", "max"):
        path = parse_path(report["totals"][f"witness_{end}"])
        assert play_path(scenario, path).total == report["totals"][end]
        for variable, span in report["variables"].items():
            path = parse_path(span[f"witness_{end}"])
            assert play_path(scenario, path).final[variable] == span[end]
        for view, axes in report["axes"].items():
            for axis, span in axes.items():
                path = parse_path(span[f"witness_{end}"])
                assert play_path(scenario, path).views[view][axis] == span[end]


@pytest.mark.parametrize("key", REPORTS)
def test_witness_of_every_finding_can_be_played(key: str) -> None:
    scenario, report = _shipped(key)
    for finding in [*report["findings"], *report["prefixes"]]:
        path = parse_path(finding["witness"])
        state = walk(scenario, path)
        if finding.get("kind") in ("unwinnable", "irrevocable") or "lost" in finding:
            assert path[-1] == finding["where"]
        if finding.get("kind") == "dominated":
            node, choice = scenario.choice_names[finding["where"]]
            assert state.node == node
            assert choice in open_choices(scenario, state)


def test_老楼新梯_reaches_what_it_is_known_to_reach() -> None:  # noqa: N802 - the story's name
    _scenario, report = _shipped("s1")
    assert (report["totals"]["min"], report["totals"]["max"]) == (6.1, 90.7)
    assert report["strategies"]["random"]["pass_rate"] < 0.05
    assert [name for name in ("longest", "fastest", "first") if report["strategies"][name]["pass_rate"]] == []
