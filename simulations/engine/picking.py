"""Conditions as rows of pick lists: (且 or 或) (variable or flag) (how) (number).

Rows hold one level of groups. `first` says which of the two words makes them: with "and" the rows A 且 B 或 C are
（A 且 B） 或 C, as one reads; with "or" the rows A 或 B 且 C are （A 或 B） 且 C.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .bilingual import SIGNS, Names
from .conditions import AllOf, Always, AnyOf, Compare, HasFlag, Not, Tree

Join = Literal["and", "or"]

ALWAYS = "True"
"""What a row speaks of that holds always."""
NOT_HAPPENED = "not"
MOST_ROWS = 40

_SAID: dict[Join, str] = {"and": " 且 ", "or": " 或 "}
_HOW = {**{str(sign): shown for sign, shown in SIGNS.items()}, "!=": "≠"}


@dataclass(frozen=True)
class Row:
    """One line. `subject` is a key or ALWAYS; `how` a sign, NOT_HAPPENED, or "" for a flag that has happened.

    `join` binds it to the line before and means nothing in the first.
    """

    subject: str
    how: str = ""
    number: str = ""
    join: Join = "and"


@dataclass(frozen=True)
class Picked:
    """The rows of a condition, and which word binds first."""

    rows: tuple[Row, ...]
    first: Join = "and"


def rows_of(tree: Tree) -> Picked | None:
    """The tree as rows; None where it has more groups in groups than rows can hold."""
    match tree:
        case AnyOf(parts):
            return _grouped(parts, "and")
        case AllOf(parts):
            return _grouped(parts, "or")
    row = _row(tree, "and")
    return Picked((row,)) if row else None


def _grouped(parts: Sequence[Tree], first: Join) -> Picked | None:
    """Groups bound by `first`, the other word between them."""
    inner, between = (AllOf, "or") if first == "and" else (AnyOf, "and")
    rows: list[Row] = []
    for part in parts:
        members = part.parts if isinstance(part, inner) else (part,)
        for place, member in enumerate(members):
            row = _row(member, first if place else between)  # type: ignore[arg-type]
            if row is None:
                return None
            rows.append(row)
    has_groups = any(isinstance(part, inner) for part in parts)
    return Picked(tuple(rows), first if has_groups else "and")


def _row(tree: Tree, join: Join) -> Row | None:
    match tree:
        case Always(True):
            return Row(ALWAYS, join=join)
        case HasFlag(flag):
            return Row(flag, join=join)
        case Not(HasFlag(flag)):
            return Row(flag, NOT_HAPPENED, join=join)
        case Compare(key, _, op, number, _):
            return Row(key, op, number, join)
        case Not(Compare(key, _, "==", number, _)):
            return Row(key, "!=", number, join)
    return None


def text_of(picked: Picked, names: Names) -> str:
    """The rows as a condition in Chinese, "" for none. What is missing or wrong in a row is so in the text too."""
    groups: list[list[str]] = []
    between: Join = "or" if picked.first == "and" else "and"
    rows = picked.rows[:MOST_ROWS]
    for place, row in enumerate(rows):
        if place and row.join == picked.first:
            groups[-1].append(_said(row, names))
        else:
            groups.append([_said(row, names)])
    return _SAID[between].join(_group(group, picked.first, len(groups)) for group in groups)


def _group(group: Iterable[str], first: Join, count: int) -> str:
    parts = list(group)
    text = _SAID[first].join(parts)
    return f"（{text}）" if first == "or" and len(parts) > 1 and count > 1 else text


def _said(row: Row, names: Names) -> str:
    if row.subject == ALWAYS:
        return "总是"
    known = names.variables.get(row.subject) or names.flags.get(row.subject)
    name = f"「{names.spelling(known) if known else row.subject}」"
    if row.how == NOT_HAPPENED:
        return f"无{name}"
    return " ".join(filter(None, (name, _HOW.get(row.how, ""), row.number.strip())))
