"""What the settings of an exam may be, in words, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.exams.settings import Grading, LatePolicy, Phase, Shown

GRADINGS = [
    (Grading.BEST, _("the best sitting")),
    (Grading.LAST, _("the last sitting")),
    (Grading.FIRST, _("the first sitting")),
    (Grading.AVERAGE, _("the average of all sittings")),
]
FEEDBACKS = [
    ("end", _("after the paper is handed in")),
    ("each", _("after each question; a question that was checked can no longer be changed")),
]
LATE = [
    (LatePolicy.ASK, _("a person decides whether they count")),
    (LatePolicy.ACCEPT, _("they count")),
    (LatePolicy.REFUSE, _("they are kept, but do not count")),
]
PHASES = {
    Phase.DURING: _("while sitting"),
    Phase.SUBMITTED: _("after handing in"),
    Phase.CLOSED: _("after the exam is closed"),
}
SHOWN = [
    (Shown.ANSWER, _("own answers")),
    (Shown.MARK, _("marks")),
    (Shown.KEY, _("right answers")),
    (Shown.EXPLANATION, _("explanations")),
]
ONE_PAPER = ("draw",)
SECTIONS_ONLY = ("exposure_cap", "difficulty_tolerance")


@dataclass(frozen=True)
class Group:
    """Settings that belong together; `note` says what is set elsewhere."""

    title: Any
    names: tuple[str, ...]
    note: Any = ""


GROUPS = (
    Group(_("The basics"), ("title", "module", "summary", "practice")),
    Group(
        _("Time and attempts"),
        (
            "minutes",
            "opens_at",
            "closes_at",
            "late_entry_minutes",
            "max_attempts",
            "cooldown_hours",
            "grading",
        ),
        _("Extra time and extra attempts for single people are granted as arrangements, not here."),
    ),
    Group(
        _("Passing"),
        ("pass_percent", "pass_view", "pass_text", "fail_text"),
        _("What each section needs by itself is written in the sections."),
    ),
    Group(
        _("Who gets in"),
        ("rules", "access_code", "addresses", "seats_only"),
        _("A session in exam rooms has a code and addresses of its own."),
    ),
    Group(_("The paper"), ("draw", "shuffle", "shuffle_options", "exposure_cap", "difficulty_tolerance")),
    Group(
        _("Answers and what is shown"),
        ("feedback", "late_answers", "late_minutes"),
    ),
    Group(
        _("Marking by people"),
        ("anonymous_marking", "double_marking", "marking_tolerance", "recheck_days"),
        _("Only questions that a person marks."),
    ),
)
