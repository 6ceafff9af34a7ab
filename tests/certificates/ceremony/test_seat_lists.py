"""Lists of seats: what people paste and upload, and what is said about each wrong line."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook

from certificates.ceremony.lines import Place, SeatLine
from certificates.ceremony.seat_lists import SeatList, read_file, read_pasted
from certificates.ceremony.seats import Listed
from certificates.models import BatchRow
from core.errors import Refusal

LINES = [SeatLine(BatchRow(pk=n), f"某{n}", f"2026-000{n}", Place(), None) for n in (1, 2, 3)]


def said(found: SeatList) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in found.problems]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_plain_lines_are_the_order_of_the_seats() -> None:
    found = read_pasted("2026-0003\n\n 2026-0001 \r\n", lines=LINES)
    assert found == SeatList((Listed("2026-0003"), Listed("2026-0001")), (), 1)


@pytest.mark.parametrize("between", ["\t", " ", ",", "，", ", ", "、"])
def test_the_seat_may_stand_behind(between: str) -> None:
    found = read_pasted(f"2026-0003{between}12\n2026-0001{between}２", lines=LINES)
    assert found.listed == (Listed("2026-0003", 12), Listed("2026-0001", 2))


def test_pasted_head_is_understood() -> None:
    found = read_pasted("座位号 工号\n5 2026-0002", lines=LINES)
    assert (found.listed, found.problems) == ((Listed("2026-0002", 5),), ())


def test_workbook_and_csv_say_the_same() -> None:
    rows = (
        ("姓名", "工号", "座位号"),
        ("某2", "2026-0002", 4),
        (None, None, None),
        ("某1", "2026-0001", 3.0),
    )
    expected = SeatList((Listed("2026-0002", 4), Listed("2026-0001", 3)), (), 1)
    assert read_file(workbook(*rows), lines=LINES) == expected
    text = "姓名,工号,座位号\n某2,2026-0002,4\n,,\n某1,2026-0001,3\n"
    assert read_file(text.encode("gb18030"), lines=LINES) == expected
    assert read_file(text.encode("utf-8-sig"), lines=LINES) == expected


def test_every_wrong_line_is_said_in_plain_words() -> None:
    text = "2026-0001 1\n9999-0001 2\n2026-0001 3\n2026-0002 1\n2026-0003 零\n=1+1"
    assert said(read_pasted(text, lines=LINES)) == [
        (2, "本批没有工号为“9999-0001”的人。"),
        (3, "“2026-0001”在第 1 行已经有了。"),
        (4, "1 号座位在第 1 行已经有人。"),
        (5, "“零”不是座位号：请填 1 到 99999 的整数。"),
        (6, "本批没有工号为“=1+1”的人。"),
    ]


@pytest.mark.parametrize("seat", ["0", "-1", "1.5", "100000", "二", "3x"])
def test_what_is_no_seat_is_no_seat(seat: str) -> None:
    assert len(said(read_pasted(f"2026-0001 {seat}", lines=LINES))) == 1


def test_seats_behind_some_lines_only_are_refused() -> None:
    found = read_pasted("2026-0001 5\n2026-0002", lines=LINES)
    assert said(found) == [(2, "“2026-0002”后面没有座位号。请每行都写，或者都不写。")]


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_empty_list_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        read_pasted(text, lines=LINES)


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"", b"PK", b"\x00\xff\xfe\x01"])
def test_broken_file_is_refused_or_said_wrong(content: bytes) -> None:
    try:
        found = read_file(content, lines=LINES)
    except Refusal:
        return
    assert found.problems
