"""The report as a whole: its keys, its sampled form, and that it says the same every time."""

import json
from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.proof.report import check
from simulations.engine.proof.strategies import wilson
from simulations.engine.scenario import Scenario

from .conftest import Drawing

Document = dict[str, Any]


@pytest.fixture
def small(document: Document) -> Scenario:
    del document["nodes"][0]["choices"][3]
    return parse(document)


def _told(report: Any) -> Document:
    """The report as JSON reads it back, without the seconds."""
    told: Document = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert told.pop("seconds") >= 0
    return told


def test_report_has_the_keys_of_the_architecture(small: Scenario) -> None:
    told = _told(check(small, plays=8))
    assert told.keys() == {
        "format", "id", "title", "content_hash", "exact", "why_sampled", "seed", "states", "plays_drawn", "findings",
        "endings", "totals", "axes", "variables", "strategies", "nodes", "giveaways", "lenses", "prefixes",
    }  # fmt: skip
    assert told["endings"]["GOOD"] == {
        "reachable": True,
        "witness": "N01a,N02a",
        "share": 1.0,
        "interval": [0.6756, 1.0],
    }
    assert told["totals"] == {
        "min": 76.4,
        "max": 76.4,
        "proven": True,
        "witness_min": "N01a,N02a",
        "witness_max": "N01a,N02a",
    }
    assert told["nodes"]["N01"] == {"reachable": True, "choices": {"a": 1, "b": 0, "c": 0}}
    assert told["strategies"].keys() == {
        "random", "longest", "fastest", "first", "best", "best-25", "best-50", "best-75", "best-90",
    }  # fmt: skip
    assert told["strategies"]["first"] == {
        "plays": 1,
        "pass_rate": 1.0,
        "interval": [1.0, 1.0],
        "mean_total": 76.4,
        "ending": "GOOD",
        "total": 76.4,
        "endings": {"GOOD": 1},
        "path": "N01a,N02a",
    }


def test_random_plays_are_four_thousand_unless_somebody_waits(small: Scenario) -> None:
    report = check(small)
    assert report.strategies["random"].plays == 4_000
    assert report.strategies["best-75"].plays == 1_000


def test_same_seed_gives_the_same_report() -> None:
    scenario = parse(Drawing(7).document())
    first, again, other = (_told(check(scenario, seed=seed, plays=40)) for seed in (3, 3, 4))
    assert first == again
    assert first["strategies"]["random"] != other["strategies"]["random"]
    assert first["totals"]["max"] == other["totals"]["max"]


def test_more_states_than_the_budget_are_sampled_and_said_to_be() -> None:
    scenario = parse(Drawing(7).document())
    exact = check(scenario, plays=40)
    assert exact.states > 3
    told = _told(check(scenario, plays=40, budget=3))
    assert (told["exact"], told["states"], told["why_sampled"]) == (False, 0, "more than 3 states")
    assert (told["totals"]["proven"], told["totals"]["interval"]) == (False, [None, None])
    assert {of["reachable"] for of in told["endings"].values()} <= {True, None}
    assert told["prefixes"] == []


def test_budget_that_is_just_enough_is_exact() -> None:
    scenario = parse(Drawing(7).document())
    states = check(scenario, plays=40).states
    assert check(scenario, plays=40, budget=states).exact
    assert not check(scenario, plays=40, budget=states - 1).exact


def test_what_no_drawn_play_saw_is_only_a_warning(document: Document) -> None:
    del document["nodes"][0]["choices"][3]
    report = check(parse(document), plays=400, budget=1)
    seen = {(finding.kind, finding.severity, finding.where) for finding in report.findings}
    assert seen >= {
        ("never-enabled", "warning", "N01b"),
        ("never-enabled", "warning", "N01c"),
        ("unreached-ending", "warning", "OTHER"),
    }
    assert not report.has_errors
    (unseen,) = (finding for finding in report.findings if finding.where == "OTHER")
    assert unseen.detail["plays"] > 400


def test_dead_end_that_a_drawn_play_ran_into_is_an_error(document: Document) -> None:
    del document["nodes"][0]["choices"][3]
    document["nodes"][1]["choices"][0]["cond"] = "wrong"
    report = check(parse(document), plays=8, budget=1)
    assert [(f.kind, f.where, f.witness) for f in report.findings if f.severity == "error"] == [
        ("dead-end", "N02", ("N01a",))
    ]


def test_scenario_of_too_many_flags_is_sampled(document: Document) -> None:
    document["flags"] |= {f"g{n}": "某事" for n in range(70)}
    report = check(parse(document), plays=8)
    assert (report.exact, report.why_sampled) == (False, "too many flags")


def test_play_that_is_over_before_it_begins_is_reported(document: Document) -> None:
    document["nodes"][0]["enter"] = [{"var": "days", "add": -61}]
    report = check(parse(document), plays=8)
    assert (report.exact, report.states, report.endings["LATE"].reachable) == (True, 0, True)
    assert report.totals is not None
    assert all(bound.is_proved for bound in report.totals)


def test_progress_never_goes_back(small: Scenario) -> None:
    seen: list[tuple[int, int, str]] = []
    check(small, plays=8, progress=lambda done, total, stage: seen.append((done, total, stage)))
    assert seen == sorted(seen, key=lambda one: one[0])
    assert (seen[0], seen[-1]) == ((0, 100, "playing"), (100, 100, "done"))


@pytest.mark.parametrize(
    ("hits", "count", "interval"),
    [(0, 0, (0.0, 1.0)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (50, 100, (0.4038, 0.5962))],
)
def test_interval_is_wilsons(hits: int, count: int, interval: tuple[float, float]) -> None:
    assert wilson(hits, count) == interval
