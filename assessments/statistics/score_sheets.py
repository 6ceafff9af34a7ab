"""Score matrices as people keep them: a table with a row for each candidate and a column for each item.

The first row names the items, the first column the candidates. A cell is a number of points, 0 or more; an empty cell
or a dash says that the item was not on that candidate's paper (whoever left an item out earned 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.statistics.cells import LONGEST_CELL, MOST_PROBLEMS, Reading, SheetRefused, plain
from assessments.statistics.marks import Floats
from assessments.statistics.tables import rows_of

MOST_CELLS = 20_000_000


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Points of candidates × items, NaN where the item was not on the paper. `rows`: as a spreadsheet numbers them."""

    candidates: tuple[str, ...]
    items: tuple[str, ...]
    points: Floats
    rows: tuple[int, ...]


def read_scores(content: bytes) -> ScoreSheet:
    """The matrix of a CSV file (commas, tabs or semicolons; UTF-8, UTF-16 or GB 18030). Raises SheetRefused."""
    rows = list(rows_of(content))
    if not rows:
        raise SheetRefused([Message(_("The file is empty."))])
    (first, head), body = rows[0], rows[1:]
    items = _items(first, head)
    if not body:
        raise SheetRefused([Message(_("The file has one line only: there is no candidate in it."))])
    if len(body) * len(items) > MOST_CELLS:
        raise SheetRefused([Message(_("The table has more than %(most)s cells."), {"most": MOST_CELLS})])
    reading = _Lines(items)
    points = [reading.line(number, cells) for number, cells in body]
    reading.raise_if_any()
    return ScoreSheet(
        candidates=tuple(cells[0].strip() for _number, cells in body),
        items=items,
        points=np.array(points, dtype=np.float64),
        rows=tuple(number for number, _cells in body),
    )


def check_maxima(sheet: ScoreSheet, maxima: Sequence[float]) -> None:
    """Raise SheetRefused where a candidate has more points than the item is worth."""
    reading = Reading()
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
    reading.raise_if_any()


class _Lines(Reading):
    """Reads one candidate after the other."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__()
        self.items = items
        self.seen: dict[str, int] = {}

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


def _items(row: int, head: list[str]) -> tuple[str, ...]:
    names = [plain(cell) for cell in head[1:]]
    while names and not names[-1]:
        names.pop()
    reading = Reading()
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
    reading.raise_if_any()
    return tuple(names)
