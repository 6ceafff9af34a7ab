"""Answers written as text, and gaps written in place: read as meant, refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.items import item_type
from assessments.items.notation import Unreadable, gap_in, lines_of, partial_in, pieces_in, share_in, texts_in


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("听|倾听", {"accepted": ["听", "倾听"]}),
        (" 听 ｜ 倾听 ", {"accepted": ["听", "倾听"]}),
        ("听|看=50%", {"accepted": ["听"], "partial": [{"text": "看", "share": "0.5"}]}),
        ("听|看＝50％", {"accepted": ["听"], "partial": [{"text": "看", "share": "0.5"}]}),
        ("!WPS", {"accepted": ["WPS"], "case": True}),
        ("#12±0.5", {"value": 12, "tolerance": "0.5"}),
        ("#12+-1", {"value": 12, "tolerance": 1}),
        (r"1\=1|a\|b", {"accepted": ["1=1", "a|b"]}),
    ],
)
def test_a_gap_to_write_into_is_read(source: str, key: dict[str, Any]) -> None:
    assert gap_in(source).key == key


def test_a_gap_with_a_star_is_a_list() -> None:
    gap = gap_in("甲| *乙 |丙")
    assert (gap.options, gap.right, gap.key) == (("甲", "乙", "丙"), 1, None)


@pytest.mark.parametrize("source", ["*甲|*乙", "", "甲||乙"])
def test_a_gap_that_says_too_much_or_nothing_is_refused(source: str) -> None:
    with pytest.raises(Unreadable):
        gap_in(source)


def test_a_gap_that_is_not_closed_is_refused_with_its_beginning() -> None:
    with pytest.raises(Unreadable, match="听"):
        pieces_in("先[[听，再说。")


def test_what_only_looks_like_a_gap_stays_text() -> None:
    assert pieces_in(r"数组 a\[[0]] 与[[听]]。") == ["数组 a[[0]] 与", "听", "。"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine fails nothing
@given(st.lists(st.text("甲 \\\n\r=n", min_size=1).filter(str.strip), min_size=1))
def test_lines_come_back(texts: list[str]) -> None:
    assert texts_in(lines_of(texts)) == texts


def test_a_part_of_the_marks_is_written_in_percent_or_as_a_share() -> None:
    assert partial_in("看 = 50%\n望=0.25") == [
        {"text": "看", "share": "0.5"},
        {"text": "望", "share": "0.25"},
    ]
    assert share_in("100%") == 1
    with pytest.raises(Unreadable):
        partial_in("看 一半")


def test_a_new_gap_before_an_old_one_leaves_it_its_id() -> None:
    kind = item_type("cloze")
    before = (
        {"stem": "题干", "text": "[[g1]]。", "gaps": [{"id": "g1"}]},
        {"rule": "per_gap", "gaps": {"g1": {"accepted": ["听"]}}},
    )
    made = kind.read({"stem": "题干", "text": "[[看]]，[[听]]。", "rule": "per_gap"}, before)
    assert made.body["text"] == "[[g2]]，[[g1]]。"
    kind.validate(made.body, made.key)
