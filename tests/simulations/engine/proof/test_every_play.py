"""What the check says of a scenario is what playing every one of its plays says."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulations.engine.document import parse
from simulations.engine.paths import play_path, walk
from simulations.engine.play import open_choices
from simulations.engine.proof.report import Report, check
from simulations.engine.scenario import Scenario

from .conftest import Drawing, TooManyPlays, Truth, every_play

FEW = settings(deadline=None, max_examples=150)


def _truth(scenario: Scenario) -> Truth:
    try:
        return every_play(scenario)
    except TooManyPlays:
        assume(False)
        raise


def _checked(scenario: Scenario) -> Report:
    """With few plays drawn: they are where the search begins, not what it finds."""
    return check(scenario, plays=8)


def _compare(report: Report, truth: Truth) -> None:
    by_kind: dict[str, set[str]] = {}
    for finding in report.findings:
        by_kind.setdefault(finding.kind, set()).add(finding.where)
    assert report.exact
    assert set(report.choices) == truth.nodes
    assert {
        node + choice for node, of in report.choices.items() for choice, n in of.items() if n
    } == truth.enabled
    assert {key for key, of in report.endings.items() if of.reachable} == truth.endings
    assert by_kind.get("dead-end", set()) == truth.stuck
    assert {prefix.where for prefix in report.prefixes if prefix.lost == "pass"} == truth.lost
    assert _spans(report) == truth.spans()


def _spans(report: Report) -> dict[str, Any]:
    axes = {(view, axis): span for view, of in report.axes.items() for axis, span in of.items() if span}
    spans = [*([report.totals] if report.totals else []), *axes.values(), *report.variables.values()]
    assert all(bound.is_proved for span in spans for bound in span)
    return {
        "totals": (report.totals[0].value, report.totals[1].value) if report.totals else None,
        "axes": {key: (low.value, high.value) for key, (low, high) in axes.items()},
        "finals": {key: (low.value, high.value) for key, (low, high) in report.variables.items()},
    }


def _replay(scenario: Scenario, report: Report) -> None:
    """Every witness shows what it is a witness of."""
    for key, of in report.endings.items():
        if of.reachable:
            assert play_path(scenario, of.witness).ending == key
    for bound in report.totals or ():
        assert play_path(scenario, bound.path).total == bound.value
    for view, axes in report.axes.items():
        for axis, span in axes.items():
            for bound in span or ():
                assert play_path(scenario, bound.path).views[view][axis] == bound.value
    for key, span in report.variables.items():
        for bound in span:
            assert play_path(scenario, bound.path).final[key] == bound.value
    for prefix in report.prefixes:
        assert prefix.witness[-1] == prefix.where
        walk(scenario, prefix.witness)
    for finding in report.findings:
        state = walk(scenario, finding.witness)
        if finding.kind == "dead-end":
            assert (state.node, open_choices(scenario, state)) == (finding.where, [])


@FEW
@given(seed=st.integers(0, 2**32))
def test_check_knows_every_play(seed: int) -> None:
    scenario = parse(Drawing(seed).document())
    truth = _truth(scenario)
    report = _checked(scenario)
    _compare(report, truth)
    _replay(scenario, report)


@FEW
@given(seed=st.integers(0, 2**32))
def test_check_knows_every_play_where_ways_lead_back(seed: int) -> None:
    scenario = parse(Drawing(seed, circles=True).document())
    truth = _truth(scenario)
    report = _checked(scenario)
    _compare(report, truth)
    _replay(scenario, report)
