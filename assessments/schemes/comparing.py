"""What one text of a scheme says otherwise than another, in words: two releases, or a draft beside its release.

Rules are known by their ids: one that moved or was renamed stays the same rule. Either text may hold mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from assessments.deciding.validating import DEEPEST
from competencies.framework import views

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """One line: `what` names the rule or the scheme's own field, `text` says what changed ("60 → 70")."""

    kind: str
    what: str
    text: str


@dataclass(frozen=True)
class _Placed:
    """A rule and the group it stands in."""

    rule: Mapping[str, Any]
    group: str


LEVELS = {
    "elementary": gettext_lazy("Elementary level"),
    "intermediate": gettext_lazy("Intermediate level"),
    "advanced": gettext_lazy("Advanced level"),
}
HEAD = {
    "title": gettext_lazy("Title of the scheme"),
    "level": pgettext_lazy("scheme", "Level"),
    "valid_months": gettext_lazy("Valid for (months)"),
    "view": pgettext_lazy("scheme", "View"),
    "certificate_title": gettext_lazy("Title of the certificate"),
    "renewal": pgettext_lazy("scheme", "Renewal"),
}
FIELDS = {
    "title": pgettext_lazy("scheme", "title"),
    "kind": gettext_lazy("kind of rule"),
    "n": gettext_lazy("at least so many"),
    "mark": gettext_lazy("mark in percent"),
    "hours": pgettext_lazy("scheme", "hours"),
    "subject": gettext_lazy("what it is about"),
    "subject_kind": gettext_lazy("kind of what it is about"),
    "must_pass": gettext_lazy("must be passed"),
    "axes": gettext_lazy("at least on each axis"),
    "max_age_months": gettext_lazy("not older than (months)"),
    "minutes": gettext_lazy("usual minutes"),
}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every difference from `before` to `after`: the scheme's own fields, then rules in the order of `after`, then
    rules that are gone. Empty when both say the same."""
    return (*_head(before, after), *_rules(before, after))


def _head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, label in HEAD.items():
        if before.get(name) != after.get(name):
            yield Difference(CHANGED, str(label), _from_to(name, before, after))


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = _placed(before), _placed(after)
    for key, placed in new.items():
        what = _named(placed.rule)
        if key not in old:
            yield Difference(ADDED, what, _("new, in “%(group)s”") % {"group": placed.group})
            continue
        for name, label in FIELDS.items():
            if old[key].rule.get(name) != placed.rule.get(name):
                change = _from_to(name, old[key].rule, placed.rule, view=after.get("view"))
                yield Difference(
                    CHANGED, what, _("%(field)s: %(change)s") % {"field": label, "change": change}
                )
        if _group_of(old, key) != _group_of(new, key):
            moved = _("from “%(old)s” to “%(new)s”") % {"old": old[key].group, "new": placed.group}
            yield Difference(CHANGED, what, moved)
    for key, placed in old.items():
        if key not in new:
            yield Difference(
                REMOVED, _named(placed.rule), _("gone from “%(group)s”") % {"group": placed.group}
            )
    if list(old) != list(new) and set(old) == set(new):
        yield Difference(
            CHANGED, _("Order of the rules"), _("changed; of equally short ways the first counts")
        )


def _placed(definition: Mapping[str, Any]) -> dict[str, _Placed]:
    """Every rule by its id, in the order of the text; the id of the group is kept for `_group_of`."""
    return {str(rule.get("id")): _Placed(rule, group) for rule, group in _walk(definition.get("rule"), "", 1)}


def _walk(rule: object, group: str, depth: int) -> Iterator[tuple[Mapping[str, Any], str]]:
    if not isinstance(rule, Mapping) or depth > DEEPEST:
        return
    yield rule, group
    inside = rule.get("rules")
    for each in inside if isinstance(inside, list) else ():
        yield from _walk(each, _named(rule), depth + 1)


def _group_of(rules: Mapping[str, _Placed], key: str) -> str:
    """The id of the group a rule stands in: a renamed group is the same group."""
    for each, placed in rules.items():
        inside = placed.rule.get("rules")
        if isinstance(inside, list) and any(
            isinstance(one, Mapping) and str(one.get("id")) == key for one in inside
        ):
            return each
    return ""


def _named(rule: Mapping[str, Any]) -> str:
    return str(rule.get("title") or rule.get("id") or _("(no title)"))


def _from_to(name: str, before: Mapping[str, Any], after: Mapping[str, Any], *, view: Any = None) -> str:
    values = {"old": _value(name, before.get(name), view), "new": _value(name, after.get(name), view)}
    return _("%(old)s → %(new)s") % values


def _value(name: str, value: Any, view: Any) -> str:
    if value is None or value == [] or value == {}:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "level" and isinstance(value, str) and value in LEVELS:
        return str(LEVELS[value])
    if name == "axes" and isinstance(value, Mapping):
        return _(", ").join(f"{_axis_title(str(axis), view)} {need}%" for axis, need in value.items())
    if name == "renewal" and isinstance(value, list):
        return pgettext("scheme", "; ").join(
            _renewal_text(each) for each in value if isinstance(each, Mapping)
        )
    return str(value)


def _axis_title(axis: str, view: Any) -> str:
    known = views().get(view) if isinstance(view, str) else None
    return next((each.title for each in known.axes if each.key == axis), axis) if known else axis


def _renewal_text(rule: Mapping[str, Any]) -> str:
    return _("from %(day)s on %(hours)s hours in %(months)s months") % {
        "day": rule.get("from"),
        "hours": rule.get("hours"),
        "months": rule.get("months"),
    }
