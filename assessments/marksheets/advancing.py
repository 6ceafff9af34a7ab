"""What a worker does for a file of marks: reads it into lines, and takes those that can be taken.

Every portion stands alone in one transaction and says how far the file is, so that a worker that was killed, a message
that was lost and one that came twice do no harm. `due_sheets` finds what stands still. Memory: one portion of rows, and
the file itself with the release's questions.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.marksheets.columns import Row, read_rows
from assessments.marksheets.fates import fate_of
from assessments.marksheets.finding import Finder, Place
from assessments.marksheets.reach import papers_within_reach
from assessments.marksheets.steps import due_lines, move, record
from assessments.marksheets.taking import import_marks, worth_in
from assessments.marksheets.worth import RowInvalid, Worth, worth_of
from assessments.models import Answer, Attempt, ImportStatus, MarkLine, MarkLineFate, MarkSheet
from core import private_files
from core.errors import Refusal

logger = logging.getLogger(__name__)

PORTION = 250  # rows read at a time
PAPERS = 10  # papers marked in one transaction: on SQLite nobody else writes meanwhile
LOOK_AHEAD = 200  # lines in which the next papers are found
STANDS_STILL = timedelta(minutes=2)

Clock = Callable[[], datetime]


def advance(*, sheet: MarkSheet, clock: Clock = timezone.now) -> MarkSheet:
    """Do what is due: read, take, or nothing. May run any number of times, in any number of workers at once."""
    sheet = read_sheet(sheet=sheet, clock=clock)
    return take_sheet(sheet=sheet, clock=clock) if sheet.status == ImportStatus.TAKING else sheet


def read_sheet(*, sheet: MarkSheet, clock: Clock = timezone.now) -> MarkSheet:
    """Read what is left of a file into lines; one that was read already is left alone.

    A file that cannot be read is refused, with the reason. Whatever else goes wrong in reading is written down as a
    refusal too: tried again, it would go wrong again.
    """
    sheet = _fresh(sheet)
    if sheet.status != ImportStatus.READING:
        return sheet
    try:
        rows = islice(_rows_of(sheet), sheet.read_count, None)
        return _read(sheet, rows, clock)
    except Refusal as refusal:
        return _finish(sheet, ImportStatus.REFUSED, clock(), str(refusal))
    except (ValueError, LookupError, ArithmeticError, OSError):
        logger.exception("file of marks %s cannot be read", sheet.pk)
        problem = _("The file could not be read. Check that it opens in the program it comes from.")
        return _finish(sheet, ImportStatus.REFUSED, clock(), problem)


def take_sheet(*, sheet: MarkSheet, clock: Clock = timezone.now) -> MarkSheet:
    """Take what is left, a few papers in one transaction."""
    since: int | None = 0
    while since is not None:
        since = _take_portion(sheet, since, clock())
    sheet = _fresh(sheet)
    return _finish(sheet, ImportStatus.DONE, clock()) if sheet.status == ImportStatus.TAKING else sheet


def due_sheets(*, now: datetime) -> list[UUID]:
    """What should move and has not for two minutes; marked as touched, so that nobody else finds it too."""
    still = Q(status__in=(ImportStatus.READING, ImportStatus.TAKING), touched_at__lte=now - STANDS_STILL)
    found = []
    for pk, touched_at in MarkSheet.objects.filter(still).values_list("pk", "touched_at"):
        if MarkSheet.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=now):
            found.append(pk)
    return found


def _read(sheet: MarkSheet, rows: Iterator[Row], clock: Clock) -> MarkSheet:
    finder = Finder(sheet.exam_version, by=sheet.uploaded_by, at=clock())
    while portion := list(islice(rows, PORTION)):
        lines = _lines(sheet, portion, finder)
        if not _add(sheet, lines, clock()):
            return _fresh(sheet)  # read by another, or forgotten
    if not sheet.read_count:
        raise Refusal(_("There is no mark in this file. Write one a row below the head."), code="empty")
    return _finish(sheet, ImportStatus.READ, clock())


def _rows_of(sheet: MarkSheet) -> Iterator[Row]:
    return read_rows(private_files.read(sheet.path), is_workbook=sheet.name.lower().endswith(".xlsx"))


def _lines(sheet: MarkSheet, rows: Sequence[Row], finder: Finder) -> list[MarkLine]:
    places = finder.places(rows)
    answers = [each.answer.pk for each in places.values() if isinstance(each, Place)]
    earlier = sheet.lines.filter(answer__in=answers).exclude(fate=MarkLineFate.SKIPPED).order_by("number")
    said = {line.answer_id or 0: (line.number, worth_in(line)) for line in earlier}
    return [_line(sheet, row, places[row.number], said) for row in rows]


def _line(
    sheet: MarkSheet, row: Row, place: Place | RowInvalid, said: dict[int, tuple[int, Worth]]
) -> MarkLine:
    """The line of a row; `said` is what earlier rows gave, and learns of this one."""
    try:
        if isinstance(place, RowInvalid):
            raise place
        worth = worth_of(row, place.item)
    except RowInvalid as problem:
        return MarkLine(
            sheet=sheet,
            number=row.number,
            fate=MarkLineFate.SKIPPED,
            cell=row.place_of(problem.column),
            reason=problem.message,
            answer=problem.answer or (place.answer if isinstance(place, Place) else None),
        )
    if place.answer.pk in said:
        number, _before = said[place.answer.pk]
        fate, reason = (
            MarkLineFate.SKIPPED,
            _("Row %(row)s gives marks for this answer already.") % {"row": number},
        )
    else:
        fate, reason = fate_of(worth, place.given, place.status)
        said[place.answer.pk] = (row.number, worth)
    penalty = {"penalty": worth.penalty} if worth.marks else {}
    return MarkLine(
        sheet=sheet,
        number=row.number,
        fate=fate,
        cell=row.place_of("") if reason else "",
        reason=reason,
        answer=place.answer,
        marks={**worth.marks, **penalty},
        points=worth.points,
        comment=worth.comment,
    )


@transaction.atomic
def _add(sheet: MarkSheet, lines: list[MarkLine], now: datetime) -> bool:
    """Whether these are the next lines of the file, and are stored now. Counts them in `sheet`."""
    here = MarkSheet.objects.select_for_update().filter(pk=sheet.pk, status=ImportStatus.READING)
    if here.filter(read_count=sheet.read_count).first() is None:
        return False
    MarkLine.objects.bulk_create(lines)
    sheet.read_count += len(lines)
    here.update(read_count=sheet.read_count, touched_at=now)
    return True


@transaction.atomic
def _take_portion(sheet: MarkSheet, since: int, now: datetime) -> int | None:
    """Take the lines of the next papers; the number of the first line that was due, None where none is any more."""
    here = MarkSheet.objects.select_for_update().filter(pk=sheet.pk, status=ImportStatus.TAKING)
    found = here.select_related("uploaded_by").first()
    if found is None:
        return None
    ahead = due_lines(found).filter(number__gte=since).order_by("number")
    next_ones = list(ahead.values_list("number", "answer__attempt")[:LOOK_AHEAD])
    if not next_ones:
        return None
    papers = list(dict.fromkeys(attempt for _number, attempt in next_ones))[:PAPERS]
    by = found.uploaded_by
    reachable = set(papers_within_reach(by, at=now).filter(pk__in=papers).values_list("pk", flat=True))
    count = 0
    for paper, lines in sorted(_lines_of(found, papers).items()):
        count += import_marks(
            attempt=Attempt(pk=paper), lines=lines, reachable=paper in reachable, by=by, now=now
        )
    here.update(taken_count=found.taken_count + count, touched_at=now)
    return next_ones[0][0]


def _lines_of(sheet: MarkSheet, papers: Sequence[UUID]) -> dict[UUID, list[MarkLine]]:
    """What is due of these papers, wherever it stands in the file: a paper is taken whole. Two queries."""
    answers = dict(Answer.objects.filter(attempt__in=papers).values_list("pk", "attempt"))
    found: dict[UUID, list[MarkLine]] = defaultdict(list)
    for line in due_lines(sheet).filter(answer__in=answers).order_by("number"):
        found[answers[line.answer_id or 0]].append(line)
    return found


def _fresh(sheet: MarkSheet) -> MarkSheet:
    found = MarkSheet.objects.select_related("exam_version", "uploaded_by").filter(pk=sheet.pk).first()
    return found or sheet


@transaction.atomic
def _finish(sheet: MarkSheet, status: ImportStatus, now: datetime, problem: str = "") -> MarkSheet:
    """The sheet with this status, unless somebody else was faster."""
    found = MarkSheet.objects.select_for_update().filter(pk=sheet.pk, status=sheet.status).first()
    if found is None:
        return _fresh(sheet)
    found.problem = problem
    move(found, status, now)
    if status == ImportStatus.DONE:
        record("mark_sheet.done", found, None, now, marks=found.taken_count)
    return found
