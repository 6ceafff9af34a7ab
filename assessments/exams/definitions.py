"""What an exam's definition may say, checked before anything is pinned.

{key, title, minutes, pass_percent} with either questions: [{key, points}] or sections (see `section_checks`), and,
where wanted: module, summary, points (checked against the sum), shuffle (the questions' order, default true),
max_attempts (default none), and the settings of `setting_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.exams.section_checks import LONGEST_TITLE, check_drawing, check_sections, points_of_sections
from assessments.exams.setting_checks import (
    FEEDBACK,
    MOST_MINUTES,
    USUAL,
    check_percent,
    check_settings,
    is_set,
    too_long,
)
from assessments.items.checking import as_decimal, as_text, check_count, check_fields, check_flag, check_text
from assessments.items.problems import Problems, ProblemsFound, gettext_noop
from assessments.wording import refusal_of

__all__ = [
    "FEEDBACK",
    "KEY",
    "LONGEST_TITLE",
    "MOST_MINUTES",
    "OPTIONAL",
    "SETTINGS",
    "check_definition",
    "is_set",
    "points_of",
]

FIELDS = frozenset({"key", "title", "minutes", "pass_percent"})
ASKED = frozenset({"questions", "sections"})
SETTINGS = tuple(USUAL)
OPTIONAL = frozenset({"module", "summary", "points", "shuffle", "max_attempts", *SETTINGS})
KEY = re.compile(r"[-a-zA-Z0-9_]{1,64}")


class ExamInvalid(ProblemsFound):
    """The definition cannot be released."""


def check_definition(definition: object, *, unfinished: bool = False) -> None:
    """Raises Refusal with every problem. Whether the bank has the questions is not looked at.

    An `unfinished` one, a draft on its way, may have no section yet.
    """
    problems = Problems()
    data = check_fields(problems, "exam", definition, FIELDS, OPTIONAL | ASKED)
    _check_names(problems, data)
    _check_numbers(problems, data)
    if "shuffle" in data:
        check_flag(problems, "shuffle", data["shuffle"])
    check_settings(problems, data)
    check_drawing(problems, data)
    if not (unfinished and data.get("sections") == []):
        _check_asked(problems, data)
    try:
        problems.raise_if_any(ExamInvalid)
    except ExamInvalid as error:
        raise refusal_of(error, about=str(data.get("key", ""))) from error


def _check_names(problems: Problems, data: Mapping[str, Any]) -> None:
    for name in ("key", "title"):
        if name in data:
            check_text(problems, name, data[name])
    if data.get("key") and not KEY.fullmatch(str(data["key"])):
        problems.add("key", gettext_noop("Use letters, digits, - and _, at most %(most)s of them."), most=64)
    if len(str(data.get("title", ""))) > LONGEST_TITLE:
        too_long(problems, "title", LONGEST_TITLE)
    for name in ("module", "summary"):
        if not isinstance(data.get(name, ""), str):
            check_text(problems, name, data[name])


def _check_numbers(problems: Problems, data: Mapping[str, Any]) -> None:
    for name in ("minutes", "max_attempts"):
        if name in data and (data[name] is not None or name in FIELDS):
            check_count(problems, name, data[name])
    minutes = as_decimal(data.get("minutes", 1))
    if minutes is not None and minutes > MOST_MINUTES:
        problems.add(
            "minutes", gettext_noop("Give a number from %(least)s to %(most)s."), least=1, most=MOST_MINUTES
        )
    check_percent(problems, "pass_percent", data.get("pass_percent", 0))


def _check_asked(problems: Problems, data: Mapping[str, Any]) -> None:
    """Questions one by one, or sections; what they are worth."""
    if "sections" in data and "questions" in data:
        problems.add("sections", gettext_noop("An exam has either questions or sections, not both."))
    elif "sections" in data:
        check_sections(problems, data)
        if data.get("draw") is not None:
            problems.add("draw", gettext_noop("Sections say themselves how many questions are drawn."))
        _check_sum(problems, data, points_of_sections(data["sections"]))
    elif "questions" in data:
        _check_questions(problems, data)
    else:
        problems.add("exam.questions", gettext_noop("A value is needed here."))


def _check_questions(problems: Problems, data: Mapping[str, Any]) -> None:
    entries = data["questions"]
    if not isinstance(entries, list) or not entries:
        problems.add("questions", gettext_noop("Give a list of at least %(least)s."), least=1)
        return
    seen: set[str] = set()
    worths: list[Decimal] = []
    for number, entry in enumerate(entries):
        where = f"questions[{number}]"
        fields = check_fields(problems, where, entry, frozenset({"key", "points"}))
        points = as_decimal(fields.get("points"))
        if points is None or points <= 0:
            problems.add(f"{where}.points", gettext_noop("This must be a number above 0."))
        worths.append(points or Decimal(0))
        key = str(fields.get("key"))
        if key in seen:
            problems.add(f"{where}.key", gettext_noop("The id %(id)s is used twice."), id=key)
        seen.add(key)
    draw = data.get("draw")
    if isinstance(draw, int):
        _check_draw(problems, draw, worths)
    _check_sum(problems, data, points_of(worths, draw if isinstance(draw, int) else None))


def _check_sum(problems: Problems, data: Mapping[str, Any], total: Decimal) -> None:
    if data.get("points") is not None and as_decimal(data["points"]) != total:
        problems.add("points", gettext_noop("The questions add up to %(sum)s."), sum=as_text(total))


def points_of(worths: list[Decimal], draw: int | None) -> Decimal:
    """What a paper is worth: all of the questions, or as many as are drawn, which are worth the same."""
    return sum(worths[:draw], Decimal(0))


def _check_draw(problems: Problems, draw: int, worths: list[Decimal]) -> None:
    if draw > len(worths):
        problems.add("draw", gettext_noop("There are %(count)s questions only."), count=len(worths))
    if len(set(worths)) > 1:
        problems.add(
            "draw", gettext_noop("Questions to be drawn must be worth the same, so that all papers are.")
        )
