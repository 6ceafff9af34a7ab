"""What came of an import, line by line, as a workbook to be kept or handed on."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from assessments.items import item_type
from assessments.models import BankImport, ImportLine
from core.workbooks import text_cell

WIDTHS = (8, 16, 12, 48, 14, 26, 60)


def write_report(staged: BankImport, target: BinaryIO) -> None:
    """One row for every entry of the file, in its order. Keys are not in it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Import report"))
    for column, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, title, Font(bold=True)) for title in _titles()])
    for line in staged.lines.order_by("number").iterator(500):
        sheet.append([text_cell(sheet, text) for text in _row(line)])
    book.save(target)


def _titles() -> tuple[str, ...]:
    return (
        _("No."),
        _("Place in the file"),
        _("Question type"),
        _("What is asked"),
        _("What came of it"),
        _("Stable key"),
        _("Notes"),
    )


def _row(line: ImportLine) -> tuple[str, ...]:
    content = line.content or {}
    return (
        str(line.number),
        line.where,
        _(item_type(content["type"]).title) if content else "",
        content["body"]["stem"] if content else "",
        outcome_of(line),
        line.key,
        "\n".join(filter(None, (line.reason, *line.warnings))),
    )


def outcome_of(line: ImportLine) -> str:
    """What became of a line, or would become of it: its fate, or that nobody wanted it."""
    if line.taken or line.content is None or line.chosen:
        return line.get_fate_display()
    return line.get_fate_display() if line.fate == "same" else _("Not chosen")
