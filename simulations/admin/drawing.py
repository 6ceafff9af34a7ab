"""The form of a part as its template draws it: every field with its name, what is in it and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from simulations.admin.conditions import Picker, picker
from simulations.authoring.fields import CONDITION, PICK, SEVERAL, TICKS, Field, Rows, Sheet
from simulations.authoring.filling import FROM, Values
from simulations.authoring.problems import row_label
from simulations.engine.bilingual import Names

Errors = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Input:
    """A field. `row` says of which row, for readers who do not see it."""

    name: str
    label: str
    kind: str
    value: Any
    help: str
    lines: int
    options: tuple[Option, ...]
    picks: tuple[tuple[Option, ...], ...]
    errors: tuple[str, ...]
    row: str = ""
    empty: str = ""
    picker: Picker | None = None
    is_rows: bool = False

    @property
    def id(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True)
class DrawnRow:
    """One row: its fields by their own names and by group."""

    name: str
    number: int
    label: str
    origin: str
    errors: tuple[str, ...]
    of: dict[str, Any]
    groups: dict[str, list[Any]]
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True)
class DrawnRows:
    name: str
    label: str
    one: str
    more: str
    help: str
    form: str
    errors: tuple[str, ...]
    rows: tuple[DrawnRow, ...]
    row: str = ""
    is_rows: bool = True
    kind: str = "rows"

    @property
    def id(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True)
class Drawn:
    """A whole form: `fields` in order, the same `of` their names (dots as _) and by group."""

    fields: list[Any] = field(default_factory=list)
    of: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pen:
    """What every field is drawn with: errors by the full name of a field, names and address for conditions."""

    errors: Errors
    names: Names
    check_url: str = ""


def drawn(sheet: Sheet, values: Values, pen: Pen, prefix: str = "", row: str = "") -> Drawn:
    """Every field of the sheet with its value and what is wrong there."""
    form = Drawn()
    for each in sheet:
        one = (
            _rows(each, values, pen, prefix, row)
            if isinstance(each, Rows)
            else _input(each, values, pen, prefix, row)
        )
        form.fields.append(one)
        form.of[each.name.replace(".", "_")] = one
        form.groups.setdefault(each.group or "plain", []).append(one)
    return form


def _input(each: Field, values: Values, pen: Pen, prefix: str, row: str) -> Input:
    name, value = f"{prefix}{each.name}", values.get(each.name, "")
    picks: tuple[tuple[Option, ...], ...] = ()
    options: tuple[Option, ...] = ()
    if each.kind == TICKS:
        options = _options(each, list(value or ()))
    elif each.kind == PICK:
        options = _options(each, [value] if value else [])
    elif each.kind == SEVERAL:
        picks = tuple(_options(each, [one] if one else []) for one in [*(value or ()), ""])
    return Input(
        name=name,
        label=str(each.label),
        kind=each.kind,
        value=value,
        help=str(each.help),
        lines=each.lines,
        options=options,
        picks=picks,
        errors=tuple(pen.errors.get(name, ())),
        row=row,
        empty=str(each.empty),
        picker=_picker(each, name, str(value), pen, row) if each.kind == CONDITION else None,
    )


def _picker(each: Field, name: str, text: str, pen: Pen, row: str) -> Picker:
    errors = tuple(pen.errors.get(name, ()))
    label = f"{each.label} {row}".strip()
    return picker(name=name, text=text, names=pen.names, label=label, url=pen.check_url, errors=errors)


def _options(each: Field, chosen: list[str]) -> tuple[Option, ...]:
    """What is offered, and behind it what was chosen once and is not there any more."""
    offered = dict(each.choices)
    gone = [
        (value, _("%(key)s (not there any more)") % {"key": value})
        for value in chosen
        if value not in offered
    ]
    return tuple(Option(value, label, value in chosen) for value, label in (*each.choices, *gone))


def _rows(each: Rows, values: Values, pen: Pen, prefix: str, row: str) -> DrawnRows:
    name = f"{prefix}{each.name}"
    held: list[Values] = values.get(each.name) or []
    found = []
    for at, one in enumerate(held):
        here, label = f"{name}.{at}", row_label(each, one.get(FROM), at)
        inner = drawn(each.fields, one, pen, f"{here}.", f"{row} {label}".strip())
        found.append(
            DrawnRow(
                name=here,
                number=at,
                label=label,
                origin=str(one.get(FROM, "")),
                errors=tuple(pen.errors.get(here, ())),
                of=inner.of,
                groups=inner.groups,
                is_first=at == 0,
                is_last=at == len(held) - 1,
            )
        )
    return DrawnRows(
        name=name,
        label=str(each.label),
        one=str(each.one),
        more=str(each.more),
        help=str(each.help),
        form=each.form,
        errors=tuple(pen.errors.get(name, ())),
        rows=tuple(found),
        row=row,
    )
