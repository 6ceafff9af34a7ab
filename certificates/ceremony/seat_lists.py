"""A list of seats that somebody pastes or uploads: a staff number a line, with the seat behind it or without.

Read from plain lines, CSV or a workbook (.xlsx). What is wrong is said line by line, and then nothing is taken."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from unicodedata import normalize

from django.utils.translation import gettext as _

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.formats.xlsx import cell_text, rows_of
from assessments.wording import in_words
from certificates.ceremony.lines import SeatLine
from certificates.ceremony.seats import LAST_SEAT, Listed
from core.errors import Refusal

STAFF_HEADS = ("工号", "staff number")
SEAT_HEADS = ("座位号", "座位", "seat", "seat number")
MOST_LINES = 10_000
MOST_BYTES = 5 * 2**20
XLSX_BEGINS = b"PK"


@dataclass(frozen=True)
class LineProblem:
    """What is wrong in a line; lines are counted as the sheet or the pasted text counts them."""

    line: int
    message: str


@dataclass(frozen=True)
class SeatList:
    """A whole list. It can be taken when `problems` is empty; `missing` are those it does not name."""

    listed: tuple[Listed, ...]
    problems: tuple[LineProblem, ...]
    missing: int


def read_pasted(text: str, *, lines: Sequence[SeatLine]) -> SeatList:
    """What somebody typed or pasted: numbers with a space, a comma or a tab between them. Raises Refusal if empty."""
    rows = [re.split(r"[\s,;、]+", line.strip()) for line in normalize("NFKC", text).splitlines()]
    return _read(rows, lines)


def read_file(content: bytes, *, lines: Sequence[SeatLine]) -> SeatList:
    """What a workbook or a CSV file says. Raises Refusal for a file that cannot be read at all."""
    try:
        if content.startswith(XLSX_BEGINS):
            rows = [[cell_text(value) for value in row] for row in rows_of(content)]
        else:
            rows = [list(row) for row in csv.reader(StringIO(decoded(content)))]
    except FileRefused as refused:
        raise Refusal(in_words(refused.reason), code="unreadable") from refused
    except csv.Error as error:
        raise Refusal(
            _("This is neither a workbook (.xlsx) nor a text table (.csv)."), code="unreadable"
        ) from error
    return _read(rows, lines)


def _read(rows: Sequence[Sequence[str]], lines: Sequence[SeatLine]) -> SeatList:
    rows = [[normalize("NFKC", cell).strip() for cell in row] for row in rows]
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not filled:
        raise Refusal(_("There is no staff number in this list."), code="empty")
    if len(filled) > MOST_LINES:
        raise Refusal(_("More than %(most)s lines.") % {"most": MOST_LINES}, code="too_many")
    staff, seat = _columns(filled[0][1])
    body = filled if staff is None else filled[1:]
    reader = _Reader({line.staff_number for line in lines if line.staff_number})
    for number, row in body:
        reader.read(number, _cell(row, staff or 0), _cell(row, 1 if staff is None else seat))
    reader.check_whole()
    named = {each.staff_number for each in reader.listed}
    return SeatList(
        tuple(reader.listed),
        tuple(reader.problems),
        len([each for each in lines if each.staff_number not in named]),
    )


def _columns(head: Sequence[str]) -> tuple[int | None, int | None]:
    """Where staff number and seat stand; None and None where the first line is no head."""
    words = [cell.lower() for cell in head]
    places = [
        next((words.index(word) for word in known if word in words), None)
        for known in (STAFF_HEADS, SEAT_HEADS)
    ]
    return places[0], places[1]


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


class _Reader:
    """Goes down the lines and remembers who and which seat was named before."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = set(known)
        self.listed: list[Listed] = []
        self.problems: list[LineProblem] = []
        self.people: dict[str, int] = {}
        self.seats: dict[int, int] = {}

    def read(self, line: int, staff_number: str, seat: str) -> None:
        problems = list(self._person(line, staff_number)) + list(self._seat(line, seat))
        self.problems += [LineProblem(line, message) for message in problems]
        if not problems:
            self.listed.append(Listed(staff_number, int(seat) if seat else None))

    def check_whole(self) -> None:
        """Seats stand in every line or in none."""
        if self.seats and len(self.seats) < len(self.listed) and not self.problems:
            bare = next(each.staff_number for each in self.listed if each.seat is None)
            words = _("No seat stands behind %(number)s. Give every line a seat, or none of them.")
            self.problems.append(LineProblem(self.people[bare], words % {"number": bare}))

    def _person(self, line: int, staff_number: str) -> Iterator[str]:
        if staff_number not in self.known:
            said = {"number": staff_number[:32] or "—"}
            yield _("Nobody in this batch has the staff number “%(number)s”.") % said
        elif staff_number in self.people:
            yield _("“%(number)s” stands in line %(line)s already.") % {
                "number": staff_number,
                "line": self.people[staff_number],
            }
        else:
            self.people[staff_number] = line

    def _seat(self, line: int, seat: str) -> Iterator[str]:
        if not seat:
            return
        if not (seat.isascii() and seat.isdecimal() and len(seat) <= len(str(LAST_SEAT)) and int(seat)):
            yield _("“%(seat)s” is no seat: a whole number from 1 to %(most)s.") % {
                "seat": seat[:32],
                "most": LAST_SEAT,
            }
        elif int(seat) in self.seats:
            yield _("Seat %(seat)s is taken in line %(line)s.") % {
                "seat": seat,
                "line": self.seats[int(seat)],
            }
        else:
            self.seats[int(seat)] = line
