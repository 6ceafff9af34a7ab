"""What two texts of a scenario say differently, field by field in an author's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from simulations.authoring.fields import LINE, PICK, SEVERAL, TEXT, TICKS, YES, Field, Rows, Sheet
from simulations.authoring.filling import FROM, KEY, Values, key_name, shown
from simulations.authoring.offers import Offers, offers_of
from simulations.authoring.problems import part_title, row_label
from simulations.authoring.sheets import sheet_of
from simulations.engine.editing import Document, Part, changed_parts, part_of

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
MOST_COMPARED = 1_000_000
"""Longer pairs of texts (product of their lengths) are shown whole, old and new."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: `kind` is added, removed or "" for what stayed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One field: where in words, and its text with what went and what came."""

    place: str
    old: str = ""
    new: str = ""
    rows: tuple[Piece, ...] = ()

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Found when somebody looks: a list of places does without."""
        return self.rows or pieces_of(self.old, self.new)


@dataclass(frozen=True)
class PartDifference:
    """A part that differs; one that is new or gone as a whole has no lines."""

    part: Part
    title: str
    kind: str
    lines: tuple[Difference, ...]


@dataclass(frozen=True)
class _Side:
    values: Values
    offers: Offers


def differences(before: Document, after: Document) -> tuple[PartDifference, ...]:
    """Every part that differs, in the order of forms. Empty when both say the same."""
    old, new = offers_of(before), offers_of(after)
    return tuple(_difference(before, after, part, old, new) for part in changed_parts(before, after))


def _difference(before: Document, after: Document, part: Part, old: Offers, new: Offers) -> PartDifference:
    if part.kind == "other":
        return PartDifference(part, _("Other settings"), CHANGED, ())
    if part.kind in ("node", "ending") and not part.key:
        title = _("Order of the situations") if part.kind == "node" else _("Order of the endings")
        return PartDifference(part, title, CHANGED, ())
    was, now = part_of(before, part), part_of(after, part)
    if was is None:
        return PartDifference(part, part_title(after, part), ADDED, ())
    if now is None:
        return PartDifference(part, part_title(before, part), REMOVED, ())
    return PartDifference(part, part_title(after, part), CHANGED, part_lines(part, was, now, old, new))


def part_lines(
    part: Part, was: dict[str, Any], now: dict[str, Any], old: Offers, new: Offers
) -> tuple[Difference, ...]:
    """What differs between two texts of a part, each read with the names of its own document."""
    sheet = sheet_of(part, new)
    one = _Side(shown(sheet_of(part, old), was, old.names), old)
    other = _Side(shown(sheet, now, new.names), new)
    return tuple(_lines(sheet, one, other, ""))


def _lines(sheet: Sheet, old: _Side, new: _Side, place: str) -> Iterator[Difference]:
    for each in sheet:
        one, other = old.values.get(each.name), new.values.get(each.name)
        if one == other:
            continue
        where = f"{place} › {each.label}" if place else str(each.label)
        if isinstance(each, Field):
            yield Difference(where, said(each, one, old.offers), said(each, other, new.offers))
        elif key_name(each):
            yield from _keyed(
                each, _Side({"": one or []}, old.offers), _Side({"": other or []}, new.offers), place
            )
        else:
            yield from _sentences(each, one or [], other or [], (old.offers, new.offers), where)


def _keyed(rows: Rows, old: _Side, new: _Side, place: str) -> Iterator[Difference]:
    """Rows that are known by a key: choices, variables, seats."""
    was = {row[FROM]: row for row in old.values[""]}
    now = {row[FROM]: row for row in new.values[""]}
    for at, (key, row) in enumerate(now.items()):
        label = row_label(rows, key, at) if rows.name == "choices" else f"{rows.one} {row.get('name') or key}"
        where = f"{place} › {label}" if place else label
        if key in was:
            yield from _lines(rows.fields, _Side(was[key], old.offers), _Side(row, new.offers), where)
        else:
            yield Difference(where, rows=(Piece(ADDED, sentence(rows, row, new.offers)),))
    for at, (key, row) in enumerate(was.items()):
        if key not in now:
            label = (
                row_label(rows, key, at) if rows.name == "choices" else f"{rows.one} {row.get('name') or key}"
            )
            where = f"{place} › {label}" if place else label
            yield Difference(where, rows=(Piece(REMOVED, sentence(rows, row, old.offers)),))
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield Difference(
            f"{place} › {rows.label}" if place else str(rows.label),
            rows=(Piece(CHANGED, _("in another order")),),
        )


def _sentences(
    rows: Rows, was: list[Values], now: list[Values], offers: tuple[Offers, Offers], where: str
) -> Iterator[Difference]:
    """Rows without a key are compared as sentences: 居民信任 +4."""
    old = [sentence(rows, row, offers[0]) for row in was]
    new = [sentence(rows, row, offers[1]) for row in now]
    gone = [Piece(REMOVED, each) for each in old if each not in new]
    come = [Piece(ADDED, each) for each in new if each not in old]
    if gone or come:
        yield Difference(where, rows=(*gone, *come))
    elif old != new:
        yield Difference(where, rows=(Piece(CHANGED, _("in another order")),))


def sentence(rows: Rows, row: Values, offers: Offers) -> str:
    """A row in one line."""
    if rows.name in ("effects", "enter"):
        return _effect(row, offers)
    found = []
    for each in rows.fields:
        if isinstance(each, Field) and (text := said(each, row.get(each.name), offers)) and each.kind != YES:
            found.append(text if each.kind in (LINE, TEXT, PICK) else f"{each.label} {text}")
    return " · ".join(found) or str(row.get(FROM) or row.get(KEY) or _("empty"))


def _effect(row: Values, offers: Offers) -> str:
    add = str(row.get("add", ""))
    sign = "+" if add[:1].isdecimal() else ""
    name = dict(offers.variables).get(row.get("var", ""), row.get("var", ""))
    moved = f"{name} {sign}{add.replace('-', '−', 1)}"
    return f"{moved}（{row['cond']}）" if row.get("cond") else moved


def said(field: Field, value: Any, offers: Offers | None = None) -> str:
    """A value as one reads it."""
    if field.kind in (TICKS, SEVERAL):
        names = dict(field.choices)
        return "、".join(names.get(each, each) for each in value or ())
    if field.kind == PICK:
        return str(dict(field.choices).get(value or "", value or ""))
    if field.kind == YES:
        return pgettext("scenario", "yes") if value else pgettext("scenario", "no")
    return str(value or "")


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """A text with what went and what came marked."""
    if not old or not new or len(old) * len(new) > MOST_COMPARED:
        return tuple(Piece(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return Piece(REMOVED, old), Piece(ADDED, new)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("", old[a:b]))
            continue
        if b > a:
            found.append(Piece(REMOVED, old[a:b]))
        if d > c:
            found.append(Piece(ADDED, new[c:d]))
    return tuple(found)
