"""What an exam's settings may say, and that a release holds only those that say something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessments.exams.definitions import check_definition
from assessments.exams.setting_checks import FLAGS, USUAL
from assessments.exams.settings import ExamSettings, Grading, LatePolicy, Phase, Shown
from core.errors import Refusal
from tests.assessments.making import make_exam

EXAM = {
    "key": "base",
    "title": "基础",
    "minutes": 20,
    "pass_percent": 60,
    "questions": [{"key": "Q1", "points": 1}],
}
GOOD: dict[str, Any] = {
    "rehearsal": True,
    "shuffle_options": False,
    "cooldown_hours": 24,
    "grading": "average",
    "pass_axes": {"view": "A@1", "axes": {"professional": 60, "empathy": 62.5}},
    "opens_at": "2026-12-01T09:00:00+08:00",
    "closes_at": "2026-12-01T18:00:00+08:00",
    "late_entry_minutes": 0,
    "access_code": "春江",
    "addresses": ["10.1.2.0/24", "2001:db8::1"],
    "seats_only": True,
    "review": {"during": [], "submitted": ["answer"]},
    "rules": "不带手机。",
    "anonymous_marking": False,
    "late_answers": "refuse",
    "late_minutes": 0,
    "feedback": "each",
    "double_marking": True,
    "marking_tolerance": "1.5",
    "recheck_days": 0,
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *[({name: "yes"}, name) for name in FLAGS],
        ({"grading": "worst"}, "grading"),
        ({"late_answers": "maybe"}, "late_answers"),
        ({"feedback": "never"}, "feedback"),
        ({"cooldown_hours": -1}, "cooldown_hours"),
        ({"cooldown_hours": 1.5}, "cooldown_hours"),
        ({"late_entry_minutes": True}, "late_entry_minutes"),
        ({"late_minutes": 1441}, "late_minutes"),
        ({"marking_tolerance": "two"}, "marking_tolerance"),
        ({"marking_tolerance": -0.5}, "marking_tolerance"),
        ({"marking_tolerance": True}, "marking_tolerance"),
        ({"recheck_days": 367}, "recheck_days"),
        ({"opens_at": "2026-12-01"}, "opens_at"),
        ({"opens_at": "2026-12-01T09:00:00"}, "opens_at"),
        ({"closes_at": 5}, "closes_at"),
        ({"opens_at": GOOD["closes_at"], "closes_at": GOOD["opens_at"]}, "closes_at"),
        ({"addresses": "10.0.0.1"}, "addresses"),
        ({"addresses": ["10.0.0.1", "10.0.0.300"]}, r"addresses\[1\]"),
        ({"addresses": ["10.0.0.1"] * 51}, "addresses"),
        ({"access_code": "x" * 41}, "access_code"),
        ({"access_code": " "}, "access_code"),
        ({"rules": 5}, "rules"),
        ({"review": []}, "review"),
        ({"review": {"later": []}}, r"review\.later"),
        ({"review": {"closed": "key"}}, r"review\.closed"),
        ({"review": {"closed": ["name"]}}, r"review\.closed"),
        ({"pass_axes": {"view": "Z@1", "axes": {"a": 1}}}, r"pass_axes\.view"),
        ({"pass_axes": {"view": "A@1", "axes": {}}}, r"pass_axes\.axes"),
        ({"pass_axes": {"view": "A@1", "axes": {"coordination": 60}}}, r"pass_axes\.axes"),
        ({"pass_axes": {"view": "A@1", "axes": {"empathy": 101}}}, r"pass_axes\.axes\.empathy"),
        ({"pass_axes": {"view": "A@1"}}, r"pass_axes\.axes"),
    ],
)
def test_a_faulty_setting_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal, match=field):
        check_definition({**EXAM, **changes})


def is_fit(definition: dict[str, Any]) -> bool:
    try:
        check_definition(definition)
    except Refusal:
        return False
    return True


def test_good_settings_pass_one_by_one_and_together() -> None:
    unfit = [name for name, value in GOOD.items() if not is_fit({**EXAM, name: value})]
    assert (unfit, is_fit({**EXAM, **GOOD})) == ([], True)


@pytest.mark.django_db
def test_a_release_holds_what_differs_from_the_usual() -> None:
    document = make_exam(**GOOD).document
    assert {name: document[name] for name in GOOD if name != "pass_axes"} == {
        name: value for name, value in GOOD.items() if name != "pass_axes"
    }
    assert document["pass_axes"]["axes"] == {"professional": 60, "empathy": "62.5"}
    settings = ExamSettings.of(document)
    assert (settings.grading, settings.late_answers) == (Grading.AVERAGE, LatePolicy.REFUSE)
    assert settings.pass_axes["empathy"] == Decimal("62.5")
    assert settings.review[Phase.SUBMITTED] == {Shown.ANSWER}
    marking = (settings.double_marking, settings.marking_tolerance, settings.recheck_days)
    assert marking == (True, Decimal("1.5"), 0)


@pytest.mark.django_db
def test_a_release_leaves_out_what_is_usual() -> None:
    usual = {name: value for name, value in USUAL.items() if value not in (None, "")}
    assert not make_exam(**usual).document.keys() & USUAL.keys()


@pytest.mark.django_db
def test_what_is_usual_is_what_settings_read_where_nothing_is_said() -> None:
    document = make_exam().document
    usual = {name: value for name, value in USUAL.items() if value is not None}
    assert ExamSettings.of({**document, **usual}) == ExamSettings.of(document)


@pytest.mark.django_db
def test_a_tolerance_of_two_is_usual_however_it_is_written() -> None:
    for number, usual in enumerate((2, 2.0, "2", "2.00")):
        assert "marking_tolerance" not in make_exam(f"usual-{number}", marking_tolerance=usual).document
    settings = ExamSettings.of(make_exam().document)
    marking = (settings.double_marking, settings.marking_tolerance, settings.recheck_days)
    assert marking == (False, Decimal(2), 7)
