"""A scheme in words: its head, its renewal, its rules as an outline, each with what stands in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.items.checking import as_decimal, as_text
from assessments.schemes.comparing import FIELDS, HEAD, LEVELS
from assessments.schemes.editing import Definition, Line, outline
from assessments.schemes.problems import FieldProblem, problems_of
from assessments.schemes.reading import rule_text, titles_for
from competencies.framework import views

Problems = Mapping[str, Sequence[FieldProblem]]
"""What stands in the way, by the place in the text of the rule it is about."""


@dataclass(frozen=True)
class Row:
    """A rule as the outline shows it."""

    line: Line
    title: str
    text: str
    problems: tuple[str, ...] = ()


def rows_of(definition: Definition, problems: Problems | None = None) -> tuple[Row, ...]:
    """The outline in words, each rule with its own problems. One query."""
    lines = outline(definition)
    titles, view = titles_for(line.rule for line in lines), definition.get("view")
    return tuple(
        Row(
            line,
            str(line.rule.get("title") or ""),
            rule_text(line.rule, titles, view),
            tuple(map(in_full, (problems or {}).get(line.where, ()))),
        )
        for line in lines
    )


def problems_by_rule(definition: Definition) -> Problems:
    """What stands in the way, by the rule it is about; "" for the scheme itself."""
    places = sorted((line.where for line in outline(definition)), key=len, reverse=True)
    found: defaultdict[str, list[FieldProblem]] = defaultdict(list)
    for problem in problems_of(definition):
        own = (where for where in places if problem.where == where or problem.where.startswith(f"{where}."))
        found[next(own, "")].append(problem)
    return dict(found)


def in_full(problem: FieldProblem) -> str:
    """A problem with the name of its field, where it stands beside no field."""
    name = problem.where.rpartition(".")[2]
    label = HEAD.get(name) if name == problem.where else FIELDS.get(name)
    return _("%(field)s: %(problem)s") % {"field": label, "problem": problem.text} if label else problem.text


def facts_of(definition: Definition) -> list[tuple[str, str]]:
    """The scheme's head in words."""
    months, view = definition.get("valid_months"), views().get(str(definition.get("view")))
    valid = _("%(months)s months") % {"months": months} if months else _("without end")
    return [
        (_("Stable key"), str(definition.get("key", ""))),
        (str(HEAD["level"]), level_title(definition.get("level")) or _("no level")),
        (_("Title of the certificate"), str(definition.get("certificate_title", ""))),
        (_("Validity"), valid),
        (str(HEAD["view"]), view.title if view else str(definition.get("view", ""))),
    ]


def renewals_of(definition: Definition) -> list[str]:
    """Each dated rule of renewal in a sentence."""
    rules = definition.get("renewal")
    return [
        _("Issued from %(since)s on: %(hours)s hours within %(months)s months")
        % {
            "since": each.get("from"),
            "hours": as_text(as_decimal(each.get("hours")) or Decimal(0)),
            "months": each.get("months"),
        }
        for each in (rules if isinstance(rules, list) else [])
        if isinstance(each, dict)
    ]


def level_title(level: object) -> str:
    """初级, 中级, 高级, or nothing."""
    return str(LEVELS.get(str(level), ""))
