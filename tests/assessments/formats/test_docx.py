"""Papers in Word: what one sees of a document, what is refused before it does harm, and the way there and back."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.formats import Draft, FileRefused, Found, Loss
from assessments.formats import docx_package as module
from assessments.formats.docx import Docx
from assessments.formats.docx_numbering import numeral
from assessments.formats.media import NOT_KEPT
from assessments.formats.usual import named
from assessments.items.problems import Message
from tests.assessments.formats.drafts import IN_TEXT, questions
from tests.assessments.formats.patience import soon

WORD = Docx()
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SINGLE = Draft(
    type="single",
    body={"stem": "任期？", "options": [{"id": "o1", "text": "三"}, {"id": "o2", "text": "五"}]},
    answer={"rule": "exact", "correct": "o2"},
)


def p(*inside: str, properties: str = "") -> str:
    """A paragraph of these runs: XML as it stands, anything else as text."""
    runs = (each if each.startswith("<") else f"<w:r><w:t>{each}</w:t></w:r>" for each in inside)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def listed(text: str, number: int, deep: int = 0) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{deep}"/><w:numId w:val="{number}"/></w:numPr>')


def package(body: str, parts: dict[str, bytes] | None = None, relations: str = "", head: str = "") -> BytesIO:
    document = f"{head}<w:document {SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    main = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("_rels/.rels", rels.format(main))
        zipped.writestr("word/document.xml", document)
        zipped.writestr("word/_rels/document.xml.rels", rels.format(relations))
        for name, content in (parts or {}).items():
            zipped.writestr(name, content)
    target.seek(0)
    return target


def relation(id: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}" {more}/>'


def read(body: str, *more: Any) -> list[Found]:
    return list(WORD.read(package(body, *more)))


def draft(body: str, *more: Any) -> Draft:
    (one,) = read(body, *more)
    assert (str(one.reason), one.warnings) == ("None", ())
    assert one.draft is not None
    return one.draft


CHOICES = p("A. 三") + p("B. 五") + p("答案：B")


def test_paragraphs_are_lines_and_say_where_they_are() -> None:
    title, header = p("结业考试"), "<w:p/>"
    (one,) = read(title + header + p("1. ", "任期", "？") + CHOICES)
    assert (str(one.where), one.draft) == ("paragraph 3", SINGLE)
    assert [str(each) for each in one.warnings] == [
        "paragraph 1 belongs to no question and was left out: 结业考试"
    ]


@pytest.mark.parametrize(
    "body",
    [
        p(
            "1. 任期？",
            "<w:r><w:br/></w:r>",
            "A. 三",
            "<w:r><w:tab/></w:r>",
            "B. 五",
            "<w:r><w:cr/></w:r>",
            "答案：B",
        ),
        p("1. 任期？")
        + f"<w:tbl><w:tr><w:tc>{p('A. 三')}</w:tc><w:tc>{p('B. 五')}</w:tc></w:tr></w:tbl>"
        + p("答案：B"),
        p(
            "1. 任",
            '<w:del w:id="1"><w:r><w:delText>职</w:delText></w:r></w:del>',
            "<w:ins><w:r><w:t>期</w:t></w:r></w:ins>",
            "？",
        )
        + CHOICES,
        p(
            "1. 任",
            "<w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom>",
            "<w:hyperlink><w:r><w:t>期</w:t></w:r></w:hyperlink>",
            "？",
        )
        + CHOICES,
        p("1. 任", properties="<w:rPr><w:del/></w:rPr>") + p("期？") + CHOICES,
        p("1. ", "<w:sdt><w:sdtContent><w:r><w:t>任期？</w:t></w:r></w:sdtContent></w:sdt>") + CHOICES,
        p("1. ", "<w:r><w:instrText>PAGE</w:instrText></w:r>", "任期？") + CHOICES,
        p("1. ", "<m:oMath><m:r><m:t>任期</m:t></m:r></m:oMath>", "？") + CHOICES,
    ],
)
def test_what_one_sees_is_read(body: str) -> None:
    assert draft(body) == SINGLE


NUMBERING = f"""<w:numbering {SPACES}>
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2．"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="（%1）"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
</w:numbering>""".encode()
STYLES = f"""<w:styles {SPACES}>
<w:style w:styleId="Base"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Option"><w:basedOn w:val="Base"/></w:style>
<w:style w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>
</w:styles>""".encode()
LISTS = (
    {"word/numbering.xml": NUMBERING, "word/styles.xml": STYLES},
    relation("rId8", "numbering", "numbering.xml") + relation("rId9", "styles", "/word/styles.xml"),
)


def test_automatic_numbers_are_part_of_the_line() -> None:
    style = '<w:pStyle w:val="Option"/>'
    found = read(
        listed("单选题", 2)
        + listed("任期？", 1)
        + listed("三", 1, 1)
        + listed("五", 1, 1)
        + p("答案：B")
        + listed("", 1)
        + listed("任期？", 1)
        + p("三", properties=style)
        + p("五", properties=style)
        + p("答案：B")
        + listed("案例分析题", 2)
        + listed("甲", 5)
        + listed("一", 3)
        + listed("二", 3)
        + listed("参考答案：三", 4),
        *LISTS,
    )
    assert [one.draft and (one.draft.type, one.draft.body) for one in found] == [
        ("single", SINGLE.body),
        ("single", SINGLE.body),
        (
            "case_analysis",
            {
                "stem": "甲\n（1） 一\n（2） 二",
                "parts": [{"id": "p1", "label": "（1）"}, {"id": "p2", "label": "（2）"}],
            },
        ),
    ]


@pytest.mark.parametrize(
    ("number", "format", "text"),
    [
        (3, "decimal", "3"),
        (3, "decimalZero", "03"),
        (28, "upperLetter", "BB"),
        (2, "lowerLetter", "b"),
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (3, "decimalEnclosedCircle", "③"),
        (30, "decimalEnclosedCircle", "30"),
        (4, "upperRoman", "4"),
    ],
)
def test_numbers_in_words_numerals(number: int, format: str, text: str) -> None:
    assert numeral(number, format) == text


def test_a_space_with_a_line_under_it_is_a_gap() -> None:
    rule = '<w:rPr><w:u w:val="single"/></w:rPr>'
    gap = f'<w:r>{rule}<w:t xml:space="preserve">    </w:t></w:r>'
    one = draft(
        p("填空题") + p("1. 任期", gap, "年，共", f"<w:r>{rule}<w:tab/></w:r>", "人") + p("答案：五；七")
    )
    assert one.body["stem"] == "任期____年，共____人"
    assert [key["accepted"] for key in one.answer["blanks"].values()] == [["五"], ["七"]]


def test_a_tick_from_a_symbol_font() -> None:
    one = draft(p("判断题") + p("1. 甲（", '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "）"))
    assert (one.body["stem"], one.answer["correct"]) == ("甲（　）", "true")


def drawing(number: int, descr: str = "") -> str:
    described = f'<wp:docPr id="1" name="x" descr="{descr}"/>' if descr else ""
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}">{described}<a:graphic><a:blip r:embed="rId{number}"/>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
OLD = '<w:r><w:pict><v:shape alt="门"><v:imagedata r:id="rId6"/></v:shape></w:pict></w:r>'
PICTURES = relation("rId5", "image", "media/a.png") + relation("rId6", "image", "../word/media/b.png")
PARTS = {"word/media/a.png": b"PNG a", "word/media/b.png": b"PNG b"}


def pictured(body: str, more: dict[str, bytes] | None = None, relations: str = "") -> list[Found]:
    return read(body, {**PARTS, **(more or {})}, PICTURES + relations)


def showing(*media: tuple[str, str]) -> Draft:
    listed = [{"file": file, "alt": alt} for file, alt in media]
    files = {file: PARTS[f"word/media/{file}"] for file, _alt in media}
    return replace(SINGLE, body={**SINGLE.body, "media": listed}, files=files)


@pytest.mark.parametrize(
    "body",
    [
        p("1. 任", drawing(5, "楼道"), "期？") + CHOICES,
        p(drawing(5, "楼道"), "1. 任期？") + CHOICES,
        p("1. 任期？") + p(drawing(5, "楼道")) + CHOICES,
        p("1. 任期？") + CHOICES + p(drawing(5, "楼道")),
        p("1. 任期？", "<w:r><w:br/></w:r>", drawing(5, "楼道")) + CHOICES,
        p("1. 任期？（2分）", drawing(5, "楼道")) + CHOICES,
    ],
)
def test_a_picture_of_a_question_stands_behind_its_stem(body: str) -> None:
    (one,) = pictured(body)
    assert one.draft is not None
    assert (replace(one.draft, points=None), one.warnings) == (showing(("a.png", "楼道")), ())


def test_pictures_belong_to_their_questions_and_need_a_description() -> None:
    first, second = pictured(
        p("1. 任期？", drawing(5, "楼道"), drawing(5, "楼道"))
        + CHOICES
        + p("2. ", drawing(5), OLD, "任期？")
        + CHOICES
    )
    assert (first.draft, first.warnings) == (showing(("a.png", "楼道")), ())
    assert second.draft == showing(("a.png", "图1"), ("b.png", "门"))
    assert [str(each) for each in second.warnings] == [
        "The picture a.png has no description: say in words what it shows."
    ]


def test_a_stem_that_is_only_a_picture_is_called_by_it() -> None:
    (one,) = pictured(p("1. ", drawing(5, "这是什么标志？")) + CHOICES)
    assert one.draft is not None
    assert one.draft.body["stem"] == "这是什么标志？"


def test_of_a_picture_in_an_option_the_description_is_kept() -> None:
    (one,) = pictured(
        p("1. 任期？") + p("A. ", drawing(5, "三")) + p("B. 五", OLD) + p("答案：B", drawing(5))
    )
    assert one.draft is not None
    assert [each["text"] for each in one.draft.body["options"]] == ["三", "五门"]
    assert (one.draft.answer["correct"], one.draft.files, "media" in one.draft.body) == ("o2", {}, False)
    assert [str(each) for each in one.warnings] == [
        "The picture or sound a.png stands where only its description is kept.",
        "The picture or sound b.png stands where only its description is kept.",
    ]


def test_a_picture_before_the_first_question_is_told() -> None:
    (one,) = pictured(p(drawing(5, "校徽")) + p("1. 任期？") + CHOICES)
    assert one.draft == SINGLE
    assert [str(each) for each in one.warnings] == [
        "The picture a.png belongs to no question and was left out."
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "c.emf",
            b"EMF",
            "The file c.emf was left out; only these are taken: "
            ".png, .jpg, .jpeg, .webp, .gif, .mp3, .ogg, .wav, .m4a.",
        ),
        ("c.png", os.urandom(5 * 2**20 + 1), "The file c.png was left out: it is larger than 5 MB."),
        ("c.png", b"", "The picture or sound c.png cannot be found in the file."),
    ],
)
def test_a_picture_that_is_not_taken_leaves_its_description(name: str, content: bytes, told: str) -> None:
    (one,) = pictured(
        p("1. 任期", drawing(7, "几年"), "？") + CHOICES,
        {f"word/media/{name}": content},
        relation("rId7", "image", f"media/{name}"),
    )
    assert one.draft is not None
    assert (one.draft.body["stem"], one.draft.files) == ("任期几年？", {})
    assert [str(each) for each in one.warnings] == [told]


def test_pictures_name_nothing_outside_the_document() -> None:
    (one,) = pictured(
        p("1. 任期？", drawing(7, "")) + CHOICES, relations=relation("rId7", "image", "../../../etc/a.png")
    )
    assert one.draft == SINGLE
    assert [str(each) for each in one.warnings] == ["The picture or sound a.png cannot be found in the file."]


@pytest.mark.parametrize("text", ["\ue0000\ue001", "\ue0007\ue001", "\ue000999999999\ue001"])
def test_what_looks_like_our_mark_of_a_picture_is_no_picture(text: str) -> None:
    (one,) = pictured(p(f"1. 任{text}期？", drawing(5, "楼道")) + CHOICES)
    assert one.draft is not None
    assert one.draft.files == {"a.png": b"PNG a"}
    assert one.draft.body["media"] == [{"file": "a.png", "alt": "楼道"}]


def test_a_question_with_ten_thousand_pictures_is_read_in_a_moment() -> None:
    """faults.md row 51."""
    many = "".join(drawing(5 if each % 2 else 6, str(each)) for each in range(10_000))
    alone = "".join(p(drawing(5)) for _each in range(10_000))
    with soon():
        (one,) = pictured(p("1. 任期？", many) + alone + CHOICES)
    assert one.draft is not None
    assert sorted(one.draft.files) == ["a.png", "b.png"]


BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (BOX, "paragraph 5: a text box was left out: 框"),
        ('<w:r><w:footnoteReference w:id="1"/></w:r>', "paragraph 5: a footnote was left out."),
        (
            '<w:r><w:sym w:font="Webdings" w:char="F021"/></w:r>',
            "paragraph 5: the symbol F021 of the font Webdings was left out.",
        ),
        (
            '<w:r><w:drawing><a:blip r:link="rId7"/></w:drawing></w:r>',
            "The picture or sound a.png cannot be found in the file.",
        ),
    ],
)
def test_what_is_left_out_is_told_with_its_question(inside: str, told: str) -> None:
    linked = relation("rId7", "image", "http://example.com/a.png", 'TargetMode="External"')
    first, second = read(p("1. 任期？") + CHOICES + p("2. 任", inside, "期？") + CHOICES, {}, linked)
    assert (first.draft, first.warnings, second.draft) == (SINGLE, (), SINGLE)
    assert [str(each) for each in second.warnings] == [told]


def test_the_old_format_is_refused_with_advice() -> None:
    with pytest.raises(FileRefused, match=r"Save it as \.docx"):
        WORD.read(BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)))


def _zip(**parts: bytes) -> BytesIO:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    target.seek(0)
    return target


@pytest.mark.parametrize(
    "file",
    [
        BytesIO(b""),
        BytesIO("1. 甲".encode()),
        BytesIO(b"PK\x03\x04" + bytes(100)),
        _zip(xl__workbook_xml=b"<a/>"),
    ],
    ids=["empty", "text", "broken zip", "a workbook"],
)
def test_what_is_no_word_document_is_refused(file: BytesIO) -> None:
    with pytest.raises(FileRefused, match="not a Word document"):
        WORD.read(file)


def test_a_document_without_questions_or_cut_off_is_refused() -> None:
    with pytest.raises(FileRefused, match="No numbered question"):
        read(p("只有一句话"))
    with pytest.raises(FileRefused, match="well-formed"):
        WORD.read(_zip(word__document_xml=b"<w:document"))
    whole = package(p("1. 甲") + CHOICES).getvalue()
    with pytest.raises(FileRefused):
        WORD.read(BytesIO(whole[: len(whole) // 2]))


def test_a_damaged_part_is_refused() -> None:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as zipped:
        zipped.writestr("word/document.xml", f"<w:document {SPACES}>{p('1. 甲')}</w:document>")
    with pytest.raises(FileRefused, match=r"part word/document\.xml cannot be read"):
        WORD.read(BytesIO(target.getvalue().replace("甲".encode(), "乙".encode())))


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ('<!DOCTYPE a [<!ENTITY x "ha">]>', "entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "entities"),
        ("<!DOCTYPE document>", "document type"),
    ],
)
def test_a_document_type_is_refused(head: str, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        WORD.read(package(p("1. 任期？") + CHOICES, head=head))


def test_a_file_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefused, match="unpacks"):
        WORD.read(_zip(word__document_xml=b" " * 4_000_000))
    monkeypatch.setattr(module, "MOST_TOTAL", 100)
    with pytest.raises(FileRefused, match="unpacks"):
        read(p("1. 任期？") + CHOICES)
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(FileRefused, match="larger"):
        read(p("1. 任期？") + CHOICES)


def written(*drafts: Draft) -> tuple[bytes, list[Loss]]:
    target = BytesIO()
    losses = WORD.write(drafts, target)
    return target.getvalue(), losses


def test_a_paper_is_written_a_paragraph_a_line() -> None:
    one = replace(SINGLE, body={**SINGLE.body, "stem": "A < B & C\t？"}, points=Decimal(2))
    content, losses = written(one)
    assert losses == []
    assert written(one)[0] == content
    with ZipFile(BytesIO(content)) as zipped:
        assert zipped.namelist() == ["[Content_Types].xml", "_rels/.rels", "word/document.xml"]
        text = zipped.read("word/document.xml").decode()
    assert text.count("<w:p>") == 6
    assert 'A &lt; B &amp; C</w:t><w:tab/><w:t xml:space="preserve">？</w:t></w:r></w:p>' in text
    assert [found.draft for found in WORD.read(BytesIO(content))] == [one]


def test_what_word_does_not_carry_is_told() -> None:
    shown = replace(showing(("a.png", "图")), name="图")
    bell = replace(SINGLE, name="铃", body={**SINGLE.body, "stem": "任\x07期"})
    content, losses = written(shown, bell)
    assert losses == [
        Loss(named("图"), Message(NOT_KEPT, {"names": "a.png"})),
        Loss(
            named("铃"),
            Message("The question cannot be told apart from the form of a text paper."),
            whole=True,
        ),
    ]
    assert [found.draft for found in WORD.read(BytesIO(content))] == [replace(SINGLE, name="图")]


@given(drafts=st.lists(questions(IN_TEXT), min_size=1, max_size=4))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
def test_a_round_trip(drafts: list[Draft]) -> None:
    content, losses = written(*drafts)
    found = list(WORD.read(BytesIO(content)))
    assert losses == []
    kinds = [one.draft.type for one in found if one.draft]
    assert [one.draft for one in found] == sorted(drafts, key=lambda each: kinds.index(each.type))
    assert all(one.warnings == () for one in found)


def small(text: str, how: str) -> str:
    return f'<w:r><w:rPr><w:vertAlign w:val="{how}"/></w:rPr><w:t>{text}</w:t></w:r>'


def test_what_is_raised_or_lowered_stays_apart() -> None:
    run = (
        small("-", "superscript"),
        small("3", "superscript"),
        small("2", "subscript"),
        small("a+", "superscript"),
    )
    body = p("1. 10", *run, small("b", "superscript"), "与", small("3", "baseline"), "？") + CHOICES
    assert draft(body).body["stem"] == "10⁻³₂^(a+b)与3？"


def math(inside: str) -> str:
    return f"<m:oMath>{inside}</m:oMath>"


def word(text: str, name: str = "r") -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>" if name == "r" else f"<m:{name}>{word(text)}</m:{name}>"


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (f"<m:f>{word('1', 'num')}{word('5', 'den')}</m:f>", "1/5"),
        (word("2") + f"<m:f>{word('a+b', 'num')}{word('3', 'den')}</m:f>", "2 (a+b)/3"),
        (word("E=m") + f"<m:sSup>{word('c', 'e')}{word('2', 'sup')}</m:sSup>", "E=mc²"),
        (f"<m:sSub>{word('H', 'e')}{word('2', 'sub')}</m:sSub>" + word("O"), "H₂O"),
        (f"<m:sSubSup>{word('x', 'e')}{word('1', 'sub')}{word('2', 'sup')}</m:sSubSup>", "x₁²"),
        (f"<m:sPre>{word('6', 'sub')}{word('12', 'sup')}{word('C', 'e')}</m:sPre>", "₆¹²C"),
        (f"<m:rad><m:deg/>{word('2', 'e')}</m:rad>", "√2"),
        (f"<m:rad>{word('3', 'deg')}{word('x+1', 'e')}</m:rad>", "³√(x+1)"),
        (f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>{word("1", "sub")}{word("n", "sup")}</m:nary>', "∑₁ⁿ"),
        (f"<m:sSup><m:e><m:d>{word('a+b', 'e')}</m:d></m:e>{word('2', 'sup')}</m:sSup>", "(a+b)²"),
        (f"<m:func>{word('sin', 'fName')}{word('x', 'e')}</m:func>", "sin x"),
        (f"<m:limLow>{word('lim', 'e')}{word('x→0', 'lim')}</m:limLow>", "lim_(x→0)"),
        (f"<m:m><m:mr>{word('1', 'e')}{word('2', 'e')}</m:mr><m:mr>{word('3', 'e')}</m:mr></m:m>", "1, 2; 3"),
        (f'<m:f><m:fPr><m:type m:val="noBar"/></m:fPr>{word("n", "num")}{word("k", "den")}</m:f>', "n; k"),
        (f"<w:del>{word('1')}</w:del>" + word("2"), "2"),
    ],
)  # fmt: skip
def test_formulas_keep_their_structure(inside: str, said: str) -> None:
    assert draft(p("1. 是", math(inside), "？") + CHOICES).body["stem"].replace(" ？", "？") in (
        f"是{said}？",
        f"是 {said}？",
    )


def test_a_fraction_stays_apart_from_the_number_before_it() -> None:
    half = f"<m:f>{word('1', 'num')}{word('2', 'den')}</m:f>"
    assert draft(p("1. 约2", math(half), "米？") + CHOICES).body["stem"] == "约2 1/2 米？"


def test_a_formula_of_great_depth_is_told_without_its_structure() -> None:
    deep = f"<m:sSup>{word('2', 'e')}<m:sup>" * 60 + word("3") + "</m:sup></m:sSup>" * 60
    assert draft(p("1. ", math(deep), "？") + CHOICES).body["stem"].count("2") == 60
