"""The most points of each item, as people keep them beside a table of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.statistics.cells import NUMBER, Reading, SheetRefused, plain
from assessments.statistics.tables import Row, rows_of


def read_maxima(content: bytes, items: Sequence[str]) -> tuple[float, ...]:
    """The most points of each item, in the order of the items.

    Either the names of the items and one row of maxima below them, with or without a first column of its own, or two
    columns, item and maximum, with or without a head. Raises SheetRefused, also for an item too many or too few.
    """
    rows = list(rows_of(content))
    if not rows:
        raise SheetRefused([Message(_("The file of maxima is empty."))])
    known = {plain(each): each for each in items}
    pairs = _pairs(rows, known)
    reading = Reading()
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
    reading.raise_if_any()
    return tuple(found[plain(name)] for name in items)


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
