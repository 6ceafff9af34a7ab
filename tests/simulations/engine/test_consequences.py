"""What is told of a change depends on which way people want it, and what came with a situation is a cause, too."""

from typing import Any

from simulations.engine.causes import Cause
from simulations.engine.consequences import Consequence, Kind, find_consequences
from simulations.engine.document import parse
from simulations.engine.paths import walk
from simulations.engine.scenario import Scenario

Document = dict[str, Any]


def flooding(document: Document) -> Document:
    """The small scenario with hidden water that everybody wants low; what comes of it is the test's."""
    document["vars"]["water"] = {"name": "低处积水（厘米）", "init": 0, "lo": 0, "hi": 120, "vis": False}
    document["lenses"] = [
        {"key": "shops", "name": "商户", "weights": {"water": -1}, "ending_weight": 0, "endings": {}}
    ]
    return document


def results(scenario: Scenario, *path: str) -> list[str]:
    found = find_consequences(scenario, walk(scenario, list(path)))
    return [each.result for each in found if each.kind is Kind.EFFECT]


def ending_of(scenario: Scenario, *path: str) -> Consequence:
    found = find_consequences(scenario, walk(scenario, list(path)))
    (ending,) = (each for each in found if each.kind is Kind.ENDING)
    return ending


def test_rise_of_what_is_wanted_low_is_spared_and_not_missed(document: Document) -> None:
    flooding(document)["nodes"][1]["enter"] = [{"var": "water", "add": 20, "cond": "not done"}]
    scenario = parse(document)
    assert results(scenario, "N01a", "N02a") == ["避免了低处积水 +20"]


def test_fall_of_what_is_wanted_low_is_missed_and_not_spared(document: Document) -> None:
    document["vars"]["comp"]["vis"] = False
    flooding(document)["nodes"][1]["enter"] = [{"var": "water", "add": -20, "cond": "comp>90"}]
    assert results(parse(document), "N01a", "N02a") == ["没有得到低处积水 −20"]


def test_what_came_with_a_situation_is_among_the_causes(document: Document) -> None:
    document["nodes"][1]["enter"] = [{"var": "days", "add": -61}]
    scenario = parse(document)
    ending = ending_of(scenario, "N01a")
    assert (ending.step, ending.causes) == (2, (Cause(2, "某变量 < 0（第2步 −61）"),))


def test_situation_and_choice_of_a_step_are_told_together(document: Document) -> None:
    first, second = document["nodes"]
    first["enter"] = [{"var": "comp", "add": -10}]
    first["choices"][0]["effects"] = [{"var": "comp", "add": -5}]
    second["enter"] = [{"var": "comp", "add": -20}]
    second["choices"][0]["effects"] = [{"var": "comp", "add": -30}]
    document["global_end"] = [{"cond": "comp<20", "end": "LATE"}]
    scenario = parse(document)
    ending = ending_of(scenario, "N01a", "N02a")
    assert ending.sentence == "因为某变量 < 20（第1步 −15、第2步 −50），所以走到了结局“LATE”。"
