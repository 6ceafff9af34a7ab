"""What a proof says of axes and ages, on pages and in the command."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string

from assessments.considering import consider_renewal
from assessments.decisions import standing
from competencies.ledger import record_evidence, register_subject
from competencies.models import EvidenceKind, SubjectKind
from people.models import Person
from tests.assessments.schemes.making import COURSE, EXAM, record, release

pytestmark = pytest.mark.django_db

AXES = {**EXAM, "axes": {"technical": 60, "empathy": 50}}


def said(person: Person, at: datetime) -> list[tuple[str, str]]:
    (shown,) = standing(person, at=at)
    return [(line.have_text, line.note) for line in shown.proof.children]


def sit(person: Person, source: str, at: datetime, score: str, **leaf_scores: str) -> None:
    numbers = {leaf: Decimal(text) for leaf, text in leaf_scores.items()}
    weights = dict.fromkeys(numbers, Decimal(1))
    record(person, source, at, kind="exam", key="base", score=score, weights=weights, leaf_scores=numbers)


def test_axes_are_said_beside_the_mark(person: Person, now: datetime) -> None:
    release(AXES)
    assert said(person, now) == [("还没考", "")]
    sit(person, "a", now, "0.8", DIG="0.55")
    assert said(person, now) == [("得分 80%，技术能力 55%（须达 60%），共情能力证据不足（须达 50%）", "")]
    sit(person, "b", now, "0.9", DIG="0.8", EMP="0.5")
    assert said(person, now) == [("得分 90%，技术能力 80%，共情能力 50%", "")]


def test_what_counts_says_until_when_and_what_does_not_any_more_since_when(
    person: Person, now: datetime
) -> None:
    release({**EXAM, "max_age_months": 24}, {**COURSE, "max_age_months": 24})
    sit(person, "a", now, "0.8")
    record(person, "c", now)
    assert said(person, now) == [
        ("得分 80%", "有效至2028年11月22日（含当日）"),
        ("已学完", "有效至2028年11月22日（含当日）"),
    ]
    later = now + timedelta(days=800)
    (shown,) = standing(person, at=later)
    exam, course = shown.proof.children
    assert (course.have_text, course.note) == ("未学完", "2026年11月22日的一项超过 24 个月，不计入")
    assert (exam.have_text, exam.note) == ("还没考", "学完课程再考")
    record(person, "c2", later)
    assert said(person, later)[0] == ("还没考", "2026年11月22日得分 80%，超过 24 个月，不计入")
    assert "超过 24 个月" in render_to_string("assessments/standing.html", {"standing": shown})


def test_hours_that_are_too_old_are_added_up(person: Person, now: datetime) -> None:
    subject = register_subject(kind=SubjectKind.WORKSHOP, key="W", title="值守")
    release(
        {"id": "p", "kind": "practice", "title": "实践", "hours": 20, "minutes": 1200, "max_age_months": 12}
    )
    for n, (days, hours) in enumerate([(0, "4.5"), (10, "3.5"), (700, "2")]):
        at = now + timedelta(days=days)
        record_evidence(
            person=person,
            subject=subject,
            kind=EvidenceKind.PRACTICE,
            version_hash="0" * 64,
            source_key=f"p{n}",
            occurred_at=at,
            now=at,
            hours=Decimal(hours),
        )
    assert said(person, now + timedelta(days=700)) == [
        ("2 / 20 小时", "截至2026年12月2日的 8 小时超过 12 个月，不计入")
    ]


def test_what_two_rules_ask_for_is_one_step(person: Person, now: datetime) -> None:
    """Under the name of the rule that asks for more, with what both cost together."""
    high = {**EXAM, "id": "high", "title": "考试 ≥ 85%", "mark": 85, "minutes": 50}
    release(EXAM, COURSE, high)
    (shown,) = standing(person, at=now)
    assert [(step.title, step.minutes) for step in shown.missing] == [
        ("考试 ≥ 85%", 50),
        ("学完《数据分析》", 90),
    ]
    assert (shown.minutes, shown.total, shown.proof.have_text) == (140, 3, "还差 3 项")


def test_explain_decision_keeps_its_keys_and_shows_axes_and_ages(person: Person, now: datetime) -> None:
    release({**AXES, "max_age_months": 1})
    sit(person, "a", now - timedelta(days=400), "0.8", DIG="0.7", EMP="0.7")
    out = StringIO()
    call_command("explain_decision", person.account.staff_number, "digital", "--json", stdout=out)
    data: Any = json.loads(out.getvalue())
    assert list(data) == ["met", "tree", "missing"]
    (leaf,) = data["tree"]["children"]
    assert [axis["have"] for axis in leaf["axes"]] == [None, None]
    assert [old["have"] for old in leaf["too_old"]] == ["80"]
    assert [axis["axis"] for axis in data["missing"][0]["axes"]] == ["technical", "empathy"]


def test_renewal_counts_the_hours_of_the_ledger(
    person: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    plain = release(COURSE)
    version = release(COURSE, renewal=[{"from": "2024-01-01", "months": 36, "hours": 72}])
    record(person, "c", now, hours=Decimal(4))
    issued_on = now.date() - timedelta(days=30)
    with django_assert_num_queries(1):
        found = consider_renewal(person, version, issued_on=issued_on, at=now)
    assert found is not None
    assert (found.have, found.need, found.may_renew) == (4, 72, False)
    assert consider_renewal(person, plain, issued_on=issued_on, at=now) is None
