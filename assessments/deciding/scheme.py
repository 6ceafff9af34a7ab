"""1+N schemes as data.

    {"key": "digital-governance", "title": "数字治理 1+N（初级）",
     "level": "elementary" | "intermediate" | "advanced" | null,
     "valid_months": 36 | null,            null: the certificate does not expire
     "view": "A@1",                        the view version a certificate binds
     "certificate_title": "培训合格证书",
     "renewal": [{"from": "2024-01-01", "months": 36, "hours": 72}, …],   may be left out
     "rule": RULE}

A renewal rule holds for certificates issued from its day on, until the next one's day: so many hours credited within
so many months, and the certificate may be renewed in the last `window_months` (3 unless stated) of them.

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

Exams and scenarios may ask for `"axes": {"technical": 60}`: the same result reaches 60 percent on that axis of the
scheme's view as well. No axis is measured by an exemption. Every leaf may state `"max_age_months": 24`: what is older
on the day of the decision does not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.deciding.rules import LEAVES, AxisNeed, RenewalRule, Rule
from assessments.deciding.validating import RENEWED_IN_MONTHS, Level, validate_scheme
from competencies.framework import view


@dataclass(frozen=True)
class SchemeDefinition:
    """A scheme whose data has been found sound. `renewal` is in the order of its days."""

    key: str
    title: str
    level: Level | None
    valid_months: int | None
    view: str
    certificate_title: str
    rule: Rule
    renewal: tuple[RenewalRule, ...] = ()

    @property
    def has_ages(self) -> bool:
        """Whether evidence can grow too old for some rule."""
        return any(leaf.max_age_months is not None for leaf in self.rule.leaves())


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
        rule=_parse_rule(data["rule"], data["view"]),
        renewal=tuple(sorted(map(_parse_renewal, data.get("renewal", ())), key=lambda each: each.since_on)),
    )


def _parse_rule(data: Mapping[str, Any], view_ref: str) -> Rule:
    rules = tuple(_parse_rule(each, view_ref) for each in data.get("rules", ()))
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
        axes=_parse_axes(data["axes"], view_ref) if "axes" in data else (),
        max_age_months=data.get("max_age_months"),
    )


def _parse_axes(needs: Mapping[str, Any], view_ref: str) -> tuple[AxisNeed, ...]:
    """In the order of the view."""
    return tuple(
        AxisNeed(axis.key, axis.title, axis.leaves, Decimal(str(needs[axis.key])))
        for axis in view(view_ref).axes
        if axis.key in needs
    )


def _parse_renewal(data: Mapping[str, Any]) -> RenewalRule:
    return RenewalRule(
        since_on=date.fromisoformat(data["from"]),
        months=data["months"],
        hours=Decimal(str(data["hours"])),
        window_months=data.get("window_months", RENEWED_IN_MONTHS),
    )


def _need(data: Mapping[str, Any], children: int) -> Decimal:
    """How much a rule asks for: rules of a group, percent, hours, or one piece of evidence."""
    if data["kind"] == "all":
        return Decimal(children)
    stated = data.get("n", data.get("mark", data.get("hours", 1)))
    return Decimal(str(stated))
