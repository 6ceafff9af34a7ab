"""Cells of a table of scores: a number of points, or why it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

NUMBER = re.compile(r"\+?\d+(\.\d*)?|\+?\.\d+")
ABSENT = frozenset({"", "-", "—", "–", "―", "——"})
LONGEST_CELL = 200
MOST_POINTS = 100_000
MOST_PROBLEMS = 20


class SheetRefused(ValueError):
    """The table cannot be used. `problems` are the first of them, each with its row and column."""

    def __init__(self, problems: Sequence[Message]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))


class Reading:
    """Cells become numbers; what cannot is remembered."""

    def __init__(self) -> None:
        self.problems: list[Message] = []
        self.numbers: dict[str, float] = {}

    def raise_if_any(self) -> None:
        """Raise SheetRefused with what was found."""
        if self.problems:
            raise SheetRefused(self.problems)

    def add(self, msgid: str, **params: str | int) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Message(msgid, params))

    def number(self, row: int, item: str, cell: str) -> float:
        """Points, NaN for an item not on the paper and for what is no number."""
        text = plain(cell)
        if text in ABSENT:
            self.numbers[cell] = np.nan
            return np.nan
        if len(text) <= LONGEST_CELL and NUMBER.fullmatch(text) and float(text) <= MOST_POINTS:
            self.numbers[cell] = float(text)
            return self.numbers[cell]
        self.add(_reason(text), row=row, item=item, cell=text[:40] + ("…" if len(text) > 40 else ""))
        return np.nan


def plain(cell: str) -> str:
    """Full-width letters, digits and signs as their plain ones, without spaces around."""
    return unicodedata.normalize("NFKC", cell).strip()


def _reason(text: str) -> str:
    """Why a cell is no number of points."""
    if len(text) > LONGEST_CELL:
        return _("Row %(row)s, column “%(item)s”: the cell is too long for a number: “%(cell)s”.")
    if text.endswith("%"):
        return _("Row %(row)s, column “%(item)s”: “%(cell)s” is a percentage. Give points.")
    if text.startswith(("-", "−")) and NUMBER.fullmatch(text[1:]):
        return _("Row %(row)s, column “%(item)s”: “%(cell)s” is below 0.")
    if NUMBER.fullmatch(text):
        return _("Row %(row)s, column “%(item)s”: “%(cell)s” points are too many.")
    return _("Row %(row)s, column “%(item)s”: “%(cell)s” is not a number of points.")
