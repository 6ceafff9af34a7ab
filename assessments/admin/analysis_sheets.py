"""An analysis as a text table and as a workbook. Texts stay texts whatever they begin with; numbers stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from assessments.admin.analysis_charts import letter_of
from assessments.admin.analysis_meanings import void_text
from assessments.admin.analysis_readings import test_readings
from assessments.analyses.wording import reason_text
from assessments.items import item_type
from core.workbooks import text_cell

Cell = str | float | int | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLACES = 4


def write_csv(figures: Mapping[str, Any], target: BinaryIO) -> None:
    """The table of items in UTF-8 with a mark that tells Excel so. Shares and weights are as the head says."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(item_titles())
    for row in item_lines(figures):
        writer.writerow(["" if each is None else safe_text(each) for each in row])
    text.flush()
    text.detach()


def write_workbook(
    figures: Mapping[str, Any], titles: Mapping[str, str], target: BinaryIO, *, with_keys: bool
) -> None:
    """Test, items, and parts under their titles; with the options and which are right for those who may see keys."""
    book = Workbook(write_only=True)
    head = (_("Figure"), _("Value"), _("Unit"), _("from"), _("to"), _("What it means"))
    _sheet(book, _("Whole test"), head, test_lines(figures), (18, 12, 8, 12, 12, 90))
    _sheet(book, _("Questions"), item_titles(), item_lines(figures), (8, 16, 40, 12))
    if with_keys:
        _sheet(book, _("Options"), option_titles(), option_lines(figures), (8, 16, 8, 40))
    _sheet(book, _("Parts"), part_titles(), part_lines(figures, titles), (24,))
    book.save(target)


def test_lines(figures: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """One row for each figure of the whole test."""
    for each in test_readings(figures):
        yield each.name, _rounded(each.figure), each.unit, *_ends(each.ends), each.meaning


def item_titles() -> tuple[str, ...]:
    return (
        _("No."),
        _("Stable key"),
        _("What is asked"),
        _("Question type"),
        _("Candidates"),
        _("Facility, 0–1"),
        _("from"),
        _("to"),
        _("Standard deviation, points"),
        _("Random guess score, 0–1"),
        _("Intended weight, %"),
        _("Effective weight, %"),
        _("Discrimination index, %"),
        _("from"),
        _("to"),
        _("Discriminative efficiency, %"),
        _("Upper 27%, 0–1"),
        _("Lower 27%, 0–1"),
        _("Difference"),
        _("Notes"),
    )


def item_lines(figures: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """One row for each item that counts."""
    for item in figures["items"]:
        contrast = item["contrast"]
        yield (
            item["number"],
            item["question"],
            item["title"],
            _(item_type(item["type"]).title),
            item["n"],
            _rounded(item["facility"]),
            *_ends(item["facility_interval"]),
            _rounded(item["sd"]),
            _rounded(item["random_guess_score"]),
            _rounded(item["intended_weight"]),
            _rounded(item["effective_weight"]),
            _rounded(item["discrimination_index"]),
            *_ends(item["discrimination_interval"]),
            _rounded(item["discriminative_efficiency"]),
            *(_rounded(contrast[name]) for name in ("upper", "lower", "difference")),
            void_text(item) or "；".join(reason_text(each) for each in item["suspicions"]),
        )


def option_titles() -> tuple[str, ...]:
    return (
        _("No."),
        _("Stable key"),
        _("Option"),
        _("Text"),
        _("Right"),
        _("Chose it"),
        _("Share, 0–1"),
        _("Point-biserial correlation"),
        _("from"),
        _("to"),
        _("Upper 27%, 0–1"),
        _("Lower 27%, 0–1"),
    )


def option_lines(figures: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """One row for each option."""
    for item in figures["items"]:
        for option in item["choices"]["options"] if item["choices"] else ():
            yield (
                item["number"],
                item["question"],
                letter_of(option["place"]),
                option["text"],
                _("yes") if option["is_key"] else "",
                option["n"],
                _rounded(option["share"]),
                _rounded(option["point_biserial"]),
                *_ends(option["interval"]),
                _rounded(option["upper"]),
                _rounded(option["lower"]),
            )


def part_titles() -> tuple[str, ...]:
    return (
        _("Part"),
        _("Items"),
        _("Candidates"),
        _("Points"),
        _("Mean share, 0–1"),
        _("Standard deviation, 0–1"),
        _("Internal consistency"),
    )


def part_lines(figures: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    """Sections first, then leaf competencies."""
    for part in [*figures["sections"], *figures["leaves"]]:
        yield (
            titles.get(part["part"]) or part["part"],
            part["items"],
            part["n"],
            *(_rounded(part[name]) for name in ("maximum", "share", "sd", "alpha")),
        )


def safe_text(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _sheet(
    book: Workbook,
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int],
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([text_cell(sheet, each, Font(bold=True)) for each in head])
    for row in rows:
        sheet.append([text_cell(sheet, each) if isinstance(each, str) else each for each in row])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def _ends(interval: Mapping[str, float] | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (_rounded(interval["low"]), _rounded(interval["high"]))
