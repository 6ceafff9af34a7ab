"""Two texts of a scheme differ in words, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.schemes.comparing import Difference, differences
from tests.assessments.schemes.making import COURSE, EXAM, definition


def lines(before: Any, after: Any) -> list[tuple[str, str, str]]:
    return [(each.kind, each.what, each.text) for each in differences(before, after)]


def test_the_same_text_has_no_differences() -> None:
    assert differences(definition(COURSE, EXAM), definition(COURSE, EXAM)) == ()


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ({"title": "新名"}, ("方案名称", "数字治理 → 新名")),
        ({"level": "advanced"}, ("级别", "初级 → 高级")),
        ({"valid_months": None}, ("有效期（月）", "36 → 无")),
        ({"view": "B@1"}, ("能力视图", "A@1 → B@1")),
        (
            {"renewal": [{"from": "2026-01-01", "months": 36, "hours": 90}]},
            ("换证规则", "无 → 2026-01-01 起，36 个月内 90 学时"),
        ),
    ],
)
def test_the_scheme_itself_changes(head: Any, line: tuple[str, str]) -> None:
    assert lines(definition(COURSE), definition(COURSE, **head)) == [("changed", *line)]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"mark": 70}, "合格线（得分率 %）：60 → 70"),
        ({"must_pass": True}, "须判定合格：无 → 是"),
        ({"axes": {"technical": 60, "empathy": 50}}, "各维度最低得分：无 → 技术能力 60%，共情能力 50%"),
        ({"max_age_months": 24}, "材料年限（月）：无 → 24"),
        ({"minutes": 45}, "通常所需分钟：20 → 45"),
    ],
)
def test_a_rule_changes(change: Any, text: str) -> None:
    found = lines(definition(COURSE, EXAM), definition(COURSE, {**EXAM, **change}))
    assert found == [("changed", "考试 ≥ 60%", text)]


def test_rules_come_and_go() -> None:
    assert lines(definition(COURSE), definition(EXAM)) == [
        ("added", "考试 ≥ 60%", "新增，在“数字治理”中"),
        ("removed", "学完《数据分析》", "删去，原在“数字治理”中"),
    ]


def test_a_rule_moves_and_a_renamed_group_is_the_same_group() -> None:
    special = {"id": "special", "kind": "any", "title": "专项", "rules": [EXAM]}
    before = definition(COURSE, special)
    renamed = definition(COURSE, {**special, "title": "专项模块"})
    assert lines(before, renamed) == [("changed", "专项模块", "名称：专项 → 专项模块")]
    moved = definition({**special, "rules": [EXAM, COURSE]})
    assert lines(before, moved) == [
        ("changed", "学完《数据分析》", "从“数字治理”移到“专项”"),
        ("changed", "规则顺序", "有变化；几条路一样短时，以排在前面的为准"),
    ]


def test_another_order_is_one_line() -> None:
    assert [line[1] for line in lines(definition(COURSE, EXAM), definition(EXAM, COURSE))] == ["规则顺序"]


@pytest.mark.parametrize("broken", [{}, {"rule": 3}, {"rule": {"rules": ["x", {"rules": 5}]}}, {"view": [1]}])
def test_a_text_with_mistakes_is_compared_as_far_as_it_can_be_read(broken: Any) -> None:
    assert all(isinstance(each, Difference) for each in differences(broken, definition(COURSE)))
    assert all(isinstance(each, Difference) for each in differences(definition(COURSE), broken))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "rules", "axes", "title", "renewal", "level"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(values, values)
def test_whatever_drafts_hold_can_be_compared(one: Any, other: Any) -> None:
    before = {"rule": one, "level": other, "renewal": one}
    after = {"rule": other, "level": one, "renewal": other}
    assert isinstance(differences(before, after), tuple)
    assert differences(before, before) == ()
