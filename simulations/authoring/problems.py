"""What is wrong with a draft right now, each fault at the form and field where it is put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from simulations.authoring.fields import CONDITION, Field, Rows, Sheet
from simulations.authoring.filling import key_name, look_up, unfolded
from simulations.authoring.offers import Offers, offers_of
from simulations.authoring.sheets import TITLES, sheet_of
from simulations.engine.addresses import field_at
from simulations.engine.bilingual import read_condition
from simulations.engine.editing import Document, Part, part_of
from simulations.engine.grammar import ConditionError
from simulations.scenarios import Draft, InvalidDocument, read_document
from simulations.wording import told


@dataclass(frozen=True)
class Trouble:
    """One fault: `field` is the name of the field on the form of `part`, "" for the form as a whole.

    `place` says it in words: 选项 b › 影响 2 › 增减.
    """

    part: Part
    field: str
    place: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A draft as a release would read it (None where it cannot), and every fault."""

    read: Draft | None
    troubles: tuple[Trouble, ...]


def reading_of(document: Document) -> Reading:
    """Read a document and find a form and field for every fault."""
    try:
        return Reading(read_document(document), ())
    except InvalidDocument as invalid:
        offers = offers_of(document)
        return Reading(
            None,
            tuple(_trouble(document, offers, fault.where, told(fault.message)) for fault in invalid.faults),
        )


def _trouble(document: Document, offers: Offers, where: str, text: str) -> Trouble:
    part, path = field_at(document, where)
    value = part_of(document, part)
    if value is None:
        return Trouble(part, "", where, text)
    sheet = sheet_of(part, offers)
    field, words = located(sheet, value, path)
    text = _wrong_with(_condition_at(sheet, value, path), offers) or text
    return Trouble(part, field, words or ("" if field else where), text)


def _wrong_with(typed: str, offers: Offers) -> str:
    """What is wrong with a condition, told of the words it was typed in: the document's own grammar knows only the
    English ones and stops at the first character. "" where nothing is."""
    try:
        if typed.strip():
            read_condition(typed, offers.names)
    except ConditionError as wrong:
        return told(wrong.message)
    return ""


def _condition_at(sheet: Sheet, value: Mapping[str, Any], path: str) -> str:
    """The condition at the end of a path, as it was typed; "" where there is none."""
    for each in sheet:
        if path != each.name and not path.startswith(f"{each.name}."):
            continue
        held = look_up(value, each.name)
        if isinstance(each, Field):
            return held if each.kind == CONDITION and isinstance(held, str) else ""
        number, _dot, inner = path[len(each.name) + 1 :].partition(".")
        rows = unfolded(each, held)
        there = number.isdecimal() and int(number) < len(rows)
        return _condition_at(each.fields, rows[int(number)], inner) if there else ""
    return ""


def located(sheet: Sheet, value: object, path: str) -> tuple[str, str]:
    """How far a path leads on a form: the name of the field, and the same in words."""
    for each in sheet:
        if path != each.name and not path.startswith(f"{each.name}."):
            continue
        rest = path[len(each.name) + 1 :]
        if isinstance(each, Field):
            return each.name, str(each.label)
        return _in_rows(each, value, rest)
    return "", ""


def _in_rows(rows: Rows, value: object, rest: str) -> tuple[str, str]:
    number, _dot, inner = rest.partition(".")
    found = unfolded(rows, look_up(value, rows.name)) if isinstance(value, dict) else []
    if not number.isdecimal() or int(number) >= len(found):
        return rows.name, str(rows.label)
    row = found[int(number)]
    field, words = located(rows.fields, row, inner)
    name = f"{rows.name}.{number}" + (f".{field}" if field else "")
    return name, " › ".join(filter(None, (row_label(rows, row.get(key_name(rows)), int(number)), words)))


def row_label(rows: Rows, key: object, at: int) -> str:
    """选项 b, 影响 2: choices are known by their letter, other rows by their place."""
    name = key if rows.name == "choices" and isinstance(key, str) and key else at + 1
    return f"{rows.one} {name}"


def part_title(document: Document, part: Part) -> str:
    """What the form of a part is called: N03 标题, or 变量."""
    if not part.key:
        return str(TITLES.get(part.kind, _("Scenario")))
    title = (part_of(document, part) or {}).get("title")
    return f"{part.key} {title}" if isinstance(title, str) and title else part.key
