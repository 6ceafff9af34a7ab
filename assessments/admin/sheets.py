"""The fields that a question type describes, drawn as inputs and read back from what was posted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from assessments.items import item_type
from assessments.items.authoring import MEDIA, STEM, Field, Flag, Rows, Sheet, Values, says_something
from assessments.items.forms import LETTERS
from assessments.wording import in_words

PREFIX = "item-"
SPARE = 2  # empty rows that are always offered
CELL = re.compile(r"(?P<rows>[a-z_]+)\.(?P<number>\d{1,4})\.(?P<column>[a-z_]+)")
Errors = Mapping[str, Sequence[str]]


def whole_sheet(type: str) -> Sheet:
    """The form of a type with what every question has."""
    return (STEM, MEDIA, *item_type(type).sheet())


def new_values(type: str) -> Values:
    """What an empty form says: its switches as they begin, and the usual rule."""
    flags = {field.name: field.default for field in whole_sheet(type) if isinstance(field, Flag)}
    return {**flags, "rule": next(iter(item_type(type).rules))}


def posted_values(data: QueryDict, sheet: Sheet) -> dict[str, Any]:
    """What a form posted for a sheet. Rows stand in the order in which the form has them, whatever their numbers."""
    values: dict[str, Any] = {}
    for field in sheet:
        if isinstance(field, Rows):
            values[field.name] = _posted_rows(data, field)
        else:
            values[field.name] = _posted(data, f"{PREFIX}{field.name}", field)
    return values


def _posted_rows(data: QueryDict, field: Rows) -> list[dict[str, Any]]:
    cells = (CELL.fullmatch(name.removeprefix(PREFIX)) for name in data if name.startswith(PREFIX))
    numbers = dict.fromkeys(cell["number"] for cell in cells if cell and cell["rows"] == field.name)
    return [
        {column.name: _posted_cell(data, field, number, column) for column in field.columns}
        for number in numbers
    ]


def _posted_cell(data: QueryDict, rows: Rows, number: str, column: Field) -> Any:
    if isinstance(column, Flag) and column.single:
        return data.get(f"{PREFIX}{rows.name}.{column.name}") == number
    return _posted(data, f"{PREFIX}{rows.name}.{number}.{column.name}", column)


def _posted(data: QueryDict, name: str, field: Field) -> Any:
    if field.kind == "flag":
        return name in data
    return data.get(name, "").replace("\r\n", "\n")


def with_command(values: dict[str, Any], command: str) -> dict[str, Any]:
    """The values after a button of the form: `more:options`, `drop:options:2`, `up:options:2`, `down:options:2`."""
    name, rows, at = (*command.split(":"), "", "")[:3]
    entries = list(values.get(rows) or [])
    if name == "more" and isinstance(values.get(rows), list):
        entries += [{}] * (SPARE + 1)
    elif at.isdecimal() and int(at) < len(entries):
        place = int(at)
        entry = entries.pop(place)
        if name != "drop":
            entries.insert(max(place + (-1 if name == "up" else 1), 0), entry)
    return {**values, rows: entries} if rows in values else values


@dataclass(frozen=True)
class Input:
    """One field as the template draws it."""

    kind: str
    name: str
    id: str
    label: str
    help: str
    value: Any
    lines: int
    single: bool
    rare: bool
    choices: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]


@dataclass(frozen=True)
class InputRow:
    """One row: what it is called, its fields, and what it carries unseen."""

    number: str
    label: str
    inputs: tuple[Input, ...]
    hidden: tuple[Input, ...]
    errors: tuple[str, ...]
    says: bool

    @property
    def rare(self) -> list[Input]:
        """The fields that are kept out of the way."""
        return [each for each in self.inputs if each.rare]

    @property
    def opens(self) -> bool:
        """Whether one of those says something, or is wrong."""
        return any(each.value or each.errors for each in self.rare)


@dataclass(frozen=True)
class InputRows:
    """Rows as the template draws them; `blank` is what a new one looks like, its number `__`."""

    name: str
    id: str
    label: str
    help: str
    numbers: str
    least: int
    rows: tuple[InputRow, ...]
    blank: InputRow
    errors: tuple[str, ...]
    uploads: str
    kind: str = "rows"


def drawn(sheet: Sheet, values: Values, errors: Errors) -> dict[str, Input | InputRows]:
    """Every field of the sheet by its name, with what it says and what is wrong with it."""
    return {field.name: _drawn(field, values, errors) for field in sheet}


def name_of(sheet: Sheet, place: str, values: Values) -> str:
    """What a place is called: “Options A, Text of the option” for `options.0.text`."""
    name, number, column = [*place.split("."), "", ""][:3]
    field = next((each for each in sheet if each.name == name), None)
    if not isinstance(field, Rows):
        return gettext(getattr(field, "label", name))
    rows = list(_numbered(field, list(values.get(name) or [])))
    row = rows[int(number)] if number.isdecimal() and int(number) < len(rows) else None
    told = gettext(field.label) + (f" {_row_label(field, number, row)}" if row is not None else "")
    inner = next((getattr(each, "label", "") for each in field.columns if each.name == column), "")
    return f"{told} · {gettext(inner)}" if inner else told


def _drawn(field: Field | Rows, values: Values, errors: Errors) -> Input | InputRows:
    if not isinstance(field, Rows):
        name = f"{PREFIX}{field.name}"
        return _input(field, name, name, values.get(field.name), errors.get(field.name, ()))
    given = list(values.get(field.name) or [])
    if not field.uploads:
        says = sum(map(says_something, given))
        given += [{}] * max(field.least - len(given), SPARE - (len(given) - says), 0)
    rows = tuple(_row(field, str(at), row, errors) for at, row in enumerate(_numbered(field, given)))
    return InputRows(
        name=field.name,
        id=f"{PREFIX}{field.name}",
        label=gettext(field.label),
        help=gettext(field.help) if field.help else "",
        numbers=field.numbers,
        least=field.least,
        rows=rows,
        blank=_row(field, "__", {}, {}),
        errors=tuple(errors.get(field.name, ())),
        uploads=field.uploads,
    )


def _numbered(field: Rows, rows: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """With the number that each row goes by where it keeps it."""
    if field.numbers != "lasting":
        yield from rows
        return
    taken = [int(place) for row in rows if (place := str(row.get("place") or "")).isdecimal()]
    following = max(taken, default=0)
    for row in rows:
        if not str(row.get("place") or "").isdecimal():
            following += 1
            row = {**row, "place": str(following)}
        yield row


def _row(field: Rows, number: str, values: Values, errors: Errors) -> InputRow:
    place = f"{field.name}.{number}"
    inputs = tuple(
        _input(
            column,
            _name(field, number, column),
            f"{PREFIX}{place}.{column.name}",
            values.get(column.name),
            errors.get(f"{place}.{column.name}", ()),
        )
        for column in field.columns
    )
    known = {column.name for column in field.columns if column.kind != "hidden"}
    inside = [name for name in errors if name.startswith(f"{place}.") and name.split(".")[2] not in known]
    return InputRow(
        number=number,
        label=_row_label(field, number, values),
        inputs=tuple(each for each in inputs if each.kind != "hidden"),
        hidden=tuple(each for each in inputs if each.kind == "hidden"),
        errors=tuple(text for name in (place, *inside) for text in errors.get(name, ())),
        says=says_something(values),
    )


def _name(rows: Rows, number: str, column: Field) -> str:
    if isinstance(column, Flag) and column.single:
        return f"{PREFIX}{rows.name}.{column.name}"
    return f"{PREFIX}{rows.name}.{number}.{column.name}"


def _row_label(field: Rows, number: str, values: Values) -> str:
    if field.numbers == "lasting":
        return str(values.get("place") or "")
    if not number.isdecimal():
        return ""
    at = int(number)
    return LETTERS[at] if field.numbers == "letters" and at < len(LETTERS) else str(at + 1)


def _input(field: Field, name: str, place: str, value: Any, errors: Sequence[str]) -> Input:
    choices = getattr(field, "choices", ())
    text = value if field.kind == "flag" else str(value if value is not None else "")
    lines = getattr(field, "lines", 1)
    return Input(
        kind=field.kind,
        name=name,
        id=place,
        label=gettext(label) if (label := getattr(field, "label", "")) else "",
        help=gettext(told) if (told := getattr(field, "help", "")) else "",
        value=text,
        lines=max(lines, 2) if isinstance(text, str) and "\n" in text else lines,
        single=getattr(field, "single", False),
        rare=getattr(field, "rare", False),
        choices=tuple((each, in_words(message)) for each, message in choices),
        errors=tuple(errors),
    )
