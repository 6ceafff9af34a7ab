"""What several rules ask for is paid for once; the exhaustive comparison stands in test_deciding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessments.deciding import decide, parse_scheme
from assessments.deciding.cheapest import MOST_WAYS
from tests.assessments.deciding.facts import fact, scheme_data


def course(id: str, subject: str, minutes: int) -> dict[str, Any]:
    return {"id": id, "kind": "course", "title": id, "subject": subject, "minutes": minutes}


def group(id: str, kind: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "title": id, "rules": list(rules), **more}


def way(rule: dict[str, Any], *facts: Any) -> list[tuple[str, int]]:
    return [(each.rule, each.minutes) for each in decide(parse_scheme(scheme_data(rule)), facts).missing]


def test_a_course_two_modules_ask_for_is_paid_once() -> None:
    """Alone, the second module (50) is cheaper than the first (30 + 40); but the base spends these 40 already."""
    base = group("base", "all", course("base-law", "law", 40))
    first = group("first", "all", course("first-law", "law", 40), course("tower", "tower", 30))
    second = group("second", "all", course("wind", "wind", 50))
    rule = group("all", "all", base, group("special", "any", first, second))
    assert way(rule) == [("base-law", 40), ("first-law", 0), ("tower", 30)]


def test_the_dearer_of_two_rules_about_one_thing_is_what_is_paid() -> None:
    low = {"id": "low", "kind": "exam", "title": "60", "subject": "base", "mark": 60, "minutes": 20}
    high = {**low, "id": "high", "mark": 85, "minutes": 50}
    assert way(group("all", "all", low, high)) == [("low", 20), ("high", 30)]
    assert way(group("all", "all", high, low)) == [("high", 50), ("low", 0)]
    assert way(group("any", "any", high, low)) == [("low", 20)]
    assert way(group("all", "all", high, low), fact("a", "exam", "base", "0.6")) == [("high", 50)]


def test_of_the_same_hours_only_the_larger_count_is_done() -> None:
    few = {"id": "few", "kind": "practice", "title": "8", "hours": 8, "minutes": 480}
    many = {**few, "id": "many", "hours": 20, "minutes": 1200}
    assert way(group("all", "all", few, many)) == [("few", 480), ("many", 720)]
    done = fact("a", "practice", "W", hours=Decimal(5), subject_kind="workshop")
    assert way(group("all", "all", few, many), done) == [("few", 180), ("many", 720)]


def test_the_same_key_of_another_kind_is_another_activity() -> None:
    exam = {"id": "exam", "kind": "exam", "title": "考", "subject": "law", "mark": 60, "minutes": 20}
    assert way(group("all", "all", course("law", "law", 40), exam)) == [("law", 40), ("exam", 20)]


@pytest.mark.parametrize(("shared", "paid_once"), [(8, True), (9, False)])
def test_beyond_the_bound_each_rule_is_priced_by_itself_and_still_adds_up(
    shared: int, paid_once: bool
) -> None:
    """Eight activities that may be paid for or not are 256 ways, nine are 512."""
    assert MOST_WAYS == 256
    base = [course(f"base-{n}", f"c{n}", 10) for n in range(shared)]
    again = group("again", "all", *(course(f"again-{n}", f"c{n}", 10) for n in range(shared)))
    other = course("other", "other", 10 * shared - 1)
    found = way(group("all", "all", *base, group("special", "any", again, other)))
    chosen = {rule for rule, _minutes in found} - {each["id"] for each in base}
    assert chosen == ({f"again-{n}" for n in range(shared)} if paid_once else {"other"})
    assert sum(minutes for _rule, minutes in found) == 10 * shared + (0 if paid_once else 10 * shared - 1)
