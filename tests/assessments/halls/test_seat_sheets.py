"""Seats from a spreadsheet: each wrong cell is named, nothing is half done, what is written is read back."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from assessments.halls.seat_sheets import SeatSheet, read_seat_sheet, write_template
from assessments.models import ExamSession
from core.errors import Refusal
from people.models import Person, Role
from tests.assessments.halls.making import make_room, make_seat, make_session
from tests.assessments.making import make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
HEAD = ("考场", "座位号", "工号", "姓名")


@pytest.fixture
def administrator() -> Person:
    return make_person(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def session(now: datetime) -> ExamSession:
    make_exam()
    session = make_session(now)
    make_room(session, "甲")
    make_room(session, "乙")
    return session


def workbook(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> bytes:
    book, target = Workbook(), BytesIO()
    assert book.active is not None
    for row in (head, *rows):
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def table(*rows: tuple[Any, ...], encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join(map(str, row)) for row in (HEAD, *rows)).encode(encoding)


def number_of(person: Person) -> str:
    return person.account.staff_number


@pytest.fixture
def read(session: ExamSession, administrator: Person, now: datetime) -> Any:
    def _read(content: bytes) -> SeatSheet:
        return read_seat_sheet(session=session, content=content, by=administrator, now=now)

    return _read


@pytest.mark.parametrize(
    "write", [workbook, table, lambda *rows: table(*rows, encoding="gb18030")], ids=["xlsx", "utf-8", "gb"]
)
def test_seats_are_read_from_workbooks_and_text_tables(write: Any, read: Any) -> None:
    one, two = make_person("许知秋"), make_person("欧阳 𬭎")
    sheet = read(write(("甲", 1, number_of(one), "许知秋"), ("乙", 12, number_of(two), "欧阳𬭎")))
    assert sheet.problems == ()
    assert [(row.row, row.room, row.placement.number, row.placement.person_id) for row in sheet.rows] == [
        (2, "甲", 1, one.pk),
        (3, "乙", 12, two.pk),
    ]
    assert sheet.differing == ()


def test_every_wrong_cell_is_named_with_its_row(read: Any, session: ExamSession, now: datetime) -> None:
    good, again, busy = make_person(), make_person(), make_person()
    foreign = make_person(organisation=make_organisation("ELSEWHERE"))
    make_seat(make_room(make_session(now, title="同时")), busy)
    sheet = read(
        workbook(
            ("甲", 1, number_of(good), ""),
            ("丙", "十二", "0000", ""),
            ("甲", 1, number_of(again), ""),
            ("甲", 2, number_of(good), ""),
            ("甲", 3, number_of(foreign), ""),
            (None, None, None, None),
            ("甲", 4, number_of(busy), ""),
            ("甲", 0, number_of(again), ""),
        )
    )
    assert [problem.cell for problem in sheet.problems] == [
        "A3", "B3", "C3", "B4", "C5", "C6", "C8", "B9",
    ]  # fmt: skip
    assert [problem.row for problem in sheet.problems] == [3, 3, 3, 4, 5, 6, 8, 9]
    assert [row.row for row in sheet.rows] == [2]


def test_foreign_person_is_as_unknown_as_nobody(read: Any) -> None:
    """Row 21: a spreadsheet tells nobody which staff numbers exist elsewhere."""
    foreign = make_person(organisation=make_organisation("ELSEWHERE"))
    sheet = read(workbook(("甲", 1, number_of(foreign), ""), ("甲", 2, "2026-absent", "")))
    told = [problem.message.replace(number_of(foreign), "n") for problem in sheet.problems]
    assert told[0] == told[1].replace("2026-absent", "n")


def test_name_spelt_otherwise_is_pointed_out_and_stops_nothing(read: Any) -> None:
    person = make_person("许知秋")
    sheet = read(workbook(("甲", 1, number_of(person), "许知春")))
    assert sheet.problems == ()
    assert [(row.sheet_name, row.name) for row in sheet.differing] == [("许知春", "许知秋")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook(), "empty"),
        (workbook(("甲", 1, "x"), head=("考场", "座位", "工号")), "columns"),
        (b"", "columns"),
        (b"PK\x03\x04 broken", "unreadable"),
        (b"\x81\xff", "unreadable"),
    ],
)
def test_file_that_is_no_seating_is_refused_in_words(content: bytes, code: str, read: Any) -> None:
    with pytest.raises(Refusal) as refused:
        read(content)
    assert refused.value.code == code


def test_columns_stand_anywhere(read: Any) -> None:
    person = make_person()
    sheet = read(workbook(("x", number_of(person), "甲", 5), head=("备注", "工号", "考场", "座位号")))
    assert [(row.room, row.placement.number) for row in sheet.rows] == [("甲", 5)]


def test_template_holds_the_seats_there_are_as_text_and_is_read_back(session: ExamSession, read: Any) -> None:
    """Row 32: a name that begins like a formula stays a name."""
    room = session.rooms.get(name="甲")
    seat = make_seat(room, make_person("许知秋"))
    account = seat.person.account
    account.name = "=1+1"
    account.save()
    target = BytesIO()
    write_template(session, target)
    rows = list(load_workbook(target).active.iter_rows())  # type: ignore[union-attr]
    assert [[cell.value for cell in row] for row in rows] == [
        list(HEAD),
        ["甲", "1", account.staff_number, "=1+1"],
    ]
    assert {cell.data_type for row in rows for cell in row} == {"s"}
    assert [row.placement.person_id for row in read(target.getvalue()).rows] == [seat.person_id]


@pytest.mark.parametrize("count", [1, 3])
def test_cost_of_reading_does_not_grow(count: int, read: Any, django_assert_num_queries: Any) -> None:
    rows = [("甲", number, number_of(make_person()), "") for number in range(1, count + 1)]
    with django_assert_num_queries(3):
        assert len(read(workbook(*rows)).rows) == count
