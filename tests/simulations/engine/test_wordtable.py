"""Stories told in a two-column Word table."""

from io import BytesIO
from time import process_time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.authoring.exporting import EXAMPLE, EXAMPLE_HEADING
from simulations.engine.worddocument import (
    DOCUMENT,
    MOST_BYTES,
    TableRow,
    WordRefused,
    table_file,
    table_rows,
)
from simulations.engine.wordtable import LABELS, TableInvalid, document_of

BASE: dict[str, Any] = {
    "id": "T", "title": "空", "scoring": {"view": "A", "fail_endings": ["E2"]},
    "endings": [{"id": "E1", "title": "成", "cond": "True"}],
}  # fmt: skip


def rows_of(*rows: tuple[str, str]) -> list[TableRow]:
    return table_rows(table_file((), rows))


def story(*rows: tuple[str, str]) -> dict[str, Any]:
    return document_of(rows_of(*rows), BASE)


def refusals(*rows: tuple[str, str]) -> list[str]:
    with pytest.raises(TableInvalid) as refused:
        document_of(rows_of(*rows), BASE)
    return [str(problem) for problem in refused.value.problems]


def test_example_becomes_its_story() -> None:
    document = document_of(table_rows(table_file(EXAMPLE_HEADING, EXAMPLE)), BASE)
    assert (document["id"], document["title"]) == ("T", "楼道里的电动车")
    assert [(node["id"], node["title"], node["stage"]) for node in document["nodes"]] == [
        ("N01", "一楼的充电线", "发现"),
        ("N02", "群里吵起来了", "协商"),
        ("N03", "充电桩装在哪", "落地"),
    ]
    assert document["nodes"][0]["choices"][1] == {
        "id": "b", "text": "敲开这户的门，问清为什么在这里充", "cond": None, "effects": [], "score": {},
        "feedback": "原来他送外卖，充电桩的位置常被占。", "set": [], "clear": [],
        "next": [{"cond": None, "to": "N03"}],
    }  # fmt: skip
    assert [node["next"] for node in document["nodes"]] == [
        [{"cond": None, "to": to}] for to in ("N02", "N03", "END")
    ]
    assert [(ending["id"], ending["cond"]) for ending in document["endings"]] == [
        ("E1", None),
        ("E2", "True"),
    ]
    assert document["scoring"] == {"view": "A", "fail_endings": []}


def test_order_spelling_and_numbers_do_not_matter() -> None:
    document = story(
        ("结局：", "平稳"),
        ("点评", "一句"),
        ("", "两句"),
        ("节点1", "敲门"),
        ("选项 A", "A. 直接敲门"),
        ("去向：", "平稳"),
        ("反馈", "门开了"),
        ("选项 B", "先打电话"),
        ("标题", "敲开门"),
        ("情景", "雨夜"),
        ("推演名称", "一扇门"),
    )
    (node,) = document["nodes"]
    assert (document["title"], node["id"], node["title"], node["text"]) == ("一扇门", "N01", "敲开门", "雨夜")
    assert [(c["id"], c["text"], c["feedback"]) for c in node["choices"]] == [
        ("a", "直接敲门", "门开了"),
        ("b", "先打电话", ""),
    ]
    assert node["choices"][0]["next"] == [{"cond": None, "to": "E1"}]
    assert document["endings"][0]["debrief"] == "一句\n两句"


def test_way_above_the_first_choice_is_that_of_the_situation() -> None:
    document = story(("节点", "N1 甲"), ("去向", "成"), ("选项", "做"), ("节点", "N2 乙"), ("选项", "做"))
    assert document["nodes"][0]["next"] == [{"cond": None, "to": "E1"}]
    assert document["endings"] == BASE["endings"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("节点", "N1 甲"), ("选顶", "做")], "row 2: '选顶' on the left is none of these words: "),
        ([("反馈", "好")], "row 1: '反馈' belongs below a row of 选项"),
        ([("节点", "N1 甲"), ("点评", "好")], "row 2: '点评' belongs below a row of 结局"),
        ([("去向", "N1")], "row 1: '去向' belongs below a row of 节点 选项"),
        ([("节点", "N1 甲"), ("选项", "")], "row 2: a text is expected on the right"),
        ([("节点", "N1 甲"), ("选项", "做"), ("去向", "N9")], "row 3: 'N9' is neither a situation nor an ending"),
        ([("节点", "N1 甲"), ("选项", "做"), ("去向", "N11")],
            "row 3: 'N11' is neither a situation nor an ending of this table; perhaps N1?"),
        ([("节点", "N1 甲"), ("节点", "N1 乙")], "row 2: 'N1' is there twice"),
        ([("节点", "N1 甲"), ("选项", "a 做"), ("选项", "A、不做")], "row 3: 'a' is there twice"),
        ([("", "没头没尾")], "row 1: '' on the left is none of these words: "),
        ([("推演", "空")], "a row with 节点 on the left is expected: the table has no situation"),
    ],
)  # fmt: skip
def test_fault_names_its_row_and_what_is_expected(rows: list[tuple[str, str]], said: str) -> None:
    (found,) = refusals(*rows)
    assert found.startswith(said)


def test_every_fault_is_named_at_once() -> None:
    assert len(refusals(("节点", "N1 甲"), ("选顶", "x"), ("去向", "N9"), ("反馈", "x"))) == 3


def test_row_with_three_cells_is_named() -> None:
    row = TableRow(4, "节点", "甲", 3)
    with pytest.raises(TableInvalid) as refused:
        document_of([row], BASE)
    assert str(refused.value.problems[0]) == "row 4: two cells are expected, not 3"


def packed(xml: str, name: str = DOCUMENT) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        package.writestr(name, xml)
    return target.getvalue()


NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ENTITY = (
    '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<w:document xmlns:w="{NAMESPACE}"><w:body>&x;</w:body></w:document>'
)
LAUGHS = (
    '<!DOCTYPE w:document [<!ENTITY a "' + "ha" * 100 + '"><!ENTITY b "' + "&a;" * 100 + '">]>'
    f'<w:document xmlns:w="{NAMESPACE}"><w:body>&b;</w:body></w:document>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not readable as a Word file"),
        (b"PK\x03\x04 broken", "not readable as a Word file"),
        (b"\xd0\xcf\x11\xe0" * 10, "not readable as a Word file"),
        (packed("x", "other.xml"), "not readable as a Word file"),
        (packed("<w:document"), "not readable as a Word file"),
        (packed(f'<w:document xmlns:w="{NAMESPACE}"/>'), "there is no table in the file"),
        (packed(ENTITY), "the file declares a document type"),
        (packed(LAUGHS), "the file declares a document type"),
        (b"0" * (MOST_BYTES + 1), "the file is larger than 10 MB"),
        (packed("<a>" + " " * 40_000_000 + "</a>"), "the file is larger than 10 MB"),
        (packed("<a>" * 100_000), "not readable as a Word file"),
    ],
    ids=range(11),
)
def test_hostile_or_broken_file_is_refused_within_a_second(content: bytes, said: str) -> None:
    begun = process_time()
    with pytest.raises(WordRefused) as refused:
        table_rows(content)
    assert str(refused.value).startswith(said)
    assert process_time() - begun < 1


def test_tracked_deletions_and_tables_in_tables_are_not_read() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r><w:del><w:r><w:t>弃</w:t></w:r></w:del></w:p>{}</w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format('里', '')}</w:tr></w:tbl>"
    row = f"<w:tr>{cell.format('节点', '')}{cell.format('甲', inner)}</w:tr>"
    xml = f'<w:document xmlns:w="{NAMESPACE}"><w:body><w:tbl>{row}</w:tbl></w:body></w:document>'
    assert table_rows(packed(xml)) == [TableRow(1, "节点", "甲")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([word for words in LABELS.values() for word in words] + ["", "别的"]),
            st.text(alphabet="N01aE 甲乙结束、.\n", max_size=8),
        ),
        max_size=12,
    )
)
def test_any_table_is_read_or_refused(rows: list[tuple[str, str]]) -> None:
    table = [TableRow(number, *row) for number, row in enumerate(rows, 1)]
    try:
        document = document_of(table, BASE)
    except TableInvalid:
        return
    ids = [item["id"] for item in (*document["nodes"], *document["endings"])]
    assert len(set(ids)) == len(ids)
