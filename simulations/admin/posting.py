"""What a form of a scenario sent, read by its sheet: whatever else was posted is ignored."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from simulations.admin.conditions import typed_condition
from simulations.authoring.fields import CONDITION, SEVERAL, TICKS, YES, Field, Rows, Sheet
from simulations.authoring.filling import FROM, Values, blank_row
from simulations.engine.bilingual import Names

THERE = "_there"
"""A hidden field that says: rows or ticks of this name were on the page, none of them means none."""
MOST_ROWS = 200


def posted(sheet: Sheet, data: QueryDict, names: Names, prefix: str = "") -> Values:
    """The fields of the sheet as they were typed; those that were not on the page are left out."""
    values: Values = {}
    for each in sheet:
        name = f"{prefix}{each.name}"
        said = _rows(each, data, names, name) if isinstance(each, Rows) else _field(each, data, names, name)
        if said is not None:
            values[each.name] = said
    return values


def _field(field: Field, data: QueryDict, names: Names, name: str) -> Any:
    if field.kind in (TICKS, SEVERAL):
        return [item for item in data.getlist(name) if item] if f"{name}.{THERE}" in data else None
    if field.kind == YES:
        return ("1" if data.get(name) == "1" else "") if f"{name}.{THERE}" in data else None
    if field.kind == CONDITION:
        return typed_condition(data, name, names) if name in data else None
    typed = data.get(name)
    return None if typed is None else typed.replace("\r\n", "\n").replace("\r", "\n")


def _rows(rows: Rows, data: QueryDict, names: Names, name: str) -> list[Values] | None:
    if f"{name}.{THERE}" not in data:
        return None
    start = len(name) + 1
    numbers = {
        key[start:].partition(".")[0]
        for key in data
        if key.startswith(f"{name}.") and key.endswith(f".{FROM}")
    }
    ordered = sorted(
        int(number) for number in numbers if number.isascii() and number.isdecimal() and len(number) < 6
    )
    return [
        posted(rows.fields, data, names, f"{name}.{number}.")
        | {FROM: data.get(f"{name}.{number}.{FROM}", "")}
        for number in ordered[:MOST_ROWS]
    ]


def commanded(sheet: Sheet, values: Values, names: Names, command: str) -> tuple[Values, str]:
    """The form after a button of its rows, and the field to go on at: `more:choices.0.effects`, `drop:…`, `up:…`.

    An unknown command changes nothing.
    """
    what, _colon, path = command.partition(":")
    steps = path.split(".")
    rows, held, before = _descend(sheet, values, steps if what == "more" else steps[:-1])
    if rows is None or held is None:
        return values, ""
    if what == "more":
        held.append(blank_row(rows, names))
        return values, f"{before}.{len(held) - 1}"
    at = int(steps[-1]) if steps[-1].isascii() and steps[-1].isdecimal() and len(steps[-1]) < 6 else -1
    if not 0 <= at < len(held):
        return values, ""
    return values, f"{before}.{_move(held, at, what)}" if held else before


def _move(held: list[Values], at: int, what: str) -> int:
    """Do it; the place of the row, or of the one that stands there now."""
    if what == "drop":
        held.pop(at)
        return max(0, min(at, len(held) - 1))
    to = {"up": max(at - 1, 0), "down": min(at + 1, len(held) - 1)}.get(what, at)
    held.insert(to, held.pop(at))
    return to


def _descend(sheet: Sheet, values: Values, steps: list[str]) -> tuple[Rows | None, list[Values] | None, str]:
    """The rows a path like choices.0.effects leads to: their sheet, their values, their name."""
    name = steps[0] if steps else ""
    rest = steps[1:]
    for each in sheet:
        if isinstance(each, Rows) and (
            each.name == name or each.name == ".".join(steps[: each.name.count(".") + 1])
        ):
            rest = steps[each.name.count(".") + 1 :]
            held = values.setdefault(each.name, [])
            if not rest:
                return each, held, each.name
            number, deeper = rest[0], rest[1:]
            if not number.isdecimal() or len(number) > 5 or int(number) >= len(held):
                return None, None, ""
            rows, inner, before = _descend(each.fields, held[int(number)], deeper)
            return rows, inner, f"{each.name}.{number}.{before}"
    return None, None, ""
