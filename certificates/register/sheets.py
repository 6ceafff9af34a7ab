"""The register as a workbook: text stays text, whatever it begins with, and no cell is a formula."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from certificates.register.entries import Entry
from core.workbooks import text_cell

WIDTHS = (30, 14, 14, 22, 26, 18, 10, 10, 12, 12, 12, 14, 22)
DAY = "yyyy-mm-dd"


def write_sheet(lines: Iterable[Entry], target: BinaryIO) -> int:
    """One row a certificate; returns how many. Identity numbers are not in it, masked or not."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Register"))
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.freeze_panes = "B2"
    sheet.append([text_cell(sheet, title, Font(bold=True)) for title in _titles()])
    count = 0
    for line in lines:
        sheet.append(_cells(sheet, line))
        count += 1
    book.save(target)
    return count


def _titles() -> tuple[str, ...]:
    return (
        _("Certificate number"),
        _("Holder"),
        _("Staff number"),
        _("Organisation"),
        _("Scheme"),
        _("Certificate"),
        _("Credited hours"),
        _("State"),
        _("Issued on"),
        _("Valid from"),
        _("Valid until"),
        _("Kind of issue"),
        _("Batch"),
    )


def _cells(sheet: Any, line: Entry) -> list[Any]:
    one = line.certificate
    return [
        *(text_cell(sheet, text) for text in (one.serial, line.holder, line.staff_number, line.organisation)),
        text_cell(sheet, one.scheme_version.title),
        text_cell(sheet, one.title),
        one.hours,
        text_cell(sheet, str(line.standing.label)),
        _day(sheet, timezone.localdate(one.issued_at)),
        _day(sheet, one.valid_from),
        _day(sheet, one.valid_until),
        text_cell(sheet, str(one.get_follows_as_display() or _("First issue"))),
        text_cell(sheet, one.batch_row.batch.title),
    ]


def _day(sheet: Any, day: date | None) -> Any:
    if day is None:
        return text_cell(sheet, _("No end"))
    cell: Any = WriteOnlyCell(sheet)
    cell.value = day
    cell.number_format, cell.alignment = DAY, Alignment(vertical="top")
    return cell
