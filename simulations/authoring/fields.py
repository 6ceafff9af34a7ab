"""What a form is made of: fields, and rows of fields. Data; `sheets` says which form has which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from simulations.authoring.offers import Choices

Label = str | Promise

LINE, TEXT, NUMBER, PICK, YES, TICKS, SEVERAL, LINES, CONDITION, POINTS = (
    "line", "text", "number", "pick", "yes", "ticks", "several", "lines", "condition", "points",
)  # fmt: skip
"""Kinds of fields: several is a list of picks in order, lines a text whose lines are the items of a list."""


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `name` is its key, with dots where it lies deeper (`score.zc`)."""

    name: str
    label: Label
    kind: str = LINE
    choices: Choices = ()
    help: Label = ""
    lines: int = 1
    group: str = ""
    default: Any = None
    empty: Label = ""


@dataclass(frozen=True)
class Rows:
    """Rows of the same fields. `form` says how the document keeps them:

    list: objects; table: objects by key; names: texts by key; routes: one target or objects; needs: lists by ending.
    `key` is the field that the rows are known by, which authors never see; `prefix` begins a new one.
    """

    name: str
    label: Label
    fields: tuple[Field | Rows, ...]
    one: Label
    more: Label
    form: str = "list"
    key: str = ""
    prefix: str = ""
    help: Label = ""
    group: str = ""
    keeps_empty: bool = False


Sheet = tuple[Field | Rows, ...]
