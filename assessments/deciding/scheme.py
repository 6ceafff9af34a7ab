"""1+N schemes as data.

    {"key": "digital-governance", "title": "数字治理 1+N（初级）",
     "level": "elementary" | "intermediate" | "advanced" | null,
     "valid_months": 36 | null,            null: the certificate does not expire
     "view": "A@1",                        the view version a certificate binds
     "certificate_title": "培训合格证书",
     "rule": RULE}

A rule has an `id` (unique in the scheme), a `kind` and a `title` (content, in Chinese). Groups hold rules:

    {"kind": "all", "rules": [RULE, …]}                 every one
    {"kind": "any", "rules": [RULE, …]}                 at least one
    {"kind": "at_least", "n": 1, "rules": [RULE, …]}    at least n of them, as in "1 base + n of N special modules"

Leaves ask for evidence and state the `minutes` a person typically needs, counted by the cheapest missing path:

    {"kind": "exam", "subject": "base", "mark": 60}     best result of that exam ≥ mark percent of its points, or an
                                                        exemption from it
    {"kind": "scenario", "subject": "S1", "mark": 60}   likewise; with "must_pass": true, only results that the
                                                        activity itself did not call failed (exam or scenario)
    {"kind": "course", "subject": "data-analysis"}      completed
    {"kind": "endorsement"}                             by a mentor; any pairing, or that of "subject"
    {"kind": "practice", "hours": 20}                   sum of practice hours; everywhere, or under "subject"
    {"kind": "certificate", "subject": "…"}             a recognised prior certificate; "subject_kind": "scheme"
                                                        asks for one of our own
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assessments.items.checking import (
    as_decimal,
    check_count,
    check_fields,
    check_flag,
    check_one_of,
    check_text,
)
from assessments.items.problems import Problems, ProblemsFound
from assessments.items.problems import gettext_noop as _

GROUPS = {"all": frozenset[str](), "any": frozenset[str](), "at_least": frozenset({"n"})}

SCORED, PRESENT, HOURS = "scored", "present", "hours"


@dataclass(frozen=True)
class LeafKind:
    """How a kind of leaf is measured, which kind of subject its evidence is about, and the fields it takes."""

    measure: str
    subject_kind: str
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


LEAVES = {
    "exam": LeafKind(SCORED, "exam", frozenset({"subject", "mark"}), frozenset({"must_pass"})),
    "scenario": LeafKind(SCORED, "scenario", frozenset({"subject", "mark"}), frozenset({"must_pass"})),
    "course": LeafKind(PRESENT, "course", frozenset({"subject"})),
    "endorsement": LeafKind(PRESENT, "pairing", optional=frozenset({"subject"})),
    "practice": LeafKind(HOURS, "", frozenset({"hours"}), frozenset({"subject", "subject_kind"})),
    "certificate": LeafKind(PRESENT, "certificate", frozenset({"subject"}), frozenset({"subject_kind"})),
}
SUBJECT_KINDS = frozenset({"course", "exam", "scenario", "pairing", "scheme", "workshop", "certificate"})

SCHEME_FIELDS = frozenset({"key", "title", "level", "valid_months", "view", "certificate_title", "rule"})
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
VIEW = re.compile(r"[A-Za-z][A-Za-z0-9_-]*@[1-9][0-9]*")
# Nobody reads a tree deeper than this; the guard keeps a pasted one from exhausting the stack.
DEEPEST = 8


class Level(StrEnum):
    """初级, 中级, 高级."""

    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class SchemeInvalid(ProblemsFound):
    """The scheme cannot be released. Fields read like `rule.rules[1].mark`."""


@dataclass(frozen=True)
class Rule:
    """A group (`rules`, and `need` of them) or a leaf (`need` percent or hours of a subject)."""

    id: str
    kind: str
    title: str
    need: Decimal
    rules: tuple["Rule", ...] = ()
    subject_kind: str = ""
    subject: str = ""
    minutes: int = 0
    must_pass: bool = False

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS

    @property
    def measure(self) -> str:
        """How a leaf is measured: scored, present or hours."""
        return LEAVES[self.kind].measure

    def leaves(self) -> Iterator["Rule"]:
        """The leaves in the order the scheme states them."""
        if not self.is_group:
            yield self
        for rule in self.rules:
            yield from rule.leaves()


@dataclass(frozen=True)
class SchemeDefinition:
    key: str
    title: str
    level: Level | None
    valid_months: int | None
    view: str
    certificate_title: str
    rule: Rule


def parse_scheme(data: object) -> SchemeDefinition:
    """The scheme as frozen values. Raises SchemeInvalid with every problem."""
    validate_scheme(data)
    assert isinstance(data, Mapping)  # noqa: S101 -- what validate_scheme has just established, for the type checker
    return SchemeDefinition(
        key=data["key"],
        title=data["title"],
        level=Level(data["level"]) if data["level"] else None,
        valid_months=data["valid_months"],
        view=data["view"],
        certificate_title=data["certificate_title"],
        rule=_parse_rule(data["rule"]),
    )


def _parse_rule(data: Mapping[str, Any]) -> Rule:
    rules = tuple(_parse_rule(each) for each in data.get("rules", ()))
    leaf = LEAVES.get(data["kind"])
    return Rule(
        id=data["id"],
        kind=data["kind"],
        title=data["title"],
        need=_need(data, len(rules)),
        rules=rules,
        subject_kind=data.get("subject_kind", leaf.subject_kind if leaf else ""),
        subject=data.get("subject", ""),
        minutes=data.get("minutes", 0),
        must_pass=data.get("must_pass", False),
    )


def _need(data: Mapping[str, Any], children: int) -> Decimal:
    """How much a rule asks for: rules of a group, percent, hours, or one piece of evidence."""
    if data["kind"] == "all":
        return Decimal(children)
    stated = data.get("n", data.get("mark", data.get("hours", 1)))
    return Decimal(str(stated))


def validate_scheme(data: object) -> None:
    """Raise SchemeInvalid with every problem of a scheme's data, or return if it can be released."""
    problems = Problems()
    scheme = check_fields(problems, "scheme", data, SCHEME_FIELDS)
    _check_head(problems, scheme)
    if "rule" in scheme:
        _check_rule(problems, "rule", scheme["rule"], seen=set(), depth=1)
    problems.raise_if_any(SchemeInvalid)


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


def _check_rule(problems: Problems, where: str, data: object, *, seen: set[str], depth: int) -> None:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if depth > DEEPEST:
        problems.add(where, _("Rules are nested more than %(deepest)s deep."), deepest=DEEPEST)
    elif not isinstance(data, Mapping):
        check_fields(problems, where, data, frozenset())
    elif not isinstance(kind, str) or kind not in GROUPS.keys() | LEAVES.keys():
        check_one_of(problems, f"{where}.kind", kind, GROUPS.keys() | LEAVES.keys())
    else:
        _check_names(problems, where, data, seen)
        check = _check_group if kind in GROUPS else _check_leaf
        check(problems, where, data, seen, depth)


def _check_names(problems: Problems, where: str, data: Mapping[str, Any], seen: set[str]) -> None:
    if "title" in data:
        check_text(problems, f"{where}.title", data["title"])
    if "id" not in data:
        return
    _check_slug(problems, f"{where}.id", data["id"])
    if isinstance(data["id"], str) and data["id"] in seen:
        problems.add(f"{where}.id", _("The id %(id)s is used twice."), id=data["id"])
    elif isinstance(data["id"], str):
        seen.add(data["id"])


def _check_group(problems: Problems, where: str, data: Mapping[str, Any], seen: set[str], depth: int) -> None:
    check_fields(problems, where, data, frozenset({"id", "kind", "title", "rules"}) | GROUPS[data["kind"]])
    rules = data.get("rules")
    if "rules" in data and (not isinstance(rules, list) or not rules):
        problems.add(f"{where}.rules", _("A group needs at least one rule."))
    elif rules:
        for number, each in enumerate(rules):
            _check_rule(problems, f"{where}.rules[{number}]", each, seen=seen, depth=depth + 1)
        if "n" in data:
            _check_between(problems, f"{where}.n", data["n"], 1, len(rules), whole=True)


def _check_leaf(problems: Problems, where: str, data: Mapping[str, Any], seen: set[str], depth: int) -> None:
    leaf = LEAVES[data["kind"]]
    check_fields(
        problems, where, data, frozenset({"id", "kind", "title", "minutes"}) | leaf.required, leaf.optional
    )
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


def _check_between(
    problems: Problems, where: str, value: object, least: int, most: int, *, whole: bool = False
) -> None:
    number = None if isinstance(value, str) else as_decimal(value)
    if number is None or not least <= number <= most or (whole and not isinstance(value, int)):
        problems.add(where, _("Give a number from %(least)s to %(most)s."), least=least, most=most)
