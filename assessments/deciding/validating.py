"""What a scheme's data may say: every problem at once, each with its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from assessments.deciding.rules import GROUPS, LEAVES, SUBJECT_KINDS
from assessments.items.checking import (
    as_decimal,
    check_count,
    check_fields,
    check_flag,
    check_one_of,
    check_text,
)
from assessments.items.problems import Problem, Problems, ProblemsFound
from assessments.items.problems import gettext_noop as _
from competencies.framework import views

SCHEME_FIELDS = frozenset({"key", "title", "level", "valid_months", "view", "certificate_title", "rule"})
RENEWAL_FIELDS = frozenset({"from", "months", "hours"})
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
VIEW = re.compile(r"[A-Za-z][A-Za-z0-9_-]*@[1-9][0-9]*")
# Nobody reads a tree deeper than this; the guard keeps a pasted one from exhausting the stack.
DEEPEST = 8
# Longer ages and periods are slips of the keyboard, and would leave the calendar.
LONGEST_MONTHS = 600
# 再登记: in the three months before the end (docs/glossary.md, 继续教育).
RENEWED_IN_MONTHS = 3


class Level(StrEnum):
    """初级, 中级, 高级."""

    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class SchemeInvalid(ProblemsFound):
    """The scheme cannot be released. Fields read like `rule.rules[1].mark`."""


@dataclass
class _Checking:
    """One pass over a scheme: what was found, which ids were seen, and the view axes are named in."""

    view: object
    problems: Problems = field(default_factory=Problems)
    seen: set[str] = field(default_factory=set)


def validate_scheme(data: object) -> None:
    """Raise SchemeInvalid with every problem of a scheme's data, or return if it can be released."""
    found = problems_in(data)
    if found:
        raise SchemeInvalid(list(found))


def problems_in(data: object) -> tuple[Problem, ...]:
    """The same problems, as (field, message); empty when there are none."""
    passing = _Checking(view=data.get("view") if isinstance(data, Mapping) else None)
    scheme = check_fields(passing.problems, "scheme", data, SCHEME_FIELDS, frozenset({"renewal"}))
    _check_head(passing.problems, scheme)
    if "renewal" in scheme:
        _check_renewal(passing.problems, scheme["renewal"], scheme.get("valid_months"))
    if "rule" in scheme:
        _check_rule(passing, "rule", scheme["rule"], depth=1)
    return tuple(passing.problems.found)


def _check_head(problems: Problems, scheme: Mapping[str, Any]) -> None:
    for name in ("title", "certificate_title"):
        if name in scheme:
            check_text(problems, name, scheme[name])
    if "key" in scheme:
        _check_slug(problems, "key", scheme["key"])
    if scheme.get("level") is not None:
        check_one_of(problems, "level", scheme["level"], Level)
    if scheme.get("valid_months") is not None:
        check_count(problems, "valid_months", scheme["valid_months"])
    view = scheme.get("view")
    if "view" in scheme and not (isinstance(view, str) and VIEW.fullmatch(view)):
        problems.add("view", _("A view is written as name@version, for instance A@1."))


def _check_slug(problems: Problems, where: str, value: object) -> None:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        problems.add(where, _("A key is made of letters, digits, - and _."))


def _check_renewal(problems: Problems, rules: object, valid_months: object) -> None:
    if not isinstance(rules, list) or not rules:
        problems.add("renewal", _("Give at least one renewal rule, or leave renewal out."))
        return
    if valid_months is None:
        problems.add("renewal", _("A certificate that does not expire is not renewed."))
    days: set[date] = set()
    for number, each in enumerate(rules):
        where = f"renewal[{number}]"
        rule = check_fields(problems, where, each, RENEWAL_FIELDS, frozenset({"window_months"}))
        _check_first_day(problems, f"{where}.from", rule, days)
        longest = valid_months if isinstance(valid_months, int) and valid_months > 0 else LONGEST_MONTHS
        if "months" in rule:
            _check_between(problems, f"{where}.months", rule["months"], 1, longest, whole=True)
        if "hours" in rule:
            _check_between(problems, f"{where}.hours", rule["hours"], 1, 10_000)
        if "window_months" in rule:
            months = rule.get("months")
            most = months if isinstance(months, int) and months > 0 else longest
            _check_between(problems, f"{where}.window_months", rule["window_months"], 1, most, whole=True)


def _check_first_day(problems: Problems, where: str, rule: Mapping[str, Any], days: set[date]) -> None:
    if "from" not in rule:
        return
    try:
        day = date.fromisoformat(rule["from"])
    except (TypeError, ValueError):
        problems.add(where, _("Write the day like 2026-01-01."))
        return
    if day in days:
        problems.add(where, _("Two renewal rules begin on the same day."))
    days.add(day)


def _check_rule(passing: _Checking, where: str, data: object, *, depth: int) -> None:
    problems = passing.problems
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if depth > DEEPEST:
        problems.add(where, _("Rules are nested more than %(deepest)s deep."), deepest=DEEPEST)
    elif not isinstance(data, Mapping):
        check_fields(problems, where, data, frozenset())
    elif not isinstance(kind, str) or kind not in GROUPS.keys() | LEAVES.keys():
        check_one_of(problems, f"{where}.kind", kind, GROUPS.keys() | LEAVES.keys())
    else:
        _check_names(passing, where, data)
        if kind in GROUPS:
            _check_group(passing, where, data, depth)
        else:
            _check_leaf(passing, where, data)


def _check_names(passing: _Checking, where: str, data: Mapping[str, Any]) -> None:
    if "title" in data:
        check_text(passing.problems, f"{where}.title", data["title"])
    if "id" not in data:
        return
    _check_slug(passing.problems, f"{where}.id", data["id"])
    if isinstance(data["id"], str) and data["id"] in passing.seen:
        passing.problems.add(f"{where}.id", _("The id %(id)s is used twice."), id=data["id"])
    elif isinstance(data["id"], str):
        passing.seen.add(data["id"])


def _check_group(passing: _Checking, where: str, data: Mapping[str, Any], depth: int) -> None:
    problems = passing.problems
    check_fields(problems, where, data, frozenset({"id", "kind", "title", "rules"}) | GROUPS[data["kind"]])
    rules = data.get("rules")
    if "rules" in data and (not isinstance(rules, list) or not rules):
        problems.add(f"{where}.rules", _("A group needs at least one rule."))
    elif rules:
        for number, each in enumerate(rules):
            _check_rule(passing, f"{where}.rules[{number}]", each, depth=depth + 1)
        if "n" in data:
            _check_between(problems, f"{where}.n", data["n"], 1, len(rules), whole=True)


def _check_leaf(passing: _Checking, where: str, data: Mapping[str, Any]) -> None:
    problems, leaf = passing.problems, LEAVES[data["kind"]]
    required = frozenset({"id", "kind", "title", "minutes"}) | leaf.required
    check_fields(problems, where, data, required, leaf.optional | {"max_age_months"})
    if "minutes" in data:
        check_count(problems, f"{where}.minutes", data["minutes"])
    if "subject" in data:
        _check_slug(problems, f"{where}.subject", data["subject"])
    if "subject_kind" in data:
        check_one_of(problems, f"{where}.subject_kind", data["subject_kind"], SUBJECT_KINDS)
    if "mark" in data:
        _check_between(problems, f"{where}.mark", data["mark"], 0, 100)
    if "hours" in data:
        _check_between(problems, f"{where}.hours", data["hours"], 1, 10_000)
    if "must_pass" in data:
        check_flag(problems, f"{where}.must_pass", data["must_pass"])
    if "max_age_months" in data:
        age = data["max_age_months"]
        _check_between(problems, f"{where}.max_age_months", age, 1, LONGEST_MONTHS, whole=True)
    if "axes" in data and "axes" in leaf.optional:
        _check_axes(passing, f"{where}.axes", data["axes"])


def _check_axes(passing: _Checking, where: str, needs: object) -> None:
    problems, view = passing.problems, passing.view
    known = views().get(view) if isinstance(view, str) else None
    if not isinstance(needs, Mapping) or not needs:
        problems.add(where, _("Name at least one axis, or leave the axes out."))
        return
    if known is None:
        problems.add(where, _("Choose a view first: axes are those of the view."))
        return
    for key in sorted(map(str, needs)):
        if key not in {axis.key for axis in known.axes}:
            names = ", ".join(axis.key for axis in known.axes)
            problems.add(f"{where}.{key}", _("Axes of this view are: %(names)s."), names=names)
    for axis in known.axes:
        if axis.key in needs:
            _check_between(problems, f"{where}.{axis.key}", needs[axis.key], 1, 100)


def _check_between(
    problems: Problems, where: str, value: object, least: int, most: int, *, whole: bool = False
) -> None:
    number = None if isinstance(value, str) else as_decimal(value)
    if number is None or not least <= number <= most or (whole and not isinstance(value, int)):
        problems.add(where, _("Give a number from %(least)s to %(most)s."), least=least, most=most)
