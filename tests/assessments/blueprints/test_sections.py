"""Which questions fit which section."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessments.blueprints import Candidate, Criteria, Section, gather

BANK = (
    Candidate("a", 1, "single", frozenset({"LAW"}), frozenset({"民政"})),
    Candidate("b", 3, "single", frozenset({"LAW", "DIG"}), frozenset({"民政", "社区"})),
    Candidate("c", 5, "multiple", frozenset({"EMP"})),
)


@pytest.mark.parametrize(
    ("criteria", "fitting"),
    [
        ({}, "abc"),
        ({"leaves": {"DIG", "EMP"}}, "bc"),
        ({"leaves": {"LAW"}, "tags": {"社区"}}, "b"),
        ({"tags": {"社区", "民政"}}, "ab"),
        ({"types": {"multiple"}}, "c"),
        ({"lowest": 2, "highest": 5}, "bc"),
        ({"lowest": 3, "highest": 3}, "b"),
        ({"types": {"single"}, "leaves": {"EMP"}}, ""),
    ],
)
def test_criteria_narrow_field_by_field_and_one_value_of_a_field_is_enough(
    criteria: dict[str, Any], fitting: str
) -> None:
    sets = {name: frozenset(value) if isinstance(value, set) else value for name, value in criteria.items()}
    (pool,) = gather([Section(1, "", Decimal(1), 2, criteria=Criteria(**sets))], BANK)
    assert "".join(pool.keys) == fitting


def test_a_section_without_a_count_asks_for_every_question_named() -> None:
    (pool,) = gather([Section(1, "", Decimal(2), named=("c", "a"))], BANK)
    assert (pool.keys, pool.count, pool.fixed) == (("c", "a"), 2, True)


def test_a_pool_asks_for_some_of_those_named() -> None:
    (pool,) = gather([Section(1, "", Decimal(2), 1, named=("c", "a"))], BANK)
    assert (pool.keys, pool.count, pool.fixed) == (("c", "a"), 1, False)


def test_a_named_question_outside_the_bank_is_still_asked_for() -> None:
    (pool,) = gather([Section(1, "", Decimal(2), named=("a", "gone"))], BANK)
    assert (pool.keys, pool.count) == (("a",), 2)


def test_questions_left_out_do_not_fit() -> None:
    section = Section(1, "", Decimal(2), 1, criteria=Criteria(), left_out=frozenset("b"))
    assert gather([section], BANK)[0].keys == ("a", "c")
