"""Each kind of finding, made to happen in a small scenario and shown by its witness."""

from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.paths import play_path, walk
from simulations.engine.play import open_choices
from simulations.engine.proof.giveaways import Tell
from simulations.engine.proof.report import Report, check
from simulations.engine.proof.strategies import ROUNDS, play_by

Document = dict[str, Any]


def _choice(key: str, to: str | None = None, **more: Any) -> Document:
    base = {"id": key, "text": f"选项{key}", "feedback": "反馈", "next": to}
    return base | {"score": {"zc": 1, "sg": 1, "sz": 1, "gq": 1}} | more


def _effect(key: str, add: float) -> Document:
    return {"var": key, "add": add}


def _checked(document: Document) -> Report:
    return check(parse(document), plays=8)


def _found(report: Report, kind: str) -> list[tuple[str, str, str]]:
    """(severity, where, witness) of the findings of a kind."""
    found = [finding for finding in report.findings if finding.kind == kind]
    return [(finding.severity, finding.where, ",".join(finding.witness)) for finding in found]


def _straight(document: Document) -> list[Document]:
    """The small scenario without its way back; answers the choices of its first node."""
    choices: list[Document] = document["nodes"][0]["choices"]
    del choices[3]
    return choices


def test_sound_scenario_has_no_error(document: Document) -> None:
    _straight(document)
    report = _checked(document)
    assert (report.exact, report.has_errors, report.states) == (True, False, 2)


def test_node_that_nothing_leads_to_is_an_error(document: Document) -> None:
    _straight(document)
    document["nodes"].append({"id": "N09", "title": "孤岛", "text": "孤岛", "choices": [_choice("a", "END")]})
    report = _checked(document)
    assert _found(report, "unreachable-node") == [("error", "N09", "")]
    assert report.has_errors


def test_state_without_an_open_choice_is_a_dead_end(document: Document) -> None:
    choices = _straight(document)
    choices[1]["effects"] = []
    document["nodes"][1]["choices"][0]["cond"] = "done"
    report = _checked(document)
    assert _found(report, "dead-end") == [("error", "N02", "N01b")]
    scenario = parse(document)
    assert open_choices(scenario, walk(scenario, ["N01b"])) == []


def test_state_that_comes_back_is_an_endless_loop(document: Document) -> None:
    report = _checked(document)
    ((severity, where, witness),) = _found(report, "endless-loop")
    assert (severity, where, witness) == ("error", "N01", "N01d")
    scenario = parse(document)
    before, after = walk(scenario, []), walk(scenario, witness.split(","))
    assert (before.node, before.values, before.flags) == (after.node, after.values, after.flags)


def test_totals_of_an_endless_scenario_are_not_called_proved(document: Document) -> None:
    totals: Any = _checked(document).as_json()["totals"]
    assert (totals["proven"], totals["interval"]) == (False, [None, None])


def test_way_back_that_costs_time_is_no_endless_loop(document: Document) -> None:
    document["nodes"][0]["choices"][3]["effects"] = [_effect("days", -7)]
    report = _checked(document)
    assert _found(report, "endless-loop") == []
    assert report.states == 18


def test_way_back_longer_than_any_play_is_an_endless_loop(document: Document) -> None:
    document["vars"]["days"] = {"name": "天", "init": 600, "lo": -999, "hi": 999}
    document["nodes"][0]["choices"][3]["effects"] = [_effect("days", -1)]
    assert [where for _severity, where, _path in _found(_checked(document), "endless-loop")] == ["N01"]


def test_choice_that_is_never_open_is_a_warning(document: Document) -> None:
    _straight(document)
    assert _found(_checked(document), "never-enabled") == [("warning", "N01b", ""), ("warning", "N01c", "")]


def test_ending_that_never_comes_is_a_warning(document: Document) -> None:
    _straight(document)
    assert _found(_checked(document), "unreached-ending") == [
        ("warning", "OTHER", ""),
        ("warning", "LATE", ""),
    ]


def test_scenario_that_nobody_can_pass_is_a_warning(document: Document) -> None:
    _straight(document)
    document["scoring"] = {"fail_endings": ["GOOD", "OTHER"]}
    assert _found(_checked(document), "no-pass") == [("warning", "", "")]


def test_choice_after_which_no_ending_passes_is_noted(document: Document) -> None:
    choices = _straight(document)
    choices[1]["effects"] = [_effect("sat", 1)]
    document["scoring"] = {"fail_endings": ["OTHER"]}
    report = _checked(document)
    assert _found(report, "unwinnable") == [("note", "N01b", "N01b")]
    assert _found(report, "irrevocable") == [("note", "N01b", "N01b")]
    assert [(p.where, p.lost, p.always, p.states) for p in report.prefixes] == [
        ("N01b", "pass", True, 1),
        ("N01b", "best", True, 1),
    ]


def test_ending_that_lacks_its_deed_does_not_pass(document: Document) -> None:
    choices = _straight(document)
    choices[1]["effects"] = [_effect("sat", 1)]
    document["scoring"] = {"requires_any": {"OTHER": ["wrong"]}}
    assert _found(_checked(document), "unwinnable") == [("note", "N01b", "N01b")]
    choices[1]["set"] = ["wrong"]
    assert _found(_checked(document), "unwinnable") == []


def test_choice_that_another_beats_in_everything_is_a_warning(document: Document) -> None:
    choices = _straight(document)
    choices[0] |= {"set": [], "score": {"zc": 2, "sg": 1, "sz": 1, "gq": 1}, "effects": [_effect("sat", 5)]}
    choices[1] |= {"effects": [_effect("sat", 4)]}
    report = _checked(document)
    assert _found(report, "dominated") == [("warning", "N01b", "")]


def test_choice_that_saves_time_is_not_dominated(document: Document) -> None:
    choices = _straight(document)
    choices[0] |= {"set": [], "effects": [_effect("sat", 5), _effect("days", -1)]}
    choices[1] |= {"effects": [_effect("sat", 4)]}
    assert _found(_checked(document), "dominated") == []


def test_choice_is_not_dominated_by_one_that_is_locked_where_it_is_open(document: Document) -> None:
    choices = _straight(document)
    choices[0] |= {"set": [], "effects": [_effect("sat", 5), _effect("budget", -1)]}
    choices[1] |= {"effects": [_effect("sat", 4), _effect("budget", -2)], "score": {"zc": 0}}
    choices[2] = _choice("c", "N00", set=["done"])
    document["nodes"].append(
        {
            "id": "N00",
            "title": "花光",
            "text": "花光",
            "choices": [_choice("a", "N03", effects=[_effect("budget", -2.5)]), _choice("b", "N03")],
        }
    )
    document["nodes"].append(
        {
            "id": "N03",
            "title": "再选",
            "text": "再选",
            "choices": [
                _choice("a", "END", effects=[_effect("budget", -2)]),
                _choice("b", "END", score={"zc": 0}, effects=[_effect("budget", -2)], cond="budget>=2"),
                _choice(
                    "c",
                    "END",
                    score={"zc": 0, "sg": 0},
                    effects=[_effect("budget", -1), _effect("budget", -1)],
                ),
                _choice("d", "END", score={"zc": 0, "sg": 0}, effects=[_effect("sat", -1)]),
            ],
        }
    )
    dominated = {where for _severity, where, _witness in _found(_checked(document), "dominated")}
    assert "N03d" not in dominated  # it is open when nothing is left to pay the others with
    assert {"N03b", "N03c"} <= dominated


def test_longest_option_that_always_passes_is_a_giveaway(document: Document) -> None:
    choices = _straight(document)
    choices[0]["text"] = "说得最多、写得最长的那一个选项"
    document["nodes"][1]["choices"][0]["score"] = {"zc": 1, "sg": 1, "sz": 1, "gq": 1}
    document["vars"]["sat"]["init"] = document["vars"]["trust"]["init"] = 90
    report = _checked(document)
    assert _found(report, "giveaway") == [
        ("warning", "longest", "N01a,N02a"),
        ("warning", "fastest", "N01a,N02a"),
        ("warning", "first", "N01a,N02a"),
    ]
    assert play_path(parse(document), ["N01a", "N02a"]).passed


def test_length_that_goes_with_points_is_telling(document: Document) -> None:
    choices = _straight(document)
    choices[0]["text"] = "说得最多、写得最长的那一个选项"
    report = _checked(document)
    assert (report.signs["length"].n, report.signs["length"].is_telling) == (3, False)
    document["nodes"][1]["choices"] = [
        {
            "id": key,
            "text": "好" * (9 - 2 * place),
            "effects": [],
            "score": {"zc": max(0, 3 - place)},
            "next": "END",
        }
        for place, key in enumerate("abcd")
    ]
    report = _checked(document)
    assert [where for _severity, where, _witness in _found(report, "telling")] == ["length"]


@pytest.mark.parametrize(
    ("r", "n", "telling"), [(0.31, 10, False), (0.31, 66, True), (0.29, 66, False), (1.0, 5, True)]
)
def test_few_options_make_no_finding_of_chance(r: float, n: int, telling: bool) -> None:
    assert Tell(r, n).is_telling is telling


def test_play_that_goes_in_circles_is_given_up_early(document: Document) -> None:
    document["nodes"][0]["choices"] = [_choice("a", "N01"), _choice("b", "N02")]
    play = play_by(parse(document), lambda choices: choices[0])
    assert (len(play.state.steps), play.outcome) == (ROUNDS, None)


def test_play_that_pleases_everybody_is_a_warning(document: Document) -> None:
    _straight(document)
    document["lenses"] = [
        {"key": "one", "name": "居民", "weights": {"sat": 5}},
        {"key": "other", "name": "商户", "weights": {"trust": 5}},
    ]
    assert _found(_checked(document), "universal") == [("warning", "", "N01a,N02a")]


def test_play_that_pleases_one_side_only_is_no_finding(document: Document) -> None:
    choices = _straight(document)
    choices[0]["effects"] = [_effect("sat", 20), _effect("trust", -20)]
    choices[1]["effects"] = [_effect("sat", -20), _effect("trust", 20)]
    document["lenses"] = [
        {"key": "one", "name": "居民", "weights": {"sat": 5}},
        {"key": "other", "name": "商户", "weights": {"trust": 5}},
    ]
    report = _checked(document)
    assert _found(report, "universal") == []
    assert report.lenses.agreement == -1.0


def test_axis_that_no_option_has_points_for_is_a_warning(document: Document) -> None:
    for choice in _straight(document):
        choice["score"] = {"zc": 1}
    for node in document["nodes"][1:]:
        for choice in node["choices"]:
            choice["score"] = {"zc": 1}
    scenario = parse(document)
    asked = {axis for axis, leaves in scenario.views[scenario.marks.view].axes if "LAW" in leaves}
    silent = [axis for axis, _leaves in scenario.views[scenario.marks.view].axes if axis not in asked]
    assert [where for _severity, where, _witness in _found(_checked(document), "unasked")] == silent
    assert silent
