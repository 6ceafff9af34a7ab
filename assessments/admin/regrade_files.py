"""The papers of a regrade as a table to be kept: a workbook or a text file."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from assessments.admin.regrade_lines import (
    DOWN,
    UP,
    after_of,
    filtered_lines,
    flip_of,
    names_in_scope,
    numbered,
    outcome_text,
)
from assessments.models import Regrade
from core.workbooks import text_cell
from people.models import Person

WIDTHS = (24, 20, 12, 12, 12, 12, 12, 12, 16)
NUMBERS = frozenset({2, 3, 5, 6})  # columns, from 0
AT_ONCE = 500
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(regrade: Regrade, show: str, target: BinaryIO, *, viewer: Person, at: datetime) -> None:
    """As XLSX: points are numbers, every other cell stays text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Regrade"))
    for column, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, title, Font(bold=True)) for title in _titles()])
    for row in _rows(regrade, show, viewer, at):
        sheet.append(
            [
                Decimal(text) if place in NUMBERS and text else text_cell(sheet, text)
                for place, text in enumerate(row)
            ]
        )
    book.save(target)


def write_csv(regrade: Regrade, show: str, target: BinaryIO, *, viewer: Person, at: datetime) -> None:
    """As CSV in UTF-8 with its mark, so that a spreadsheet reads the Chinese; nothing begins a formula."""
    target.write(BOM_UTF8)
    text = TextIOWrapper(target, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(_titles())
    for row in _rows(regrade, show, viewer, at):
        writer.writerow([f"'{cell}" if cell.startswith(BEGINS_A_FORMULA) else cell for cell in row])
    text.flush()
    text.detach()


WRITERS = {"xlsx": write_workbook, "csv": write_csv}


def _titles() -> tuple[str, ...]:
    return (
        _("Candidate"),
        _("Handed in"),
        _("Points before"),
        _("Of, before"),
        _("Outcome before"),
        _("Points after"),
        _("Of, after"),
        _("Outcome after"),
        _("Flip"),
    )


def _rows(regrade: Regrade, show: str, viewer: Person, at: datetime) -> Iterator[tuple[str, ...]]:
    names = names_in_scope(viewer, regrade.lines.values("attempt__person"), at=at)
    flips = {UP: _("fail becomes pass"), DOWN: _("pass becomes fail"), "": ""}
    for line in filtered_lines(regrade, show).iterator(AT_ONCE):
        submitted_at = line.attempt.submitted_at
        yield (
            names.get(line.attempt.person_id) or numbered(line),
            f"{timezone.localtime(submitted_at):%Y-%m-%d %H:%M}" if submitted_at else "",
            *_cells(line.before),
            *_cells(after_of(line)),
            flips[flip_of(line)],
        )


def _cells(said: Mapping[str, Any] | None) -> tuple[str, str, str]:
    if said is None:
        return "", "", ""
    return str(said["points"]), str(said["max"]), outcome_text(said["passed"])
