"""What the sections of an exam's definition may say. Whether the bank can fill them is proved later.

A section is {title, points} with either `questions`, a list of keys, or `select`, {leaves, difficulty, tags, types};
`points` is what each of its questions is worth. Without `count` all of its questions are asked. `pass_percent` of its
points may be needed to pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.blueprints.sections import EASIEST, HARDEST
from assessments.exams.setting_checks import check_percent, too_long
from assessments.items import ITEM_TYPES
from assessments.items.checking import as_decimal, check_count, check_fields, check_one_of, check_text
from assessments.items.problems import Problems, gettext_noop
from competencies.framework import leaf_titles

MOST_SECTIONS = 50
LONGEST_TITLE = 80
REQUIRED = frozenset({"title", "points"})
OPTIONAL = frozenset({"count", "pass_percent", "questions", "select"})
CRITERIA = frozenset({"leaves", "difficulty", "tags", "types"})
BANK_ONLY = ("exposure_cap", "difficulty_tolerance")


def check_sections(problems: Problems, data: Mapping[str, Any]) -> None:
    """Add what is wrong with `sections`, and with the settings that only mean something where there are some."""
    sections = data["sections"]
    if not isinstance(sections, list) or not sections:
        problems.add("sections", gettext_noop("Give a list of at least %(least)s."), least=1)
        return
    if len(sections) > MOST_SECTIONS:
        problems.add("sections", gettext_noop("Give a list of at most %(most)s."), most=MOST_SECTIONS)
        return
    everywhere: set[str] = set()
    for number, section in enumerate(sections):
        where = f"sections[{number}]"
        fields = check_fields(problems, where, section, REQUIRED, OPTIONAL)
        _check_section(problems, where, fields)
        if "count" not in fields and isinstance(fields.get("questions"), list):
            _check_asked_once(problems, where, fields["questions"], everywhere)


def check_drawing(problems: Problems, data: Mapping[str, Any]) -> None:
    """Add what is wrong with the cap and the tolerance."""
    for name in BANK_ONLY:
        if data.get(name) is not None and "sections" not in data:
            problems.add(
                name, gettext_noop("This needs sections: make the questions to be drawn one section.")
            )
    cap, tolerance = data.get("exposure_cap"), data.get("difficulty_tolerance")
    if cap is not None and not _is_between(cap, 1, 100):
        problems.add(
            "exposure_cap", gettext_noop("Give a number from %(least)s to %(most)s."), least=1, most=100
        )
    if tolerance is not None and not _is_between(tolerance, 0, HARDEST - EASIEST):
        problems.add(
            "difficulty_tolerance",
            gettext_noop("Give a number from %(least)s to %(most)s."),
            least=0,
            most=HARDEST - EASIEST,
        )


def points_of_sections(sections: object) -> Decimal:
    """What a paper of these sections is worth; a faulty one counts nothing."""
    if not isinstance(sections, list):
        return Decimal(0)
    return sum((_points_of(each) for each in sections if isinstance(each, Mapping)), Decimal(0))


def count_of(section: Mapping[str, Any]) -> int:
    """How many questions the section asks."""
    count: int = section.get("count") or len(section.get("questions") or ())
    return count


def _points_of(section: Mapping[str, Any]) -> Decimal:
    count = count_of(section)
    return (as_decimal(section.get("points")) or Decimal(0)) * (count if isinstance(count, int) else 0)


def _check_section(problems: Problems, where: str, fields: Mapping[str, Any]) -> None:
    if "title" in fields:
        check_text(problems, f"{where}.title", fields["title"])
        if len(str(fields["title"])) > LONGEST_TITLE:
            too_long(problems, f"{where}.title", LONGEST_TITLE)
    points = as_decimal(fields.get("points"))
    if "points" in fields and (points is None or not 0 < points < 10_000):
        problems.add(f"{where}.points", gettext_noop("This must be a number above 0."))
    if "pass_percent" in fields:
        check_percent(problems, f"{where}.pass_percent", fields["pass_percent"])
    if "count" in fields:
        check_count(problems, f"{where}.count", fields["count"])
    if ("questions" in fields) is ("select" in fields):
        text = gettext_noop("A section either names its questions or says which ones fit.")
        problems.add(where, text)
    elif "select" in fields:
        _check_select(problems, where, fields)
    else:
        _check_named(problems, where, fields)


def _check_named(problems: Problems, where: str, fields: Mapping[str, Any]) -> None:
    keys = fields["questions"]
    if not isinstance(keys, list) or not keys:
        problems.add(f"{where}.questions", gettext_noop("Give a list of at least %(least)s."), least=1)
        return
    for number, key in enumerate(keys):
        check_text(problems, f"{where}.questions[{number}]", key)
    for key in sorted({str(key) for key in keys if keys.count(key) > 1}):
        problems.add(f"{where}.questions", gettext_noop("The id %(id)s is used twice."), id=key)
    count = fields.get("count")
    if isinstance(count, int) and count > len(keys):
        problems.add(f"{where}.count", gettext_noop("There are %(count)s questions only."), count=len(keys))


def _check_asked_once(problems: Problems, where: str, keys: list[Any], everywhere: set[str]) -> None:
    """A question that every paper has stands in one section only."""
    named = {key for key in keys if isinstance(key, str)}
    for key in sorted(named & everywhere):
        problems.add(f"{where}.questions", gettext_noop("The id %(id)s is used twice."), id=key)
    everywhere |= named


def _check_select(problems: Problems, where: str, fields: Mapping[str, Any]) -> None:
    select = check_fields(problems, f"{where}.select", fields["select"], frozenset(), CRITERIA)
    if "count" not in fields:
        problems.add(f"{where}.count", gettext_noop("Say how many questions to draw."))
    for name, known in (("leaves", leaf_titles()), ("types", ITEM_TYPES), ("tags", None)):
        if name in select:
            _check_several(problems, f"{where}.select.{name}", select[name], known)
    if "difficulty" in select:
        _check_difficulty(problems, f"{where}.select.difficulty", select["difficulty"])


def _check_several(problems: Problems, where: str, value: object, known: Mapping[str, Any] | None) -> None:
    if not isinstance(value, list):
        problems.add(where, gettext_noop("Give a list of ids."))
        return
    for each in value:
        if known is None:
            check_text(problems, where, each)
        else:
            check_one_of(problems, where, each, known)


def _check_difficulty(problems: Problems, where: str, value: object) -> None:
    good = (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(each, int) and not isinstance(each, bool) for each in value)
        and EASIEST <= value[0] <= value[1] <= HARDEST
    )
    if not good:
        text = gettext_noop("Give the lowest and the highest difficulty, from %(least)s to %(most)s.")
        problems.add(where, text, least=EASIEST, most=HARDEST)


def _is_between(value: object, least: int, most: int) -> bool:
    number = as_decimal(value)
    return number is not None and least <= number <= most
