"""Score matrices as people keep them: a table with a row for each candidate and a column for each item.

The first row names the items, the first column the candidates. A cell is a number of points, 0 or more; an empty cell
or a dash says that the item was not on that candidate's paper (whoever left an item out earned 0).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.statistics.marks import Floats

NUMBER = re.compile(r"\+?\d+(\.\d*)?|\+?\.\d+")
ABSENT = frozenset({"", "-", "—", "–", "―", "——"})
SEPARATORS = ",\t;"
LONGEST_CELL = 200
MOST_POINTS = 100_000
MOST_CELLS = 20_000_000
MOST_PROBLEMS = 20

Row = tuple[int, list[str]]


class SheetRefused(ValueError):
    """The table cannot be used. `problems` are the first of them, each with its row and column."""

    def __init__(self, problems: Sequence[Message]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Points of candidates × items, NaN where the item was not on the paper. `rows`: as a spreadsheet numbers them."""

    candidates: tuple[str, ...]
    items: tuple[str, ...]
    points: Floats
    rows: tuple[int, ...]


def read_scores(content: bytes) -> ScoreSheet:
    """The matrix of a CSV file (commas, tabs or semicolons; UTF-8, UTF-16 or GB 18030). Raises SheetRefused."""
    rows = list(_rows(content))
    if not rows:
        raise SheetRefused([Message(_("The file is empty."))])
    (first, head), body = rows[0], rows[1:]
    items = _items(first, head)
    if not body:
        raise SheetRefused([Message(_("The file has one line only: there is no candidate in it."))])
    if len(body) * len(items) > MOST_CELLS:
        raise SheetRefused([Message(_("The table has more than %(most)s cells."), {"most": MOST_CELLS})])
    reading = _Reading(items)
    points = [reading.line(number, cells) for number, cells in body]
    if reading.problems:
        raise SheetRefused(reading.problems)
    return ScoreSheet(
        candidates=tuple(cells[0].strip() for _number, cells in body),
        items=items,
        points=np.array(points, dtype=np.float64),
        rows=tuple(number for number, _cells in body),
    )


def read_maxima(content: bytes, items: Sequence[str]) -> tuple[float, ...]:
    """The most points of each item, in the order of the items.

    Either the names of the items and one row of maxima below them, with or without a first column of its own, or two
    columns, item and maximum, with or without a head. Raises SheetRefused, also for an item too many or too few.
    """
    rows = list(_rows(content))
    if not rows:
        raise SheetRefused([Message(_("The file of maxima is empty."))])
    known = {plain(each): each for each in items}
    pairs = _pairs(rows, known)
    reading = _Reading(tuple(items))
    found: dict[str, float] = {}
    for number, name, cell in pairs:
        if plain(name) not in known:
            reading.add(_("Row %(row)s: there is no item “%(item)s” in the scores."), row=number, item=name)
        elif plain(name) in found:
            reading.add(_("Row %(row)s: the item “%(item)s” is named twice."), row=number, item=name)
        else:
            value = reading.number(number, name, cell)
            if np.isnan(value) and not reading.problems:
                reading.add(_("Row %(row)s: the item “%(item)s” has no maximum."), row=number, item=name)
            found[plain(name)] = value
    for name in items if not reading.problems else ():
        if plain(name) not in found:
            reading.add(_("The item “%(item)s” has no maximum."), item=name)
    if reading.problems:
        raise SheetRefused(reading.problems)
    return tuple(found[plain(name)] for name in items)


def check_maxima(sheet: ScoreSheet, maxima: Sequence[float]) -> None:
    """Raise SheetRefused where a candidate has more points than the item is worth."""
    reading = _Reading(sheet.items)
    with np.errstate(invalid="ignore"):
        above = np.argwhere(sheet.points > np.asarray(maxima))
    for row, place in above[:MOST_PROBLEMS]:
        reading.add(
            _("Row %(row)s, column “%(item)s”: %(points)s points are more than the maximum of %(most)s."),
            row=sheet.rows[row],
            item=sheet.items[place],
            points=f"{sheet.points[row, place]:g}",
            most=f"{maxima[place]:g}",
        )
    if reading.problems:
        raise SheetRefused(reading.problems)


def plain(cell: str) -> str:
    """Full-width letters, digits and signs as their plain ones, without spaces around."""
    return unicodedata.normalize("NFKC", cell).strip()


class _Reading:
    """Cells become numbers; what cannot is remembered."""

    def __init__(self, items: tuple[str, ...]) -> None:
        self.items = items
        self.problems: list[Message] = []
        self.seen: dict[str, int] = {}
        self.numbers: dict[str, float] = {}

    def add(self, msgid: str, **params: str | int) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Message(msgid, params))

    def line(self, number: int, cells: list[str]) -> list[float]:
        """The points of one candidate."""
        self._check_candidate(number, cells[0])
        width = len(self.items) + 1
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            self.add(
                _("Row %(row)s has %(cells)s cells, the first row has %(heads)s."),
                row=number,
                cells=len(cells),
                heads=width,
            )
            return [np.nan] * len(self.items)
        known = self.numbers
        return [
            known[cell] if cell in known else self.number(number, item, cell)
            for item, cell in zip(self.items, cells[1:width], strict=True)
        ]

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

    def _check_candidate(self, number: int, cell: str) -> None:
        name = plain(cell)
        if not name:
            self.add(_("Row %(row)s: the first column names no candidate."), row=number)
        elif len(name) > LONGEST_CELL:
            self.add(_("Row %(row)s: the name of the candidate is too long."), row=number)
        elif name in self.seen:
            self.add(
                _("Row %(row)s: the candidate “%(candidate)s” is already in row %(before)s."),
                row=number,
                candidate=name,
                before=self.seen[name],
            )
        self.seen.setdefault(name, number)


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


def _items(row: int, head: list[str]) -> tuple[str, ...]:
    names = [plain(cell) for cell in head[1:]]
    while names and not names[-1]:
        names.pop()
    reading = _Reading(())
    if not names:
        reading.add(
            _("The first row names no item: the first column is the candidate, every other one an item.")
        )
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=2):
        if not name:
            reading.add(_("Row %(row)s, column %(column)s: the item has no name."), row=row, column=place)
        elif len(name) > LONGEST_CELL:
            reading.add(
                _("Row %(row)s, column %(column)s: the name of the item is too long."), row=row, column=place
            )
        elif name in seen:
            reading.add(
                _("Row %(row)s, column %(column)s: the item “%(item)s” is already in column %(before)s."),
                row=row,
                column=place,
                item=name,
                before=seen[name],
            )
        seen.setdefault(name, place)
    if reading.problems:
        raise SheetRefused(reading.problems)
    return tuple(names)


def _pairs(rows: list[Row], known: Mapping[str, str]) -> list[tuple[int, str, str]]:
    """Row, item and cell of each maximum, from either form."""
    (first, head), body = rows[0], rows[1:]
    names = [plain(cell) for cell in head]
    while names and not names[-1]:
        names.pop()
    skip = 0 if names and names[0] in known else 1
    if len(body) == 1 and names[skip:] and all(name in known for name in names[skip:]):
        number, cells = body[0]
        cells = cells + [""] * (len(names) - len(cells))
        return [(number, name, cell) for name, cell in zip(names[skip:], cells[skip:], strict=False)]
    for number, cells in rows:
        if len([cell for cell in cells if cell.strip()]) > 2 or len(cells) < 2:
            raise SheetRefused(
                [
                    Message(
                        _(
                            "Row %(row)s: maxima are either the names of the items with one row below them, "
                            "or two columns, item and maximum."
                        ),
                        {"row": number},
                    )
                ]
            )
    has_head = plain(head[0]) not in known and not NUMBER.fullmatch(plain(head[1]))
    told = body if has_head else [(first, head), *body]
    return [(number, plain(cells[0]), cells[1]) for number, cells in told]


def _rows(content: bytes) -> Iterator[Row]:
    """Rows that are not blank, numbered as a spreadsheet does."""
    try:
        text = decoded(content).removeprefix("\ufeff")
    except FileRefused as refused:
        raise SheetRefused([refused.reason]) from refused
    head = text.lstrip("\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=lambda each: (head.count(each), -SEPARATORS.index(each)))
    number = 0
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=separator, strict=True), start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise SheetRefused(
            [
                Message(
                    _("Row %(row)s cannot be read: a cell is huge, or a quotation mark is not closed."),
                    {"row": number + 1},
                )
            ]
        ) from error
