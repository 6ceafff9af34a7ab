"""Questions in a workbook."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook

from assessments.formats import Draft, FileRefused
from assessments.formats.xlsx import COLUMNS, Xlsx
from tests.assessments.formats.drafts import IN_TEXT, questions

XLSX = Xlsx()
HEAD = ["题型", "题干", "A", "B", "C", "答案", "解析", "分值", "难度", "知识点", "计分", "备注"]
ROWS: list[list[Any]] = [
    [
        "单选题",
        "谁召集居民代表会议？",
        "居民委员会",
        "街道办事处",
        "业主委员会",
        "A",
        "《组织法》",
        2,
        "中",
        "自治\n会议",
    ],
    ["多选", "哪些要登记？", "姓名", "来意", "时间", "a、B，C", "", 2.5, 4, "", "少选给分"],
    ["判断题", "三分之二是多数", None, None, None, "√"],
    ["填空题", "参与表决的人数占比要过几分之几？", None, None, None, "三分之二\n2/3"],
    ["简答题", "怎么处理群里的话？", None, None, None, "先听见，再核实", "", 5],
    ["排序题", "先后", "核实", "听见", "回应", "BAC"],
    [None, None],
    ["论述题", "写一写"],
    ["单选题", "没有答案", "甲", "乙"],
    ["判断题", "不知所云", None, None, None, "也许"],
]


def workbook(rows: list[list[Any]]) -> BytesIO:
    book, target = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    target.seek(0)
    return target


def read(rows: list[list[Any]]) -> Any:
    return list(XLSX.read(workbook(rows)))


def test_a_trainers_sheet_is_read_row_by_row() -> None:
    found = read([HEAD, *ROWS])
    drafts = [one.draft for one in found if one.draft]
    assert [draft.type for draft in drafts] == [
        "single",
        "multiple",
        "true_false",
        "fill_in",
        "short_answer",
        "ordering",
    ]
    single, multiple, judged, blank, written, steps = drafts
    assert (single.answer["correct"], single.points, single.difficulty) == ("o1", Decimal(2), 3)
    assert (single.tags, single.explanation) == (("自治", "会议"), "《组织法》")
    assert multiple.answer == {"rule": "social_worker_exam", "correct": ["o1", "o2", "o3"]}
    assert (multiple.points, multiple.difficulty) == (Decimal("2.5"), 4)
    assert judged.answer["correct"] == "true"
    assert blank.answer["blanks"] == {"b1": {"accepted": ["三分之二", "2/3"]}}
    assert (written.answer["sample"], written.answer["criteria"][0]["max"]) == ("先听见，再核实", "5")
    assert steps.answer["orders"] == [["o2", "o1", "o3"]]


def test_what_cannot_be_read_is_named_with_its_row() -> None:
    skipped = [one for one in read([HEAD, *ROWS]) if one.draft is None]
    assert [(str(one.where), str(one.reason)) for one in skipped] == [
        ("row 9", f"论述题 is no type of question; one of: {'、'.join(names())}."),
        ("row 10", "答案 cannot be read."),
        ("row 11", "答案 cannot be read."),
    ]


def names() -> list[str]:
    from assessments.formats.xlsx import NAMES

    return list(NAMES.values())


def test_a_column_that_is_not_known_is_told_once() -> None:
    found = read([HEAD, *ROWS])
    assert [str(warning) for one in found for warning in one.warnings] == [
        "The column 备注 is not known here."
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no Excel"), (b"PK\x03\x04 cut off", "no Excel"), ("题型,题干".encode(), "no Excel")],
)
def test_what_is_no_workbook_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        list(XLSX.read(BytesIO(content)))


def test_a_workbook_of_an_unknown_zip_version_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", b"")
    content = bytearray(file.getvalue())
    content[content.index(b"PK\x01\x02") + 6] = 255  # the version needed to unpack, in the central directory
    with pytest.raises(FileRefused, match="no Excel"):
        list(XLSX.read(BytesIO(bytes(content))))


def test_a_sheet_without_heads_is_refused() -> None:
    with pytest.raises(FileRefused, match="题型"):
        read([["单选题", "谁？"]])


def test_a_workbook_that_unpacks_to_something_enormous_is_refused() -> None:
    """faults.md row 31."""
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 64 * 2**20)
    with pytest.raises(FileRefused, match="unpacks"):
        list(XLSX.read(BytesIO(bomb.getvalue())))


@pytest.mark.parametrize("stem", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(stem: str) -> None:
    """faults.md row 32."""
    draft = Draft(
        type="single",
        body={"stem": stem, "options": [{"id": "o1", "text": "=2"}, {"id": "o2", "text": "乙"}]},
        answer={"rule": "exact", "correct": "o1"},
    )
    target = BytesIO()
    assert XLSX.write([draft], target) == []
    target.seek(0)
    (row,) = list(load_workbook(target).active.iter_rows(min_row=2))
    assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
    assert row[COLUMNS.index("题干")].value == stem
    assert row[COLUMNS.index("A")].value == "=2"


def test_a_text_too_long_for_a_cell_leaves_the_question_out() -> None:
    draft = Draft(
        type="true_false",
        body={
            "stem": "长" * 40_000,
            "options": [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}],
        },
        answer={"rule": "exact", "correct": "true"},
        name="长题",
    )
    (loss,) = XLSX.write([draft], BytesIO())
    assert (str(loss.where), loss.whole) == ("长题", True)


SIDES = {
    "left": [{"id": "l1", "text": "甲"}, {"id": "l2", "text": "丙"}],
    "right": [{"id": "r1", "text": "乙"}, {"id": "r2", "text": "丁"}],
}


def test_a_cell_somebody_changed_counts_and_what_we_noted_of_the_rest_stays() -> None:
    draft = Draft(
        type="matching",
        body={"stem": "连线", **SIDES},
        answer={"rule": "per_pair", "pairs": {"l1": "r1", "l2": "r2"}},
        name="一",
        difficulty=2,
    )
    rows = [list(row) for row in load_workbook(saved(draft)).active.iter_rows(values_only=True)]
    rows[1][COLUMNS.index("难度")] = "难"
    (found,) = read(rows)
    assert (found.draft, found.warnings) == (replace(draft, difficulty=5), ())


def saved(*drafts: Draft) -> BytesIO:
    target = BytesIO()
    assert XLSX.write(drafts, target) == []
    target.seek(0)
    return target


def test_pictures_are_a_loss() -> None:
    body = {"stem": "写", "media": [{"file": "a.png", "alt": "甲"}]}
    answer = {"rule": "rubric", "criteria": [{"id": "c1", "text": "按参考答案给分", "max": "10"}]}
    draft, target = Draft("short_answer", body, answer, name="一", files={"a.png": b"1"}), BytesIO()
    (loss,) = XLSX.write([draft], target)
    assert (str(loss.where), str(loss.reason)) == ("一", "Pictures and sounds are not kept: a.png.")
    target.seek(0)
    assert [one.draft for one in XLSX.read(target)] == [replace(draft, body={"stem": "写"}, files={})]


@settings(deadline=None, max_examples=60)
@given(draft=questions(IN_TEXT))
def test_what_is_written_is_read_back(draft: Draft) -> None:
    draft = replace(draft, extra={"module": "基础模块", "leaves": {"LAW": "1"}} if draft.points else {})
    target = BytesIO()
    assert XLSX.write([draft, draft], target) == []
    target.seek(0)
    found = list(XLSX.read(target))
    assert [(str(one.where), one.draft) for one in found] == [("row 2", draft), ("row 3", draft)]
