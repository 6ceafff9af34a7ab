"""Files of marks for tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from assessments.marksheets.advancing import advance
from assessments.marksheets.staging import take_marks, upload_marks
from assessments.models import Attempt, ExamVersion, MarkSheet
from people.models import Person
from tests.assessments.making import make_submitted
from tests.factories import make_person

HEADS = ("考生号", "题号", "得分", "评语")


def text_table(rows: Iterable[Iterable[Any]], heads: Iterable[str] = HEADS, encoding: str = "utf-8") -> bytes:
    """A .csv."""
    out = StringIO()
    csv.writer(out).writerows([list(heads), *map(list, rows)])
    return out.getvalue().encode(encoding)


def workbook(rows: Iterable[Iterable[Any]], heads: Iterable[str] = HEADS) -> bytes:
    """An .xlsx."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [list(heads), *map(list, rows)]:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def make_papers(count: int, *, key: str = "base", now: datetime) -> list[Attempt]:
    """Papers of as many candidates, handed in."""
    return [make_submitted(make_person(), key, now=now) for _number in range(count)]


def staff_number(attempt: Attempt) -> str:
    return str(attempt.person.account.staff_number)


def make_sheet(
    content: bytes, *, version: ExamVersion, by: Person, now: datetime, name: str = "成绩.csv"
) -> MarkSheet:
    """Uploaded and read."""
    sheet = upload_marks(version=version, content=content, name=name, by=by, now=now)
    return advance(sheet=sheet, clock=lambda: now)


def make_taken(content: bytes, *, version: ExamVersion, by: Person, now: datetime) -> MarkSheet:
    """Uploaded, read and taken."""
    sheet = make_sheet(content, version=version, by=by, now=now)
    return advance(sheet=take_marks(sheet=sheet, by=by, now=now), clock=lambda: now)


def fates(sheet: MarkSheet) -> list[tuple[int, str]]:
    """Row and fate of every line."""
    return list(sheet.lines.order_by("number").values_list("number", "fate"))


def said(sheet: MarkSheet) -> Mapping[str, str]:
    """By cell what is wrong there."""
    return dict(sheet.lines.filter(fate="skipped").order_by("number").values_list("cell", "reason"))
