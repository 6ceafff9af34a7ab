"""A file of marks as rows: a workbook (.xlsx) or a text table (.csv; UTF-8, UTF-16 or GB 18030).

Columns are known by the words in the first row, in any order. 考生号 or 工号 says whose paper, 题号 which question
of it (its number on that candidate's own paper), 得分 what it earned. 评分点1, 评分点2 … are the marks of the rubric's
criteria in their order and 扣分 what is taken off; together they may stand instead of 得分. 题目编号, where it is
filled in, must be the key of that question. Other columns are left alone.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.formats.xlsx import cell_text, rows_of
from assessments.wording import in_words
from core.errors import Refusal

NUMBER, STAFF, SLOT, KEY, POINTS, PENALTY, COMMENT = (
    "考生号",
    "工号",
    "题号",
    "题目编号",
    "得分",
    "扣分",
    "评语",
)
ALIASES = {"考生编号": NUMBER}  # as pages call it
CRITERION = re.compile(r"评分点([1-9]\d?)")
XLSX_BEGINS = b"PK"
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Row:
    """One row that says anything. `number` is the file's own; cells are text by column, `letters` where each stands."""

    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def place_of(self, column: str) -> str:
        """The cell, as "C5"; the row alone where the file has no such column."""
        return f"{self.letters.get(column, '')}{self.number}"

    @property
    def criteria(self) -> dict[int, str]:
        """What is written under 评分点n, by n; without the empty ones."""
        found = {CRITERION.fullmatch(column): text for column, text in self.cells.items() if text}
        return {int(match[1]): text for match, text in found.items() if match}


def read_rows(content: bytes, *, is_workbook: bool = False) -> Iterator[Row]:
    """The rows of a file in their order. Raises Refusal for a file that cannot be read, one whose first row does not
    name the columns, and one with too many rows; the last only on the way. A file that
    calls itself a workbook must be one."""
    rows = raw_rows(content, is_workbook=is_workbook)
    letters = _letters([cell_text(value) for value in next(rows, [])])
    columns = list(letters)
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            most = {"most": MOST_ROWS}
            raise Refusal(_("More than %(most)s rows. Split the file.") % most, code="too_many")
        texts = {column: _cell(row, place) for column, place in letters.items()}
        if any(texts.values()):
            yield Row(number, texts, {column: get_column_letter(letters[column] + 1) for column in columns})


def raw_rows(content: bytes, *, is_workbook: bool = False) -> Iterator[list[Any]]:
    """The same as they stand in the file, the first row included. Raises Refusal for a file that cannot be read."""
    try:
        if is_workbook or content.startswith(XLSX_BEGINS):
            yield from rows_of(content)
            return
        text = decoded(content)
        yield from csv.reader(StringIO(text), delimiter=_delimiter(text))
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="unreadable") from refused
    except csv.Error as error:
        raise Refusal(
            _("This is neither a workbook (.xlsx) nor a text table (.csv)."), code="unreadable"
        ) from error


def is_ours(column: str) -> bool:
    """Whether a column of this name is read."""
    return column in (NUMBER, STAFF, SLOT, KEY, POINTS, PENALTY, COMMENT) or bool(CRITERION.fullmatch(column))


def _letters(heads: list[str]) -> dict[str, int]:
    """Where each of our columns stands; the first of two that are called the same. Raises Refusal for missing ones."""
    heads = [unicodedata.normalize("NFKC", head) for head in heads]
    heads = [ALIASES.get(head, head) for head in heads]
    letters = {head: heads.index(head) for head in heads if is_ours(head)}
    missing = [] if {NUMBER, STAFF} & letters.keys() else [f"{NUMBER}（{_('or')} {STAFF}）"]
    missing += [SLOT] if SLOT not in letters else []
    if POINTS not in letters and not any(map(CRITERION.fullmatch, letters)):
        missing.append(POINTS)
    if missing:
        raise Refusal(
            _("The first row must name the columns; missing: %(missing)s. Take our template.")
            % {"missing": "、".join(missing)},
            code="columns",
        )
    return letters


def _cell(row: list[Any], place: int) -> str:
    return cell_text(row[place]) if place < len(row) else ""


def _delimiter(text: str) -> str:
    head = text[: text.find("\n")] if "\n" in text else text
    return "\t" if "\t" in head and "," not in head else ","
