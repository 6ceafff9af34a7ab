"""The rows of a text table, whatever it is separated by and written in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.statistics.cells import SheetRefused

SEPARATORS = ",\t;"

Row = tuple[int, list[str]]


def rows_of(content: bytes) -> Iterator[Row]:
    """Rows that are not blank, numbered as a spreadsheet does. Raises SheetRefused."""
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
