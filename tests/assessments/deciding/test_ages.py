"""Evidence that is too old for a rule does not count, and the proof says which would have."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.deciding import Decision, TooOld, decide
from assessments.deciding.ages import counts_until, day_of, last_day, months_later
from tests.assessments.deciding.facts import day, fact, one_rule

EXAM = {"kind": "exam", "subject": "base", "mark": 60, "max_age_months": 24}


@pytest.mark.parametrize(
    ("first", "months", "then"),
    [
        ("2023-05-01", 24, "2025-05-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_short_month(
    first: str, months: int, then: str
) -> None:
    assert months_later(date.fromisoformat(first), months).isoformat() == then


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 600))
def test_months_later_stays_in_the_month_it_names(first: date, months: int) -> None:
    then = months_later(first, months)
    assert (then.year * 12 + then.month) - (first.year * 12 + first.month) == months
    assert then.day == first.day or (then.day < first.day and (then + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 9, 20), 36, date(2029, 9, 19)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_last_day_is_the_one_certificates_print(first: date, months: int, last: date) -> None:
    from certificates.numbering import last_day as printed

    assert last_day(first, months) == last == printed(first, months)


def test_a_day_is_that_of_shanghai() -> None:
    assert day_of(datetime(2023, 4, 30, 16, 30, tzinfo=UTC)) == date(2023, 5, 1)
    assert counts_until(datetime(2023, 4, 30, 15, 59, tzinfo=UTC), 24) == date(2025, 4, 30)
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2023, 5, 1))  # noqa: DTZ001


@pytest.mark.parametrize(("on", "met"), [("2025-05-01", True), ("2025-05-02", False)])
def test_evidence_counts_up_to_the_day_on_which_it_is_so_old(on: str, met: bool) -> None:
    taken = fact("a", "exam", "base", "0.8", at=day("2023-05-01"))
    assert decide(one_rule(**EXAM), [taken], at=day(on)).met is met


@pytest.mark.parametrize(
    ("moment", "met"),
    [(datetime(2025, 5, 1, 15, 59, tzinfo=UTC), True), (datetime(2025, 5, 1, 16, 0, tzinfo=UTC), False)],
)
def test_the_day_of_the_decision_is_that_of_shanghai(moment: datetime, met: bool) -> None:
    taken = fact("a", "exam", "base", "0.8", at=day("2023-05-01"))
    assert decide(one_rule(**EXAM), [taken], at=moment).met is met


def test_unmet_rule_names_the_evidence_that_is_too_old() -> None:
    older = fact("a", "exam", "base", "0.9", at=day("2022-01-01"))
    old = fact("b", "exam", "base", "0.8", at=day("2023-05-01"))
    failed = fact("c", "exam", "base", "0.4", at=day("2026-01-01"))
    node = decide(one_rule(**EXAM), [older, old, failed], at=day("2026-11-20")).tree
    assert (node.met, node.have, node.evidence) == (False, 40, ("c",))
    assert node.too_old == (TooOld("b", date(2023, 5, 1), Decimal(80)),)
    assert node.as_json()["too_old"] == [{"evidence": "b", "on": "2023-05-01", "have": "80"}]


def test_old_evidence_that_would_not_have_done_is_not_named() -> None:
    old = fact("a", "exam", "base", "0.5", at=day("2023-05-01"))
    assert decide(one_rule(**EXAM), [old], at=day("2026-11-20")).tree.too_old == ()


def test_met_rule_names_what_counts_longest_and_until_when() -> None:
    best = fact("a", "exam", "base", "0.9", at=day("2025-01-10"))
    latest = fact("b", "exam", "base", "0.7", at=day("2026-02-28"))
    old = fact("c", "exam", "base", "1", at=day("2020-01-01"))
    node = decide(one_rule(**EXAM), [best, latest, old], at=day("2026-11-20")).tree
    assert (node.evidence, node.have, node.until, node.too_old) == (("b",), 70, date(2028, 2, 28), ())


@pytest.mark.parametrize(
    ("rule", "kind", "key", "more"),
    [
        ({"kind": "course", "subject": "data"}, "course", "data", {}),
        ({"kind": "endorsement"}, "endorsement", "QL-1", {}),
        ({"kind": "certificate", "subject": "prior"}, "certificate", "prior", {}),
        (
            {"kind": "certificate", "subject": "unit", "subject_kind": "scheme"},
            "certificate",
            "unit",
            {"subject_kind": "scheme"},
        ),
        ({"kind": "scenario", "subject": "S1", "mark": 60}, "scenario", "S1", {"score": "0.6"}),
        ({"kind": "exam", "subject": "base", "mark": 60}, "exemption", "base", {}),
        (
            {"kind": "practice", "hours": 8},
            "practice",
            "W",
            {"hours": Decimal(8), "subject_kind": "workshop"},
        ),
    ],
)
def test_every_kind_of_leaf_takes_an_age(rule: Any, kind: str, key: str, more: Any) -> None:
    aged = one_rule(**rule, max_age_months=12)
    done = fact("a", kind, key, at=day("2026-01-31"), **more)
    assert decide(aged, [done], at=day("2027-01-31")).met is True
    lost = decide(aged, [done], at=day("2027-02-01"))
    assert (lost.met, [old.evidence for old in lost.tree.too_old]) == (False, ["a"])
    assert [each.rule for each in lost.missing] == ["r"]


def test_hours_that_are_too_old_are_listed_oldest_first() -> None:
    rule = one_rule(kind="practice", hours=20, minutes=1200, max_age_months=12)
    entries = [
        fact("new", "practice", "W", hours=Decimal(5), at=day("2026-06-01")),
        fact("late", "practice", "W", hours=Decimal(3), at=day("2025-03-01")),
        fact("early", "practice", "W", hours=Decimal(9), at=day("2025-02-01")),
    ]
    decision = decide(rule, entries, at=day("2026-11-20"))
    assert (decision.tree.have, decision.tree.until) == (5, None)
    assert [(old.evidence, old.have) for old in decision.tree.too_old] == [("early", 9), ("late", 3)]
    assert [each.minutes for each in decision.missing] == [900]


def test_a_rule_with_an_age_needs_the_moment() -> None:
    with pytest.raises(ValueError, match="moment"):
        decide(one_rule(**EXAM), [])


def test_an_age_survives_json() -> None:
    old = fact("b", "exam", "base", "0.8", at=day("2023-05-01"))
    new = fact("c", "exam", "base", "0.8", at=day("2026-05-01"))
    for evidence in ([old], [new], [old, new], []):
        decision = decide(one_rule(**EXAM), evidence, at=day("2026-11-20"))
        again = Decision.from_json(json.loads(json.dumps(decision.as_json())))
        assert (again, again.as_json()) == (decision, decision.as_json())


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(["0.5", "0.7"])), max_size=5),
    st.integers(0, 4000),
)
def test_an_age_only_takes_away_and_time_only_takes_away(taken: Any, later: int) -> None:
    """Without an age more is met, and what is met later was met before, the evidence being the same."""
    begun = day("2015-01-01")
    facts = [
        fact(str(n), "exam", "base", score, at=begun + timedelta(days=days))
        for n, (days, score) in enumerate(taken)
    ]
    ageless = one_rule(**{name: value for name, value in EXAM.items() if name != "max_age_months"})
    at = begun + timedelta(days=3000 + later)
    met = decide(one_rule(**EXAM), facts, at=at).met
    assert decide(ageless, facts).met >= met
    assert met >= decide(one_rule(**EXAM), facts, at=at + timedelta(days=1)).met
