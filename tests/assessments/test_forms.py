"""The marker's form: which criteria stand beside which part of an answer, and what it says of impossible marks."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from assessments.forms import MarkForm

CASE = {
    "criteria": [
        {"id": "c1", "text": "指出三处", "max": 6, "part": "p1"},
        {"id": "c2", "text": "事实清楚", "max": 4, "part": "p2"},
        {"id": "c3", "text": "给出时间", "max": 4, "part": "p2"},
    ]
}


def names(form: MarkForm, part: str) -> list[str]:
    return [field.name for field in form.criteria_of(part)]


def test_criteria_stand_beside_the_part_they_judge() -> None:
    form = MarkForm(key=CASE)
    assert {part: names(form, part) for part in ("p1", "p2", "p3")} == {
        "p1": ["criterion-c1"],
        "p2": ["criterion-c2", "criterion-c3"],
        "p3": [],
    }


def test_criteria_of_a_short_answer_stand_beside_its_only_text() -> None:
    key = {"criteria": [{"id": "c1", "text": "诊断", "max": 2}, {"id": "c2", "text": "闭环", "max": 2}]}
    assert names(MarkForm(key=key), "text") == ["criterion-c1", "criterion-c2"]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("7", "请填 0 到 6 之间的数。"),
        ("-1", "请填 0 到 6 之间的数。"),
        ("很好", "请填 0 到 6 之间的数。"),
        ("5.3", "评分以半分为一档。"),
        ("5.5", ""),
    ],
)
def test_an_impossible_mark_is_refused_in_the_marker_s_words(mark: str, said: str) -> None:
    data: dict[str, Any] = {"criterion-c1": mark, "criterion-c2": "4", "criterion-c3": "0", "penalty": "0"}
    with translation.override("zh-hans"):
        errors = MarkForm(data, key=CASE).errors
    assert errors == ({"criterion-c1": [said]} if said else {})
