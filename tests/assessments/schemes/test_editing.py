"""Changing a definition rule by rule: nothing is lost on the way, and every rule keeps an id of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.deciding.validating import DEEPEST
from assessments.schemes.editing import (
    ROOT,
    NoSuchPlace,
    begun,
    groups_for,
    line_at,
    line_with_id,
    moved,
    outline,
    shifted,
    with_added,
    with_head,
    with_rule,
    without,
)
from tests.assessments.schemes.making import COURSE, EXAM, definition

PAIR = {"id": "pair", "kind": "any", "title": "二选一", "rules": [COURSE, EXAM]}
OWN = {"id": "own", "kind": "practice", "title": "实践", "hours": 40, "minutes": 2400}


def of(*rules: Any) -> dict[str, Any]:
    return deepcopy(definition(*rules))


def ids(scheme: Any) -> list[Any]:
    return [line.rule.get("id") for line in outline(scheme)]


@st.composite
def schemes(draw: Any) -> dict[str, Any]:
    """A tree of groups and courses, made the way an administrator makes it."""
    scheme = begun(key="digital", title="数字治理", view="A@1")
    for _each in range(draw(st.integers(1, 7))):
        group = draw(st.sampled_from([line.place for line in outline(scheme) if line.takes_more]))
        kind = draw(st.sampled_from(("course", "all", "any")))
        scheme = with_added(scheme, group, {"kind": kind, "title": kind})
    return scheme


def place_in(data: Any, scheme: Any) -> str:
    """Any place but the outermost."""
    place: str = data.draw(st.sampled_from([line.place for line in outline(scheme)][1:]))
    return place


@given(schemes(), st.data())
def test_one_step_down_and_up_again_is_where_it_was(scheme: dict[str, Any], data: Any) -> None:
    place = place_in(data, scheme)
    if line_at(scheme, place).is_last:
        assert shifted(scheme, place, 1) == scheme
        return
    group, _dash, number = place.rpartition("-")
    below = f"{group}-{int(number) + 1}"
    assert shifted(shifted(scheme, place, 1), below, -1) == scheme


@given(schemes(), st.data())
def test_what_moves_keeps_every_rule(scheme: dict[str, Any], data: Any) -> None:
    place = place_in(data, scheme)
    for group in groups_for(scheme, place):
        target = line_at(scheme, group).rule["id"]
        after = moved(scheme, place, group)
        assert sorted(ids(after)) == sorted(ids(scheme))
        there = line_with_id(after, line_at(scheme, place).rule["id"])
        assert there.rule == line_at(scheme, place).rule
        assert line_at(after, there.parent).rule["id"] == target


@given(schemes(), st.data())
def test_ids_stay_unique_and_the_old_text_stays_as_it_was(scheme: dict[str, Any], data: Any) -> None:
    before, place = deepcopy(scheme), place_in(data, scheme)
    gone = without(scheme, place)
    again = with_added(gone, ROOT, {"kind": "course", "title": "又一门"})
    assert len(set(ids(again))) == len(ids(again))
    assert scheme == before


def test_a_rule_keeps_its_id_and_a_group_what_it_holds() -> None:
    scheme = of(PAIR)
    after = with_rule(scheme, "r-0", {"kind": "at_least", "n": 2, "title": "都要"})
    assert line_at(after, "r-0").rule == {**PAIR, "kind": "at_least", "n": 2, "title": "都要"}
    after = with_rule(scheme, "r-0-1", {"kind": "practice", "hours": 8, "title": "实践", "minutes": 1})
    assert line_at(after, "r-0-1").rule == {
        "id": "exam",
        "kind": "practice",
        "hours": 8,
        "title": "实践",
        "minutes": 1,
    }


def test_a_group_goes_with_all_it_holds() -> None:
    assert ids(without(of(PAIR, OWN), "r-0")) == ["all", "own"]


def test_nothing_moves_into_itself_or_where_it_is() -> None:
    inner = {"id": "inner", "kind": "all", "title": "内", "rules": []}
    scheme = of({**PAIR, "rules": [inner, COURSE]}, OWN)
    assert groups_for(scheme, "r-0") == ()
    assert groups_for(scheme, "r-0-1") == ("r", "r-0-0")
    for group in ("r-0", "r-0-0", "r-1", "r-7"):
        with pytest.raises(NoSuchPlace):
            moved(scheme, "r-0", group)


@pytest.mark.parametrize("change", [without, lambda s, p: shifted(s, p, 1)])
def test_the_outermost_group_stays_where_it_is(change: Any) -> None:
    with pytest.raises(NoSuchPlace):
        change(of(OWN), ROOT)


@pytest.mark.parametrize("place", ["", "r-1", "r-0-0", "x", "r--1", "r-99999999999999999999"])
def test_there_is_no_rule_at_another_place(place: str) -> None:
    with pytest.raises(NoSuchPlace):
        line_at(of(OWN), place)


def test_what_is_no_rule_does_not_shift_the_places_of_others() -> None:
    scheme = of("nonsense", COURSE, OWN)
    assert [line.place for line in outline(scheme)] == ["r", "r-1", "r-2"]
    assert ids(without(scheme, "r-1")) == ["all", "own"]
    assert line_at(scheme, "r-2").where == "rule.rules[2]"


def test_a_tree_without_end_is_read_to_the_first_rule_too_deep() -> None:
    rule: dict[str, Any] = COURSE
    for number in range(30):
        rule = {"id": f"g{number}", "kind": "all", "title": "组", "rules": [rule]}
    lines = outline({**definition(), "rule": rule})
    assert len(lines) == DEEPEST + 1
    assert [line.takes_more for line in lines] == [True] * (DEEPEST - 1) + [False, False]


@pytest.mark.parametrize("rule", [None, "all", [], 7])
def test_a_draft_without_rules_has_no_outline(rule: Any) -> None:
    assert outline({"key": "digital", "rule": rule}) == ()


def test_a_head_without_renewal_says_nothing_of_it() -> None:
    renewed = with_head(of(OWN), renewal=[{"from": "2026-01-01", "months": 36, "hours": 72}])
    assert with_head(renewed, renewal=[]) == definition(OWN)
    assert with_head(renewed, title="新")["renewal"] == renewed["renewal"]
