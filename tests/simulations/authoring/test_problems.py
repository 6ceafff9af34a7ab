"""Faults are told at the field where they are put right, in the words somebody typed there."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from simulations.authoring.problems import reading_of
from simulations.engine.editing import Part
from tests.simulations.regrades import SMALL

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("「听过群众的话」", "不认识的名称 '听过群众的话'"),
        ("满意 >= 三", "不认识的名称 '满意'"),
        ("信任 >= 三", "三"),
        ("信任 >= 50 且", "后面还缺变量或标志"),
        ("（信任 >= 50", "后面还缺右括号"),
        ("信任 > 100", "100"),
    ],
)
def test_condition_is_told_of_in_the_words_it_was_typed_in(typed: str, said: str) -> None:
    document: Any = deepcopy(SMALL)
    document["vars"]["trust"]["name"] = "信任"
    document["nodes"][1]["choices"][1]["cond"] = typed
    (trouble,) = reading_of(document).troubles
    assert (trouble.part, trouble.field) == (Part("node", "N2"), "choices.1.cond")
    assert "第 1 个字符" not in trouble.text
    assert said in trouble.text, trouble.text


def test_way_and_effect_with_faulty_conditions_are_told_of_too() -> None:
    document: Any = deepcopy(SMALL)
    choice = document["nodes"][0]["choices"][0]
    choice["next"] = [{"to": "N2", "cond": "没听说过"}]
    choice["effects"] = [{"var": "sat", "add": 1, "cond": "没听说过"}]
    troubles = reading_of(document).troubles
    assert sorted(trouble.field for trouble in troubles) == [
        "choices.0.effects.0.cond", "choices.0.next.0.cond",
    ]  # fmt: skip
    assert all("听说过" in trouble.text for trouble in troubles)
