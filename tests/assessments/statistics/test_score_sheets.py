"""Score matrices as people keep them."""

from __future__ import annotations

import numpy as np
import pytest

from assessments.statistics.cells import MOST_PROBLEMS, SheetRefused
from assessments.statistics.maxima import read_maxima
from assessments.statistics.score_sheets import check_maxima, read_scores

PLAIN = "考生,题1,题2\n张三,1,0.5\n李四,0,2\n"


def problems_of(content: bytes | str) -> list[str]:
    with pytest.raises(SheetRefused) as refused:
        read_scores(content if isinstance(content, bytes) else content.encode())
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("gb18030"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace("0.5", "０．５").replace("题1", " 题１ ").encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        ("\n" + PLAIN + "\n,,\n").encode(),
        b'"\xe8\x80\x83\xe7\x94\x9f",' + PLAIN.encode().split(b",", 1)[1],
    ],
)
def test_one_table_in_many_files(content: bytes) -> None:
    sheet = read_scores(content)
    assert (sheet.candidates, sheet.items) == (("张三", "李四"), ("题1", "题2"))
    assert sheet.points.tolist() == [[1, 0.5], [0, 2]]


def test_an_empty_cell_and_a_dash_are_not_on_the_paper() -> None:
    sheet = read_scores("k,a,b,c,d,e\nx,,-,—,－,0\n".encode())
    assert np.isnan(sheet.points).tolist() == [[True, True, True, True, False]]


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    assert read_scores(b"k,a\n\nx,1\n\ny,2\n").rows == (3, 5)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        ("k,a,b\n", "The file has one line only: there is no candidate in it."),
        (
            "k\nx\n",
            "The first row names no item: the first column is the candidate, every other one an item.",
        ),
        ("k,a,,b\nx,1,1,1\n", "Row 1, column 3: the item has no name."),
        ("k,a,b,ａ\nx,1,1,1\n", "Row 1, column 4: the item “a” is already in column 2."),
        ("k,a,b\nx,1\n", "Row 2 has 2 cells, the first row has 3."),
        ("k,a,b\nx,1,1\ny,1,1,7\n", "Row 3 has 4 cells, the first row has 3."),
        ("k,a\nx,1\ny,1\n x ,0\n", "Row 4: the candidate “x” is already in row 2."),
        ("k,a\n,1\n", "Row 2: the first column names no candidate."),
        ("k,a\nx,对\n", "Row 2, column “a”: “对” is not a number of points."),
        ("k,a\nx,1e2\n", "Row 2, column “a”: “1e2” is not a number of points."),
        ("k,a\nx,nan\n", "Row 2, column “a”: “nan” is not a number of points."),
        ("k,a\nx,=1+1\n", "Row 2, column “a”: “=1+1” is not a number of points."),
        ("k,a\nx,80%\n", "Row 2, column “a”: “80%” is a percentage. Give points."),
        ("k,a\nx,80％\n", "Row 2, column “a”: “80%” is a percentage. Give points."),
        ("k,a\nx,-1\n", "Row 2, column “a”: “-1” is below 0."),
        ("k,a\nx,9999999\n", "Row 2, column “a”: “9999999” points are too many."),
        (
            "k,a\nx," + "1" * 500 + "\n",
            f"Row 2, column “a”: the cell is too long for a number: “{'1' * 40}…”.",
        ),
        ("k,a\n" + "x" * 500 + ",1\n", "Row 2: the name of the candidate is too long."),
        ("k," + "a" * 500 + "\nx,1\n", "Row 1, column 2: the name of the item is too long."),
        (
            "k,a\nx,1\ny," + "1" * 200_000 + "\n",
            "Row 3 cannot be read: a cell is huge, or a quotation mark is not closed.",
        ),
        ('k,a\nx,"1\n', "Row 2 cannot be read: a cell is huge, or a quotation mark is not closed."),
        (
            b"k,a\nx,\xff\xff\n",
            "The text is neither UTF-8, UTF-16 nor GB 18030. Save it as UTF-8 and try again.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(content: bytes | str, problem: str) -> None:
    assert problems_of(content) == [problem]


def test_every_problem_is_told_up_to_a_number() -> None:
    assert problems_of("k,a,b\nx,z,1\ny,1,-3\n") == [
        "Row 2, column “a”: “z” is not a number of points.",
        "Row 3, column “b”: “-3” is below 0.",
    ]
    assert len(problems_of("k,a\n" + "".join(f"{each},z\n" for each in range(100)))) == MOST_PROBLEMS


def test_a_table_that_is_too_large_is_refused_before_it_is_read() -> None:
    head = "k," + ",".join(str(each) for each in range(20_001))
    assert problems_of(head + "\nx" * 1000) == ["The table has more than 20000000 cells."]


@pytest.mark.parametrize(
    "content",
    [
        "题1,题2\n3,5\n",
        "满分,题1,题2\n,3,5\n",
        "题2,题1\n5,３\n",
        "题1,3\n题2,5\n",
        "题目,满分\n题2,5\n题1,3\n",
        "题1,3,\n题2,5,\n",
    ],
)
def test_maxima_in_either_form(content: str) -> None:
    assert read_maxima(content.encode(), ["题1", "题2"]) == (3, 5)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "The file of maxima is empty."),
        ("item,max\na,1\n", "The item “b” has no maximum."),
        ("a,b\n1,\n", "Row 2: the item “b” has no maximum."),
        ("a,b\n1\n", "Row 2: the item “b” has no maximum."),
        ("item,max\na,1\nb,1\nz,1\n", "Row 4: there is no item “z” in the scores."),
        ("item,max\na,1\nb,1\na,2\n", "Row 4: the item “a” is named twice."),
        ("item,max\na,1\nb,x\n", "Row 3, column “b”: “x” is not a number of points."),
        (
            "a,b,c\n1,2,3\n4,5,6\n",
            "Row 1: maxima are either the names of the items with one row below them, "
            "or two columns, item and maximum.",
        ),
    ],
)
def test_maxima_that_do_not_fit_are_refused(content: str, problem: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_maxima(content.encode(), ["a", "b"])
    assert [str(each) for each in refused.value.problems] == [problem]


def test_more_points_than_the_maximum_are_refused() -> None:
    sheet = read_scores(b"k,a,b\nx,1,2\n\ny,3,\n")
    check_maxima(sheet, [3, 2])
    with pytest.raises(SheetRefused) as refused:
        check_maxima(sheet, [2, 2])
    assert [str(each) for each in refused.value.problems] == [
        "Row 4, column “a”: 3 points are more than the maximum of 2."
    ]
