"""The workbooks around a file of marks: the template to fill in, and the file given back with what came of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from assessments.formats.xlsx import cell_text, text_cell
from assessments.items import RubricType, item_type
from assessments.items.checking import as_text
from assessments.marking.rounds import waiting_answers
from assessments.marksheets.columns import COMMENT, KEY, NUMBER, PENALTY, POINTS, SLOT, STAFF, raw_rows
from assessments.marksheets.reach import may_name, papers_within_reach, people_named_to
from assessments.models import AttemptStatus, ExamItem, ExamVersion, MarkLine, MarkLineFate, MarkSheet
from core import private_files
from people.models import Person

NAME, TYPE, MOST = "姓名", "题型", "满分"
OUTCOME, REASON = "结果", "原因"
MOST_WHOLE = 20_000  # rows given back in one go; of a longer file those to correct
WIDTHS = {NUMBER: 12, STAFF: 14, NAME: 12, KEY: 20, TYPE: 14, COMMENT: 40, REASON: 60, OUTCOME: 18}


def write_template(version: ExamVersion, target: BinaryIO, *, by: Person, now: datetime) -> int:
    """A row for every answer that waits for a person's marks, of the candidates in reach; returns how many.

    Staff numbers and names stand there for administrators, and where the exam is marked with open names; an examiner's
    template of another exam has no such columns.
    """
    items = {item.pk: item for item in version.items.select_related("question_version__question")}
    parts = max((_parts(item) for item in items.values()), default=0)
    heads = (
        NUMBER,
        *((STAFF, NAME) if may_name(by, version, at=now) else ()),
        *(SLOT, KEY, TYPE, MOST),
        *(f"评分点{place}" for place in range(1, parts + 1)),
        *((PENALTY,) if parts else ()),
        *(POINTS, COMMENT),
    )
    numbers = _Numbers(version, by, now)
    book, sheet = _begun(_("Marks of an exam"), heads)
    count = 0
    for row in _waiting(version, by, now).iterator(1_000):
        item = items[row.item_id]
        kind = item_type(item.question_version.type)
        account = getattr(row.attempt.person, "account", None) if row.named else None
        cells = {
            NUMBER: numbers.of(row.attempt.pk.hex.upper()),
            STAFF: account.staff_number if account else "",
            NAME: account.name if account else "",
            SLOT: str(row.slot),
            KEY: item.question_version.question.key,
            TYPE: str(_(kind.title)),
            MOST: as_text(most_of(item)),
        }
        sheet.append([_cell(sheet, cells.get(head, "")) for head in heads])
        count += 1
    book.save(target)
    return count


def write_back(sheet: MarkSheet, target: BinaryIO, *, only_skipped: bool = False) -> None:
    """The uploaded file with two columns more: what came of each row, and why it was skipped.

    Corrected, it can be uploaded again: rows that are in already stay in. With `only_skipped` nothing but those rows.
    """
    rows = raw_rows(private_files.read(sheet.path))
    heads = [cell_text(value) for value in next(rows, [])]
    kept = [place for place, head in enumerate(heads) if head not in (OUTCOME, REASON)]
    book, out = _begun(_("Marks of an exam"), [*(heads[place] for place in kept), OUTCOME, REASON])
    lines = sheet.lines.order_by("number").iterator(1_000)
    for row, line in _joined(rows, lines):
        if only_skipped and line.fate != MarkLineFate.SKIPPED:
            continue
        cells = [cell_text(row[place]) if place < len(row) else "" for place in kept]
        out.append([_cell(out, text) for text in (*cells, outcome_of(line), _why(line))])
    book.save(target)


def outcome_of(line: MarkLine) -> str:
    """What became of a line, or would become of it."""
    return pgettext("mark", "Taken") if line.taken_at else str(MarkLineFate(line.fate).label)


def place_in_words(line: MarkLine) -> str:
    """Where something is wrong: the cell as "C5", or the row where it is no one cell."""
    return _("Row %(row)s") % {"row": line.cell} if line.cell.isdecimal() else line.cell


def most_of(item: ExamItem) -> Any:
    """What an answer can earn at most. The item comes with its question."""
    kind = item_type(item.question_version.type)
    return kind.full_marks(item.question_version.answer) if isinstance(kind, RubricType) else item.points


class _Numbers:
    """What candidates are called: six characters, twice as many where two papers begin with the same six."""

    def __init__(self, version: ExamVersion, by: Person, now: datetime) -> None:
        papers = papers_within_reach(by, at=now).filter(exam_version=version)
        self.short = Counter(pk.hex[:6].upper() for pk in papers.values_list("pk", flat=True).iterator())

    def of(self, number: str) -> str:
        return number[:6] if self.short[number[:6]] < 2 else number[:12]


def _waiting(version: ExamVersion, by: Person, now: datetime) -> QuerySet[Any]:
    """The answers to mark, each with its paper and person; `named` where these may be told."""
    papers = papers_within_reach(by, at=now).filter(exam_version=version, status=AttemptStatus.MARKING)
    named = Exists(people_named_to(by, version, at=now).filter(pk=OuterRef("attempt__person")))
    answers = waiting_answers(papers).annotate(named=named).select_related("attempt__person__account")
    return (
        answers.order_by("slot", "attempt")
        if not version.document.get("shuffle", True)
        else answers.order_by("attempt", "slot")
    )


def _parts(item: ExamItem) -> int:
    return len(item.question_version.answer.get("criteria", ()))


def _begun(title: str, heads: Iterable[str]) -> tuple[Workbook, Any]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    heads = list(heads)
    for place, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(head, 10)
    sheet.append([text_cell(sheet, head, Font(bold=True)) for head in heads])
    return book, sheet


def _cell(sheet: Any, text: str) -> Any:
    """Text that stays text: what begins like a formula is written as a cell of its own kind, the rest as it is."""
    if text.startswith("="):
        return text_cell(sheet, text)
    return ILLEGAL_CHARACTERS_RE.sub("", text) or None


def _joined(rows: Iterator[list[Any]], lines: Iterator[MarkLine]) -> Iterator[tuple[list[Any], MarkLine]]:
    """Each row that said anything with its line."""
    line = next(lines, None)
    for number, row in enumerate(rows, start=2):
        if line is None:
            return
        if line.number == number:
            yield row, line
            line = next(lines, None)


def _why(line: MarkLine) -> str:
    is_one_cell = line.cell and not line.cell.isdecimal()
    return _("Cell %(cell)s: %(reason)s") % vars(line) if is_one_cell else line.reason
