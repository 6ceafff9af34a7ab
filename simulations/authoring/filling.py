"""From a part of a document to what its form shows, and back.

Reading never fails: what is no number or no condition is kept as it was typed, and the check of the document names
it. What was not changed on the form stays in the document to the letter, also what no field knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from simulations.authoring.fields import (
    CONDITION,
    LINES,
    NUMBER,
    PICK,
    POINTS,
    SEVERAL,
    TICKS,
    YES,
    Field,
    Rows,
    Sheet,
)
from simulations.engine.bilingual import Names, read_condition, write_condition
from simulations.engine.editing import as_rows, as_table
from simulations.engine.grammar import ConditionError

Values = dict[str, Any]
"""What is on a form by the name of the field: texts, lists of texts, and rows as lists of Values.

A row knows under FROM which row of the document it was: its key, or its place where rows have none; "" for a new one.
"""

FROM = "_from"
KEY = "_key"
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z")
_FULL = str.maketrans("０１２３４５６７８９．－−＋", "0123456789.--+")


def shown(sheet: Sheet, part: Mapping[str, Any], names: Names) -> Values:
    """What the form of a part shows first."""
    return {each.name: _shown(each, part, names) for each in sheet}


def _shown(each: Field | Rows, part: Mapping[str, Any], names: Names) -> Any:
    raw = look_up(part, each.name)
    if isinstance(each, Rows):
        rows = unfolded(each, raw)
        return [
            shown(each.fields, row, names) | {FROM: _origin(each, row, at)} for at, row in enumerate(rows)
        ]
    return _text_of(each, each.default if raw is None else raw, names)


def blank_row(rows: Rows, names: Names) -> Values:
    """A new row with nothing in it."""
    return shown(rows.fields, {}, names) | {FROM: ""}


def key_name(rows: Rows) -> str:
    """The field rows are known by, "" where they are known by their place alone."""
    return KEY if rows.form in ("table", "names") else rows.key


def _origin(rows: Rows, row: Mapping[str, Any], at: int) -> str:
    return str(row.get(key_name(rows)) or at) if key_name(rows) else str(at)


def _text_of(field: Field, raw: Any, names: Names) -> Any:
    if field.kind in (TICKS, SEVERAL):
        return [str(item) for item in raw] if isinstance(raw, list) else []
    if raw is None:
        return "0" if field.kind == POINTS else ""
    if field.kind == YES:
        return "1" if raw else ""
    if field.kind == LINES:
        return "\n".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    if field.kind in (NUMBER, POINTS):
        return number_text(raw)
    if field.kind == CONDITION:
        return condition_text(str(raw), names)
    return str(raw)


def number_text(raw: Any) -> str:
    """A number as one writes it: 8.5, −1 for -1.0."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return str(raw)
    return str(int(raw)) if raw == int(raw) else str(raw)


def condition_text(raw: str, names: Names) -> str:
    """A condition in Chinese; one that cannot be read, as it stands."""
    try:
        return write_condition(read_condition(raw, names).tree, names, "zh") if raw else ""
    except ConditionError:
        return raw


def read(sheet: Sheet, values: Values, before: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The part as the form says it, what the form does not know or did not change as it was `before`."""
    part = dict(before)
    touched = set()
    for each in sheet:
        said, showed = values.get(each.name), _shown(each, before, names)
        if said is None or said == showed:
            continue
        if isinstance(each, Rows):
            raw = look_up(before, each.name)
            value = folded(each, _rows_read(each, said, unfolded(each, raw), names), raw)
        else:
            value = _read(each, said, names)
        if each.group == "seen" and not value:
            drop(part, each.name)
        else:
            put(part, each.name, value)
        touched.add(each.name.rpartition(".")[0])
    for each in sheet:
        if isinstance(each, Field) and each.name.startswith("scoring.roles.") and "scoring.roles" in touched:
            _written_whole(each, part, values)
    return part


def _written_whole(field: Field, part: dict[str, Any], values: Values) -> None:
    """The roles were not in the document: once one of them differs from what is usual, all are said."""
    if look_up(part, field.name) is None and values.get(field.name) not in ("", []):
        put(part, field.name, field.default)


def _read(field: Field, said: Any, names: Names) -> Any:
    """What was typed as a document keeps it; None for nothing."""
    if field.kind in (TICKS, SEVERAL):
        return [item for item in said if item]
    if field.kind == YES:
        return said == "1"
    if field.kind == LINES:
        return [line.strip() for line in said.split("\n") if line.strip()]
    if field.kind == CONDITION:
        return condition_of(said, names)
    if field.kind in (NUMBER, POINTS):
        return number_of(said)
    if field.kind == PICK:
        return said or None
    return said if said.strip() else ""


def number_of(typed: str) -> Any:
    """The number somebody typed; None for nothing, the text itself where it is no number."""
    text = typed.strip().translate(_FULL).replace(" ", "")
    if not text:
        return None
    if not _NUMBER.match(text):
        return typed
    number = float(text)
    return int(number) if number == int(number) else number


def condition_of(typed: str, names: Names) -> str | None:
    """The canonical English text of a condition in either language; as typed where it cannot be read."""
    if not typed.strip():
        return None
    try:
        return read_condition(typed, names).text
    except ConditionError:
        return typed


def _rows_read(
    rows: Rows, said: Iterable[Values], old: list[dict[str, Any]], names: Names
) -> list[dict[str, Any]]:
    name, found = key_name(rows), []
    origins = {_origin(rows, row, at): row for at, row in enumerate(old)}
    for values in said:
        if not _says(rows, values) and not rows.keeps_empty:
            continue
        origin = str(values.get(FROM, ""))
        row = read(rows.fields, values, origins.get(origin, {}), names)
        if origin not in origins:
            row = {each: value for each, value in row.items() if value is not None}
            if name and _NAME.match(origin):  # somebody else took it out meanwhile
                row = {name: origin, **row}
        found.append(row)
    return _named(rows, found)


def _says(rows: Rows, values: Values) -> bool:
    """Whether anything is filled in."""
    return any(
        values.get(each.name) for each in rows.fields if not isinstance(each, Field) or each.kind != YES
    )


def _named(rows: Rows, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New rows get a key of their own, the next that is free: a choice the letter c, a variable v8."""
    name = key_name(rows)
    if not name:
        return found
    taken = {row.get(name) for row in found}
    named = []
    for row in found:
        if not row.get(name):
            key = next(key for key in _keys(rows.prefix) if key not in taken)
            taken.add(key)
            row = {name: key, **{each: value for each, value in row.items() if each != name}}
        named.append(row)
    return named


def _keys(prefix: str) -> Iterable[str]:
    if not prefix:
        yield from "abcdefghijklmnopqrstuvwxyz"
    for number in range(1, 100_000):
        yield f"{prefix or 'c'}{number}"


def unfolded(rows: Rows, raw: Any) -> list[dict[str, Any]]:
    """What a document keeps, as rows."""
    match rows.form:
        case "table":
            return [{KEY: key, **as_table(value)} for key, value in as_table(raw).items()]
        case "names":
            return [{KEY: key, "name": value} for key, value in as_table(raw).items()]
        case "needs":
            return [{"ending": key, "flags": value} for key, value in as_table(raw).items()]
        case "routes" if isinstance(raw, str):
            return [{"to": raw}]
    return as_rows(raw)


def folded(rows: Rows, found: list[dict[str, Any]], raw: Any) -> Any:
    """Rows as a document keeps them."""
    match rows.form:
        case "table":
            return {row[KEY]: {name: value for name, value in row.items() if name != KEY} for row in found}
        case "names":
            return {row[KEY]: row.get("name", "") for row in found}
        case "needs":
            return {str(row.get("ending", "")): row.get("flags") or [] for row in found} or None
        case "routes":
            if not found:
                return [] if isinstance(raw, list) else None
            if len(found) == 1 and not found[0].get("cond") and not isinstance(raw, list):
                return found[0].get("to", "")
            return [{"cond": None, **route} for route in found]
    return found


def look_up(table: Mapping[str, Any], name: str) -> Any:
    """The value under a dotted name; None where there is none."""
    value: Any = table
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def put(table: dict[str, Any], name: str, value: Any) -> None:
    """Write under a dotted name, tables on the way copied; None where nothing was there writes nothing."""
    first, _dot, rest = name.partition(".")
    if not rest:
        if value is None and first not in table:
            return
        table[first] = value
        return
    inner = dict(as_table(table.get(first)))
    put(inner, rest, value)
    if inner or first in table:
        table[first] = inner


def drop(table: dict[str, Any], name: str) -> None:
    """Take out what stands under a dotted name, and a table that has become empty."""
    first, _dot, rest = name.partition(".")
    if not rest:
        table.pop(first, None)
        return
    inner = dict(as_table(table.get(first)))
    drop(inner, rest)
    if inner:
        table[first] = inner
    else:
        table.pop(first, None)
