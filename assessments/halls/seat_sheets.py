"""Seats from a spreadsheet: what each row says, what is wrong with it and in which cell; nothing is written here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.formats.xlsx import cell_text, rows_of
from assessments.halls.seating import MOST_NUMBER, MOST_SEATS, Placement
from assessments.models import ExamRoom, ExamSession, Seat
from assessments.wording import in_words
from core.errors import Refusal
from core.workbooks import text_cell
from people.models import Account, Person, Role
from people.scope import people_overseen_by

ROOM, NUMBER, STAFF, NAME = COLUMNS = ("考场", "座位号", "工号", "姓名")
REQUIRED = (ROOM, NUMBER, STAFF)
XLSX_BEGINS = b"PK"
MOST_BYTES = 5 * 2**20


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one cell, as "C5" of the sheet; the row's number is the sheet's own."""

    row: int
    cell: str
    message: str


@dataclass(frozen=True)
class SeatRow:
    """One row that can be taken: a placement with what people read. `sheet_name` is set where the names differ."""

    row: int
    placement: Placement
    room: str
    staff_number: str
    name: str
    sheet_name: str = ""


@dataclass(frozen=True)
class SeatSheet:
    """A whole sheet. It can be taken when `problems` is empty; `rows` are in the order of the sheet."""

    rows: tuple[SeatRow, ...]
    problems: tuple[CellProblem, ...]

    @property
    def differing(self) -> tuple[SeatRow, ...]:
        """Rows whose name is spelt otherwise than the account's: perhaps a wrong staff number."""
        return tuple(row for row in self.rows if row.sheet_name)


@dataclass(frozen=True)
class _Line:
    """The cells of one row, by column, and where each column stands."""

    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    def problem(self, column: str, message: str) -> CellProblem:
        return CellProblem(self.number, f"{self.letters[column]}{self.number}", message)


def read_seat_sheet(*, session: ExamSession, content: bytes, by: Person, now: datetime) -> SeatSheet:
    """What a workbook (.xlsx) or a text file (.csv) says about the session's seats.

    Staff numbers are looked up among the people `by` administers: anybody else is as unknown as nobody. Raises
    Refusal for a file that cannot be read at all. Three queries.
    """
    lines = list(_lines(content))
    if not lines:
        raise Refusal(_("There is no seat in this file. Write one a row below the head."), code="empty")
    if len(lines) > MOST_SEATS:
        raise Refusal(
            _("More than %(most)s rows. Split the session.") % {"most": MOST_SEATS}, code="too_many"
        )
    rooms = {room.name: room for room in ExamRoom.objects.filter(session=session)}
    accounts = _accounts(lines, by, now)
    elsewhere = _seated_elsewhere(session, accounts.values())
    reader = _Reader(rooms, accounts, elsewhere)
    for line in lines:
        reader.read(line)
    return SeatSheet(tuple(reader.rows), tuple(reader.problems))


def write_template(session: ExamSession, target: BinaryIO) -> None:
    """A workbook with the head of the columns and one row for every seat there is; without seats one a room."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Seats"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate((18, 10, 18, 18), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([text_cell(sheet, column, Font(bold=True)) for column in COLUMNS])
    for row in _template_rows(session):
        sheet.append([text_cell(sheet, text) for text in row])
    book.save(target)


def _template_rows(session: ExamSession) -> Iterator[tuple[str, ...]]:
    seats = Seat.objects.filter(session=session).order_by("room__name", "number")
    rows = list(
        seats.values_list("room__name", "number", "person__account__staff_number", "person__account__name")
    )
    if rows:
        yield from (tuple("" if each is None else str(each) for each in row) for row in rows)
        return
    for name in ExamRoom.objects.filter(session=session).order_by("name").values_list("name", flat=True):
        yield (name, "1", "", "")


def _lines(content: bytes) -> Iterator[_Line]:
    """The rows that say anything. Raises Refusal where the head names no columns of ours."""
    rows = _raw_rows(content)
    heads = [cell_text(value) for value in next(rows, [])]
    missing = [column for column in REQUIRED if column not in heads]
    if missing:
        raise Refusal(
            _("The first row must name the columns; missing: %(missing)s. Take our template.")
            % {"missing": "、".join(missing)},
            code="columns",
        )
    letters = {column: get_column_letter(heads.index(column) + 1) for column in COLUMNS if column in heads}
    for number, row in enumerate(rows, start=2):
        cells = {head: cell_text(value) for head, value in zip(heads, row, strict=False) if head in COLUMNS}
        if any(cells.values()):
            yield _Line(number, cells, letters)


def _raw_rows(content: bytes) -> Iterator[list[Any]]:
    try:
        if content.startswith(XLSX_BEGINS):
            yield from rows_of(content)
            return
        yield from csv.reader(StringIO(decoded(content)))
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="unreadable") from refused
    except csv.Error as error:
        raise Refusal(
            _("This is neither a workbook (.xlsx) nor a text table (.csv)."), code="unreadable"
        ) from error


def _accounts(lines: Iterable[_Line], by: Person, now: datetime) -> dict[str, Account]:
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
    numbers = {line.cells.get(STAFF, "") for line in lines}
    found = Account.objects.filter(staff_number__in=numbers, person__in=overseen)
    return {account.staff_number: account for account in found}


def _seated_elsewhere(session: ExamSession, accounts: Iterable[Account]) -> dict[Any, str]:
    """Sessions at the same time in which these people sit already: title by person."""
    seats = Seat.objects.filter(
        person__in=[account.person_id for account in accounts],
        session__opens_at__lt=session.closes_at,
        session__closes_at__gt=session.opens_at,
    ).exclude(session=session)
    return dict(seats.values_list("person", "session__title"))


class _Reader:
    """Goes down the rows and remembers who and what was named before."""

    def __init__(
        self, rooms: Mapping[str, ExamRoom], accounts: Mapping[str, Account], elsewhere: Mapping[Any, str]
    ) -> None:
        self.rooms, self.accounts, self.elsewhere = rooms, accounts, elsewhere
        self.rows: list[SeatRow] = []
        self.problems: list[CellProblem] = []
        self.people: dict[Any, int] = {}
        self.seats: dict[Any, int] = {}

    def read(self, line: _Line) -> None:
        before = len(self.problems)
        room, number, account = self._room(line), self._number(line), self._account(line)
        if len(self.problems) > before or room is None or number is None or account is None:
            return
        self._first(self.seats, (room.pk, number), line, NUMBER, _("This seat is taken in row %(row)s."))
        self._first(
            self.people, account.person_id, line, STAFF, _("This person has a seat in row %(row)s already.")
        )
        if len(self.problems) > before or account.person_id is None:
            return
        written = line.cells.get(NAME, "")
        self.rows.append(
            SeatRow(
                row=line.number,
                placement=Placement(room.pk, number, account.person_id),
                room=room.name,
                staff_number=account.staff_number,
                name=account.name,
                sheet_name=written if written and _bare(written) != _bare(account.name) else "",
            )
        )

    def _first(self, seen: dict[Any, int], what: Any, line: _Line, column: str, message: str) -> None:
        if what in seen:
            self._object(line, column, message % {"row": seen[what]})
        else:
            seen[what] = line.number

    def _room(self, line: _Line) -> ExamRoom | None:
        name = line.cells.get(ROOM, "")
        room = self.rooms.get(name)
        if room is None:
            known = "、".join(self.rooms) or "—"
            said = {"name": name or "—", "known": known}
            self._object(line, ROOM, _("No room “%(name)s” in this session; there are: %(known)s.") % said)
        return room

    def _number(self, line: _Line) -> int | None:
        text = line.cells.get(NUMBER, "")
        if text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST_NUMBER:
            return int(text)
        self._object(
            line, NUMBER, _("A seat number is a whole number from 1 to %(most)s.") % {"most": MOST_NUMBER}
        )
        return None

    def _account(self, line: _Line) -> Account | None:
        staff_number = line.cells.get(STAFF, "")
        account = self.accounts.get(staff_number)
        if account is None:
            self._object(
                line,
                STAFF,
                _("Nobody in your part of the organisation has the staff number “%(number)s”.")
                % {"number": staff_number or "—"},
            )
        elif account.person_id in self.elsewhere:
            self._object(
                line,
                STAFF,
                _("This person sits in “%(session)s” at the same time.")
                % {"session": self.elsewhere[account.person_id]},
            )
        return account

    def _object(self, line: _Line, column: str, message: str) -> None:
        self.problems.append(line.problem(column, message))


def _bare(name: str) -> str:
    """A name as it is compared: without the blanks that spreadsheets put between two characters."""
    return "".join(name.split())
