"""A table as an author types it, and as a lesson shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

FIGURE = re.compile(r"[-−+]?[\d,.]+\s?[%％]?")


class NoTable(ValueError):
    """The text is no table; the message says why in the reader's language."""


def read_rows(text: str) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of lines whose cells are divided by tabs, or by | where a line has no tab.

    Raises NoTable for a table without rows and for a row of another length.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        raise NoTable(_("A table needs a heading and at least one row."))
    head, *rows = (_cells(line) for line in lines)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(head):
            raise NoTable(
                _("Row %(row)s has %(cells)s cells, the heading has %(columns)s.")
                % {"row": number, "cells": len(row), "columns": len(head)}
            )
    return head, rows


def write_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The text `read_rows` understands."""
    lines = [[" ".join(str(cell).split()) for cell in row] for row in (head, *rows)]
    divider = "\t" if any("|" in cell for row in lines for cell in row) else " | "
    return "\n".join(divider.join(row) for row in lines)


def as_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """[{"title", "figures"}]: `figures` when every cell below the heading is a number, to be set to the right."""
    columns = zip_longest(*rows, fillvalue="")
    return [
        {"title": title, "figures": all(FIGURE.fullmatch(cell) for cell in cells)}
        for title, cells in zip(head, columns, strict=False)
    ]


def _cells(line: str) -> list[str]:
    if "\t" not in line and line.strip().startswith("|") and line.strip().endswith("|"):
        line = line.strip()[1:-1]  # the outer bars of a Markdown table
    return [cell.strip() for cell in line.split("\t" if "\t" in line else "|")]
