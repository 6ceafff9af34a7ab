"""Renewal: dated rules, hours credited within the period, and the days on which one may renew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.deciding import (
    RenewalDecision,
    SchemeDefinition,
    SchemeInvalid,
    decide_renewal,
    parse_scheme,
)
from tests.assessments.deciding.facts import day, fact, scheme_data

COURSE = {"id": "r", "kind": "course", "title": "学完", "subject": "data", "minutes": 60}
RULES = [
    {"from": "2026-01-01", "months": 36, "hours": 90},
    {"from": "2024-01-01", "months": 36, "hours": 72},
]


def scheme(*rules: dict[str, Any], **head: Any) -> SchemeDefinition:
    return parse_scheme(scheme_data(COURSE, renewal=list(rules) or RULES, **head))


def decided(facts: Any, at: str, issued_on: str = "2024-06-15", **head: Any) -> RenewalDecision:
    found = decide_renewal(scheme(**head), facts, issued_on=date.fromisoformat(issued_on), at=day(at))
    assert found is not None
    return found


def hours(id: str, on: str, number: str, kind: str = "practice", key: str = "W", **more: Any) -> Any:
    return fact(id, kind, key, hours=Decimal(number), at=day(on), **more)


def test_scheme_without_rules_has_no_renewal() -> None:
    plain = parse_scheme(scheme_data(COURSE))
    assert decide_renewal(plain, [], issued_on=date(2024, 6, 15), at=day("2026-01-01")) is None


@pytest.mark.parametrize(
    ("issued_on", "need"),
    [("2023-12-31", 72), ("2024-01-01", 72), ("2025-12-31", 72), ("2026-01-01", 90), ("2030-01-01", 90)],
)
def test_the_rule_of_the_day_of_issue_holds(issued_on: str, need: int) -> None:
    """Before the first rule, the first holds."""
    assert decided([], "2026-02-01", issued_on).need == need


def test_the_days_of_a_renewal() -> None:
    found = decided([], "2026-02-01")
    assert (found.counted_from, found.counted_until) == (date(2024, 6, 15), date(2027, 6, 14))
    assert (found.renew_from, found.renew_until) == (date(2027, 3, 15), date(2027, 6, 14))


def test_the_window_may_be_longer() -> None:
    rule = {**RULES[1], "window_months": 6}
    found = decide_renewal(scheme(rule), [], issued_on=date(2024, 8, 31), at=day("2026-02-01"))
    assert found is not None
    assert (found.renew_from, found.renew_until) == (date(2027, 2, 28), date(2027, 8, 30))


@pytest.mark.parametrize(
    ("at", "number", "may", "over"),
    [
        ("2027-03-14", "72", False, False),
        ("2027-03-15", "72", True, False),
        ("2027-06-14", "72", True, False),
        ("2027-06-15", "72", False, True),
        ("2027-06-14", "71.5", False, False),
    ],
)
def test_one_may_renew_with_enough_hours_on_the_right_days(
    at: str, number: str, may: bool, over: bool
) -> None:
    found = decided([hours("a", "2025-01-01", number)], at)
    assert (found.may_renew, found.is_over, found.met) == (may, over, number == "72")


@pytest.mark.parametrize(
    ("on", "counts"),
    [("2024-06-14", False), ("2024-06-15", True), ("2026-02-01", True), ("2026-02-02", False)],
)
def test_hours_count_from_the_day_of_issue_to_today(on: str, counts: bool) -> None:
    assert decided([hours("a", on, "5")], "2026-02-01").have == (5 if counts else 0)


def test_hours_after_the_period_count_for_no_renewal_of_it() -> None:
    assert decided([hours("a", "2027-06-15", "5")], "2027-07-01").have == 0


def test_practice_adds_up_and_the_same_course_or_rehearsal_is_learnt_once() -> None:
    found = decided(
        [
            hours("a", "2025-01-01", "5"),
            hours("b", "2025-01-02", "6"),
            hours("c", "2025-02-01", "1", "scenario", "S1"),
            hours("d", "2025-02-02", "1.5", "scenario", "S1"),
            hours("e", "2025-02-03", "1.5", "scenario", "S1"),
            hours("f", "2025-03-01", "3", "course", "data"),
            hours("g", "2025-03-02", "9", "course", "law", attributes={"passed": False}),
            hours("h", "2025-03-03", "9", "certificate", "unit"),
        ],
        "2026-02-01",
    )
    assert [(line.evidence, line.on.isoformat(), str(line.hours)) for line in found.lines] == [
        ("a", "2025-01-01", "5"),
        ("b", "2025-01-02", "6"),
        ("d", "2025-02-02", "1.5"),
        ("f", "2025-03-01", "3"),
    ]
    assert (found.have, found.short, found.met) == (Decimal("15.5"), Decimal("56.5"), False)


def test_a_renewal_as_json_shows_its_proof() -> None:
    assert decided([hours("a", "2025-01-01", "5")], "2026-02-01").as_json() == {
        "met": False,
        "may_renew": False,
        "have": "5",
        "need": "72",
        "counted": ["2024-06-15", "2027-06-14"],
        "renew": ["2027-03-15", "2027-06-14"],
        "lines": [
            {
                "evidence": "a",
                "kind": "practice",
                "subject": {"kind": "practice", "key": "W"},
                "on": "2025-01-01",
                "hours": "5",
            }
        ],
    }


@given(
    st.lists(st.tuples(st.integers(-400, 1500), st.integers(1, 40)), max_size=12),
    st.integers(0, 1400),
    st.randoms(use_true_random=False),
)
def test_a_renewal_ignores_order_and_only_grows_with_time(entries: Any, later: int, random: Any) -> None:
    issued = day("2024-06-15")
    facts = [
        fact(str(n), "practice", "W", hours=Decimal(number), at=issued + timedelta(days=days))
        for n, (days, number) in enumerate(entries)
    ]
    at = issued + timedelta(days=later)
    shuffled = list(facts)
    random.shuffle(shuffled)
    found = decide_renewal(scheme(), facts, issued_on=issued.date(), at=at)
    assert found == decide_renewal(scheme(), shuffled, issued_on=issued.date(), at=at)
    after = decide_renewal(scheme(), facts, issued_on=issued.date(), at=at + timedelta(days=1))
    assert found is not None
    assert after is not None
    assert after.have >= found.have


@pytest.mark.parametrize(
    ("rules", "head", "problems"),
    [
        ([], {}, ["renewal"]),
        ("always", {}, ["renewal"]),
        (RULES, {"valid_months": None}, ["renewal"]),
        ([{**RULES[0], "months": 37}], {}, ["renewal[0].months"]),
        ([{**RULES[0], "months": 0}], {}, ["renewal[0].months"]),
        ([{**RULES[0], "hours": 0}], {}, ["renewal[0].hours"]),
        ([{**RULES[0], "from": "1.1.2026"}], {}, ["renewal[0].from"]),
        ([{**RULES[0], "from": 2026}], {}, ["renewal[0].from"]),
        ([RULES[0], {**RULES[1], "from": "2026-01-01"}], {}, ["renewal[1].from"]),
        ([{**RULES[0], "window_months": 37}], {}, ["renewal[0].window_months"]),
        (
            [{"from": "2026-01-01", "until": "2027-01-01"}],
            {},
            ["renewal[0].until", "renewal[0].hours", "renewal[0].months"],
        ),
        ([[]], {}, ["renewal[0]"]),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: Any, head: Any, problems: list[str]) -> None:
    with pytest.raises(SchemeInvalid) as refused:
        parse_scheme(scheme_data(COURSE, renewal=rules, **head))
    assert [where for where, _message in refused.value.problems] == problems
