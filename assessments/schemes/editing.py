"""Changing the definition of a scheme one rule at a time: each function gives a new definition, none changes the old.

A rule is found by its place: "r" is the outermost one, "r-0-2" the third rule in the first of it. A place says nothing
any more once another window changed the draft; its revision tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

from assessments.deciding.rules import GROUPS
from assessments.deciding.validating import DEEPEST

ROOT = "r"
Definition = Mapping[str, Any]


class NoSuchPlace(LookupError):
    """There is no rule at that place."""


@dataclass(frozen=True)
class Line:
    """A rule in the outline. `where` is how problems name it, `parent` the place of its group, "" for the outermost."""

    place: str
    where: str
    rule: Mapping[str, Any]
    depth: int
    parent: str = ""
    is_first: bool = True
    is_last: bool = True

    @property
    def is_group(self) -> bool:
        return self.rule.get("kind") in GROUPS

    @property
    def takes_more(self) -> bool:
        """Whether rules may be added inside: it is a group, and what it holds is not nested too deep."""
        return self.is_group and self.depth + 1 < DEEPEST


def begun(*, key: str, title: str, view: str) -> dict[str, Any]:
    """The definition a new scheme starts with: one group, nothing in it."""
    return {
        "key": key,
        "title": title,
        "level": None,
        "valid_months": None,
        "view": view,
        "certificate_title": title,
        "rule": {"id": key, "kind": "all", "title": title, "rules": []},
    }


def outline(definition: Definition) -> tuple[Line, ...]:
    """Every rule, groups before what they hold, as far as the draft can be read: of one nested too deep, the first."""
    rule = definition.get("rule")
    return tuple(_walk(Line(ROOT, "rule", rule, 0))) if isinstance(rule, Mapping) else ()


def line_with_id(definition: Definition, rule_id: str) -> Line:
    """The rule of that id, wherever it stands now. Raises NoSuchPlace."""
    for line in outline(definition):
        if line.rule.get("id") == rule_id:
            return line
    raise NoSuchPlace(rule_id)


def line_at(definition: Definition, place: str) -> Line:
    """The rule at a place. Raises NoSuchPlace."""
    for line in outline(definition):
        if line.place == place:
            return line
    raise NoSuchPlace(place)


def with_head(definition: Definition, **fields: Any) -> dict[str, Any]:
    """With these fields of the scheme itself; one that is None where it may be left out is left out."""
    changed = {**deepcopy(dict(definition)), **fields}
    if not changed.get("renewal"):
        changed.pop("renewal", None)
    return changed


def with_rule(definition: Definition, place: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """With the rule at a place saying this; it keeps its id and, while it is a group, what it holds."""

    def change(rule: dict[str, Any]) -> None:
        kept = {name: rule[name] for name in ("id", "rules") if name in rule}
        rule.clear()
        rule.update({"id": kept.get("id"), **fields})
        if fields.get("kind") in GROUPS:
            rule["rules"] = kept.get("rules", [])

    return _changed(definition, place, change)


def with_added(definition: Definition, group: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """With a new rule at the end of a group, under an id of its own."""
    rule = {"id": _free_id(definition, str(fields["kind"])), **fields}
    if fields["kind"] in GROUPS:
        rule["rules"] = []
    return _changed(definition, group, lambda inside: inside.setdefault("rules", []).append(rule))


def without(definition: Definition, place: str) -> dict[str, Any]:
    """Without the rule at a place and all it holds. The outermost group stays."""
    group, number = _split(definition, place)
    return _changed(definition, group, lambda inside: inside["rules"].pop(number))


def shifted(definition: Definition, place: str, by: int) -> dict[str, Any]:
    """With the rule `by` places later in its group, at most to the end, at least to the beginning."""
    group, number = _split(definition, place)

    def change(inside: dict[str, Any]) -> None:
        rules = inside["rules"]
        at = min(max(number + by, 0), len(rules) - 1)
        rules.insert(at, rules.pop(number))

    return _changed(definition, group, change)


def moved(definition: Definition, place: str, group: str) -> dict[str, Any]:
    """With the rule at the end of another group. Raises NoSuchPlace for a group within the rule itself."""
    if group not in groups_for(definition, place):
        raise NoSuchPlace(group)
    rule = deepcopy(dict(line_at(definition, place).rule))
    added = _changed(definition, group, lambda inside: inside.setdefault("rules", []).append(rule))
    return without(added, place)


def groups_for(definition: Definition, place: str) -> tuple[str, ...]:
    """Places of the groups a rule may be moved into: every other one that is not in it."""
    line = line_at(definition, place)
    return tuple(
        each.place
        for each in outline(definition)
        if each.is_group and each.place != line.parent and not f"{each.place}-".startswith(f"{place}-")
    )


def _walk(line: Line) -> Iterator[Line]:
    yield line
    inside = line.rule.get("rules")
    if not line.is_group or not isinstance(inside, list) or line.depth >= DEEPEST:
        return
    for number, rule in enumerate(inside):
        if not isinstance(rule, Mapping):
            continue
        yield from _walk(
            Line(
                place=f"{line.place}-{number}",
                where=f"{line.where}.rules[{number}]",
                rule=rule,
                depth=line.depth + 1,
                parent=line.place,
                is_first=number == 0,
                is_last=number == len(inside) - 1,
            )
        )


def _changed(definition: Definition, place: str, change: Any) -> dict[str, Any]:
    """A copy with the rule at a place changed in place."""
    line_at(definition, place)
    copy = deepcopy(dict(definition))
    rule = copy["rule"]
    for number in map(int, place.split("-")[1:]):
        rule = rule["rules"][number]
    change(rule)
    return copy


def _split(definition: Definition, place: str) -> tuple[str, int]:
    """The place of the group a rule stands in, and its number there. Raises NoSuchPlace for the outermost one."""
    line = line_at(definition, place)
    if not line.parent:
        raise NoSuchPlace(place)
    return line.parent, int(place.rpartition("-")[2])


def _free_id(definition: Definition, kind: str) -> str:
    taken = {line.rule.get("id") for line in outline(definition)}
    stem = kind.replace("_", "-")
    return next(each for each in (f"{stem}-{number}" for number in count(1)) if each not in taken)
