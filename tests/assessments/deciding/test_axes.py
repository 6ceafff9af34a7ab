"""A scored rule may ask for axes of the scheme's view, measured in the same result as the radar would."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.deciding import Decision, SchemeInvalid, decide, parse_scheme
from competencies.framework import leaf_titles, view
from competencies.models import Evidence
from competencies.profile import profile_from, project
from tests.assessments.deciding.facts import day, fact, one_rule, scheme_data

EXAM = {"kind": "exam", "subject": "base", "mark": 60}
WEIGHTS = {"DIG": "0.5", "LAW": "0.3", "SWK": "0.2"}


def sitting(id: str, score: str, **leaf_scores: str) -> Any:
    return fact(id, "exam", "base", score, weights=WEIGHTS, leaf_scores=leaf_scores)


@pytest.mark.parametrize(
    ("digital", "met", "shown"), [("0.6", True, "60"), ("0.5994", False, "59.9"), ("0", False, "0")]
)
def test_the_axis_is_measured_in_the_result(digital: str, met: bool, shown: str) -> None:
    rule = one_rule(**EXAM, axes={"technical": 60})
    node = decide(rule, [sitting("a", "0.8", DIG=digital)]).tree
    assert (node.met, node.evidence) == (met, ("a",))
    assert node.as_json()["axes"] == [{"axis": "technical", "title": "技术能力", "have": shown, "need": "60"}]


def test_one_result_must_reach_mark_and_axes() -> None:
    rule = one_rule(**EXAM, axes={"technical": 60})
    strong = sitting("a", "0.9", DIG="0.3")
    narrow = sitting("b", "0.5", DIG="0.9")
    assert decide(rule, [strong, narrow]).met is False
    both = sitting("c", "0.62", DIG="0.62")
    node = decide(rule, [strong, narrow, both]).tree
    assert (node.met, node.evidence, node.have) == (True, ("c",), 62)


def test_unmet_rule_shows_the_best_result_and_its_axes() -> None:
    rule = one_rule(**EXAM, axes={"technical": 60})
    decision = decide(rule, [sitting("a", "0.9", DIG="0.3"), sitting("b", "0.7", DIG="0.5")])
    assert (decision.tree.evidence, decision.tree.have, decision.tree.axes[0].have) == (("a",), 90, 30)
    assert decision.as_json()["missing"][0]["axes"] == decision.tree.as_json()["axes"]


@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [fact("a", "exam", "base", "1")],
        [fact("a", "exam", "base", "1", weights={"LAW": "1"})],
        [fact("a", "exemption", "base")],
    ],
)
def test_an_axis_without_evidence_is_not_met_and_never_zero(evidence: Any) -> None:
    """An exemption says nothing about competencies: it stands in for a mark only."""
    node = decide(one_rule(**EXAM, axes={"technical": 1}), evidence).tree
    assert (node.met, node.axes[0].have) == (False, None)
    assert node.as_json()["axes"][0]["have"] is None


def test_an_axis_takes_the_score_where_a_leaf_has_none_of_its_own() -> None:
    rule = one_rule(**EXAM, axes={"professional": 70})
    node = decide(rule, [fact("a", "exam", "base", "0.8", weights=WEIGHTS, leaf_scores={"LAW": "0.7"})]).tree
    assert (node.met, node.axes[0].have) == (True, Decimal("74.0"))


def test_a_later_run_that_weighs_nothing_on_the_profile_is_measured_by_its_leaf_scores() -> None:
    rule = one_rule(kind="scenario", subject="S1", mark=60, axes={"professional": 60})
    again = fact("a", "scenario", "S1", "0.9", leaf_scores={"LAW": "0.5", "SWK": "0.9"})
    assert decide(rule, [again]).tree.axes[0].have == Decimal("70.0")


def test_axes_come_in_the_order_of_the_view_and_survive_json() -> None:
    rule = one_rule(**EXAM, axes={"technical": 60, "professional": 50})
    decision = decide(rule, [sitting("a", "0.9", DIG="0.3")])
    assert [axis.key for axis in decision.tree.axes] == ["professional", "technical"]
    again = Decision.from_json(json.loads(json.dumps(decision.as_json())))
    assert (again, again.as_json()) == (decision, decision.as_json())


def test_what_is_too_old_is_named_only_if_it_reached_the_axes() -> None:
    rule = one_rule(**EXAM, axes={"technical": 60}, max_age_months=12)
    old = fact("a", "exam", "base", "0.9", weights=WEIGHTS, leaf_scores={"DIG": "0.3"}, at=day("2020-01-01"))
    good = fact("b", "exam", "base", "0.7", weights=WEIGHTS, leaf_scores={"DIG": "0.7"}, at=day("2019-01-01"))
    node = decide(rule, [old, good], at=day("2026-01-01")).tree
    assert [each.evidence for each in node.too_old] == ["b"]


shares = st.integers(0, 100).map(lambda number: str(Decimal(number) / 100))
leaf_numbers = st.dictionaries(st.sampled_from(list(leaf_titles())), shares, max_size=5)


@given(leaf_numbers, leaf_numbers, shares, st.sampled_from(["A@1", "B@1", "R@1"]))
def test_an_axis_is_what_the_radar_shows_of_this_one_trace(
    weights: Any, leaf_scores: Any, score: str, ref: str
) -> None:
    row = Evidence(subject_id=1, score=Decimal(score), weights=weights, leaf_scores=leaf_scores)
    shown = {axis.key: axis.score for axis in project(profile_from([row]), view(ref))}
    taken = fact("a", "exam", "base", score, weights=weights, leaf_scores=leaf_scores)
    if not weights:
        return  # the radar leaves such a row out, see above
    assert {axis.key: taken.axis(axis.leaves) for axis in view(ref).axes} == shown


@pytest.mark.parametrize(
    ("rule", "head", "problem"),
    [
        ({"axes": {}}, {}, ("rule.axes", "Name at least one axis, or leave the axes out.")),
        ({"axes": ["technical"]}, {}, ("rule.axes", "Name at least one axis, or leave the axes out.")),
        (
            {"axes": {"技术": 60}},
            {},
            ("rule.axes.技术", "Axes of this view are: professional, technical, empathy."),
        ),
        ({"axes": {"technical": 0}}, {}, ("rule.axes.technical", "Give a number from 1 to 100.")),
        ({"axes": {"technical": "60"}}, {}, ("rule.axes.technical", "Give a number from 1 to 100.")),
        (
            {"axes": {"technical": 60}},
            {"view": "Z@9"},
            ("rule.axes", "Choose a view first: axes are those of the view."),
        ),
        ({"max_age_months": 0}, {}, ("rule.max_age_months", "Give a number from 1 to 600.")),
        ({"max_age_months": 2.5}, {}, ("rule.max_age_months", "Give a number from 1 to 600.")),
        ({"max_age_months": 601}, {}, ("rule.max_age_months", "Give a number from 1 to 600.")),
    ],
)
def test_axes_and_ages_that_make_no_sense_are_refused(rule: Any, head: Any, problem: tuple[str, str]) -> None:
    leaf = {"id": "r", "title": "一条", "minutes": 60, **EXAM, **rule}
    with pytest.raises(SchemeInvalid) as refused:
        parse_scheme(scheme_data(leaf, **head))
    assert [(where, str(message)) for where, message in refused.value.problems] == [problem]


def test_only_scored_rules_ask_for_axes() -> None:
    leaf = {
        "id": "r",
        "title": "一条",
        "minutes": 60,
        "kind": "course",
        "subject": "data",
        "axes": {"technical": 60},
    }
    with pytest.raises(SchemeInvalid) as refused:
        parse_scheme(scheme_data(leaf))
    assert [where for where, _message in refused.value.problems] == ["rule.axes"]
