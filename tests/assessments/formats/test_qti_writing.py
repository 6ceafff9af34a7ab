"""QTI 3.0 packages as we write them: other programs' view of them, and our own round trip."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from assessments.formats import Draft, Loss, renumbered
from assessments.formats.own import CHANGED
from assessments.formats.qti import QTI
from assessments.formats.usual import named
from assessments.items.problems import Message
from tests.assessments.formats.drafts import MAKERS, questions
from tests.assessments.formats.qti_items import package, read

Q = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-"
ORDER = ["response-declaration", "outcome-declaration", "item-body", "response-processing", "modal-feedback"]
PNG = b"\x89PNG"
SINGLE = Draft(
    type="single",
    body={"stem": "居民自治？", "options": [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}]},
    answer={"rule": "exact", "correct": "o2"},
    name="题一",
)


def written(drafts: Iterable[Draft]) -> tuple[bytes, list[Loss]]:
    target = BytesIO()
    losses = QTI().write(drafts, target)
    return target.getvalue(), losses


def back(drafts: Iterable[Draft]) -> list[Draft | None]:
    content, losses = written(drafts)
    assert losses == []
    return [each.draft for each in read(content)]


def first_item(draft: Draft) -> Any:
    """The item as another program sees it."""
    with zipfile.ZipFile(BytesIO(written([draft])[0])) as archive:
        return etree.fromstring(archive.read("items/item-00001.xml"))


def without_facts(content: bytes, change: tuple[str, str] = ("", "")) -> bytes:
    """The package as a program would save it that passes over what it does not know."""
    files = {}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            start, end = text.find("<?qinglan"), text.find("?>", text.find("<?qinglan")) + 2
            files[name] = (text[:start] + text[end:] if start >= 0 else text).replace(*change)
    return package(files)


def changed(content: bytes, old: str, new: str) -> bytes:
    """The package after another program has changed an item and left the rest as it was."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return package({name: archive.read(name).decode().replace(old, new) for name in archive.namelist()})


@given(draft=questions(tuple(MAKERS), shown=True))
def test_what_is_written_is_read_back(draft: Draft) -> None:
    assert back([draft]) == [draft]


@given(draft=questions(tuple(MAKERS), shown=True))
def test_items_have_their_parts_in_the_order_of_the_schema(draft: Draft) -> None:
    names = [str(each.tag).removeprefix(Q) for each in first_item(draft)]
    assert [ORDER.index(name) for name in names] == sorted(ORDER.index(name) for name in names)
    assert names.count("item-body") == 1


@given(draft=questions(("single", "multiple", "true_false", "matching", "ordering")))
def test_other_programs_see_the_same_question(draft: Draft) -> None:
    (found,) = read(without_facts(written([draft])[0]))
    assert found.draft is not None
    judged = draft.type == "single" and found.draft.type == "true_false"
    assert judged or found.draft.type == draft.type
    for part in ("correct", "orders", "pairs"):
        assert judged or found.draft.answer.get(part) == draft.answer.get(part)


def test_other_programs_see_the_same_cloze_and_the_same_texts_to_write() -> None:
    listed = [{"id": "o1", "text": "三年"}, {"id": "o2", "text": "五年"}]
    cloze = Draft(
        type="cloze",
        body={
            "stem": "补全条文。",
            "text": "每届任期[[g2]]，\n由[[g1]]选举。",
            "gaps": [{"id": "g2", "options": listed}, {"id": "g1"}],
        },
        answer={
            "rule": "per_gap",
            "gaps": {
                "g2": {"correct": "o2"},
                "g1": {"accepted": ["居民", "选民"], "partial": [{"text": "村民", "share": "0.5"}]},
            },
        },
        explanation="见第十五条。",
        name="条文",
        points=Decimal(4),
    )
    together = replace(
        cloze, answer={"rule": "all_gaps", "gaps": {"g2": {"correct": "o1"}, "g1": {"value": 7}}}
    )
    case = Draft(
        type="case_analysis",
        body={
            "stem": "材料。",
            "parts": [{"id": "p1", "label": "（一）", "max_chars": 300}, {"id": "p2", "label": "二"}],
        },
        answer={
            "rule": "rubric",
            "criteria": [
                {"id": f"c{n}", "text": "按答题情况给分", "max": 2, "part": f"p{n}"} for n in (1, 2)
            ],
        },
        name="案例",
        points=Decimal(4),
    )
    drafts = [renumbered(cloze), renumbered(together), case]
    first, second, third = (each.draft for each in read(without_facts(written(drafts)[0])))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first == replace(drafts[0], extra={"identifier": "item-00001"})
    number = {"g1": {"correct": "o1"}, "g2": {"value": 7, "tolerance": "0"}}
    assert (second.body, second.answer) == (drafts[1].body, {"rule": "all_gaps", "gaps": number})
    rubric = {"sample": "（一）按答题情况给分（2）\n二按答题情况给分（2）"}
    assert third == replace(case, answer={**case.answer, **rubric}, extra={"identifier": "item-00003"})


def test_many_questions_are_read_back_in_their_order() -> None:
    drafts = [replace(SINGLE, name=f"题{number}") for number in range(120)]
    assert back(drafts) == drafts


def test_everything_of_our_own_travels() -> None:
    draft = replace(
        SINGLE,
        explanation="第一行 <b>\n\n第三行 ?> 完\ufffe",
        category=("社会工作", "初级"),
        tags=("双  空", "双 空"),
        points=Decimal("2.50"),
        difficulty=5,
        extra={"key": "k1", "minutes": 3, "leaves": ["a"], "source": {"page": 7}, "identifier": "two words"},
    )
    assert back([draft]) == [draft]
    blanks = Draft(
        type="fill_in",
        body={
            "stem": "几？",
            "blanks": [{"id": "b1", "label": "答案", "unit": "米"}, {"id": "b2", "label": "二"}],
        },
        answer={
            "rule": "all_blanks",
            "blanks": {
                "b1": {"value": "2.5", "tolerance": "0.1"},
                "b2": {"accepted": ["A", "a"], "partial": [{"text": "b", "share": "0.5"}], "case": True},
            },
        },
        name="量",
    )
    weighted = Draft(
        type="multiple",
        body={**SINGLE.body, "shuffle": False},
        answer={"rule": "weighted", "correct": ["o2"], "weights": {"o1": "-0.3333333", "o2": 1}},
        name="重",
        points=Decimal(3),
    )
    assert back([blanks, weighted]) == [blanks, weighted]


def test_choices_of_several_lines_and_brackets_that_are_no_gap() -> None:
    options = [{"id": "o1", "text": "一\n二"}, {"id": "o2", "text": "三"}]
    lines = replace(SINGLE, body={"stem": "选", "options": options})
    cloze = Draft(
        type="cloze",
        body={"stem": "补全[[g1]]", "text": "甲[[g1]]乙", "gaps": [{"id": "g1"}]},
        answer={"rule": "per_gap", "gaps": {"g1": {"accepted": ["丙"]}}},
        name="空",
    )
    assert back([lines, cloze]) == [lines, cloze]


def test_control_characters_that_xml_cannot_say_come_back() -> None:
    draft = replace(SINGLE, body={**SINGLE.body, "stem": "甲\x0b乙 \ud800"}, explanation="\x00")
    assert back([draft]) == [draft]


def test_the_bytes_depend_on_the_drafts_alone() -> None:
    drafts = [SINGLE, showing(("b.png", "乙", PNG), ("a.png", "甲", PNG))]
    assert written(drafts)[0] == written(drafts)[0]
    with zipfile.ZipFile(BytesIO(written(drafts)[0])) as archive:
        assert archive.namelist() == [
            "items/item-00001.xml",
            "items/item-00002.xml",
            "items/item-00002/a.png",
            "items/item-00002/b.png",
            "imsmanifest.xml",
        ]
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_manifest_names_every_file_and_says_what_lom_can() -> None:
    draft = replace(showing(("图 1.png", "楼", PNG)), tags=("自治",), difficulty=4)
    with zipfile.ZipFile(BytesIO(written([draft])[0])) as archive:
        root = etree.fromstring(archive.read("imsmanifest.xml"))
    (resource,) = root.findall(".//{*}resource")
    assert (resource.get("type"), resource.get("href")) == ("imsqti_item_xmlv3p0", "items/item-00001.xml")
    assert [each.get("href") for each in resource.findall("{*}file")] == [
        "items/item-00001.xml",
        "items/item-00001/%E5%9B%BE%201.png",
    ]
    assert [each.text for each in resource.iterfind(".//{*}keyword/{*}string")] == ["自治"]
    assert [each.text for each in resource.iterfind(".//{*}difficulty/{*}value")] == ["difficult"]
    assert root.findtext("{*}metadata/{*}schema") == "QTI Package"


def test_identifiers_are_kept_when_they_are_fit_and_free() -> None:
    drafts = [
        replace(SINGLE, extra={"identifier": each})
        for each in ("a-1", "A-1", "两个", "item-00005", "item-00005")
    ]
    content, losses = written(drafts)
    assert losses == []
    assert [str(each.where) for each in read(content)] == [
        "items/a-1.xml",
        "items/item-00002.xml",
        "items/item-00003.xml",
        "items/item-00005.xml",
        "items/item-00005-x.xml",
    ]
    assert [each.draft for each in read(content)] == drafts


def showing(*media: tuple[str, str, bytes]) -> Draft:
    listed = [{"file": file, "alt": alt} for file, alt, _content in media]
    files = {file: content for file, _alt, content in media}
    return replace(SINGLE, body={**SINGLE.body, "media": listed}, files=files)


def test_pictures_and_sounds_stand_behind_the_stem() -> None:
    draft = showing(("图 1.png", "楼道", PNG), ("b.mp3", "", b"ID3"), ("c.ogg", "铃声", b"Ogg"))
    assert back([draft]) == [draft]
    body = first_item(draft).find(f"{Q}item-body")
    shown = [dict(each.attrib) for each in body.iter("{*}img", "{*}audio")]
    assert shown == [
        {"src": "item-00001/%E5%9B%BE%201.png", "alt": "楼道"},
        {"src": "item-00001/b.mp3", "controls": "controls"},
        {"src": "item-00001/c.ogg", "controls": "controls", "title": "铃声"},
    ]
    assert [each.tag.rpartition("}")[2] for each in body] == ["p", "p", "p", "p", "qti-choice-interaction"]


def test_other_programs_see_the_pictures_too() -> None:
    draft = showing(("a.png", "楼道", PNG), ("b.mp3", "", b"ID3"))
    files = {"items/item-00001/a.png": PNG, "items/item-00001/b.mp3": b"ID3"}
    with zipfile.ZipFile(BytesIO(written([draft])[0])) as archive:
        texts = {each: archive.read(each) for each in archive.namelist() if each not in files}
        manifest = etree.fromstring(texts["imsmanifest.xml"])
    assert [each.get("href") for each in manifest.iter("{*}file")] == ["items/item-00001.xml", *files]
    item = re.sub(rb"<[?]qinglan.*?[?]>", b"", texts["items/item-00001.xml"])
    (found,) = read(package({**texts, "items/item-00001.xml": item, **files}))
    assert found.draft == replace(draft, extra={"identifier": "item-00001"})


@pytest.mark.parametrize(
    "name", [".png", "a?.png", "图:1.gif", "C:\u007f.webp", "%2e.jpg", '"a".png', "x" * 116 + ".png"]
)
def test_pictures_of_any_name_are_carried(name: str) -> None:
    draft = showing((name, "甲", PNG), ("file-1.png", "乙", b"1"))
    assert back([draft]) == [draft]
    assert len(list(first_item(draft).iter("{*}img"))) == 2


def test_files_that_are_not_taken_are_a_loss() -> None:
    large = bytes(5 * 2**20 + 1)
    draft = showing(
        ("a.svg", "甲", b"<svg/>"), ("b.png", "乙", large), ("c.png", "丙", PNG), ("gone.png", "丁", b"")
    )
    content, losses = written([draft])
    assert [(str(each.where), str(each.reason), each.whole) for each in losses] == [
        (
            "题一",
            "The file a.svg was left out; only these are taken: "
            ".png, .jpg, .jpeg, .webp, .gif, .mp3, .ogg, .wav, .m4a.",
            False,
        ),
        ("题一", "The file b.png was left out: it is larger than 5 MB.", False),
        ("题一", "The picture or sound gone.png cannot be found in the file.", False),
    ]
    assert [each.draft for each in read(content)] == [showing(("c.png", "丙", PNG))]


def test_a_sound_may_be_larger_than_a_picture() -> None:
    draft = showing(("a.mp3", "铃声", os.urandom(8 * 2**20)))
    assert back([draft]) == [draft]


def test_a_type_that_qti_has_no_word_for_is_a_whole_loss() -> None:
    losses = written([replace(SINGLE, type="simulation")])[1]
    assert [(str(each.reason), each.whole) for each in losses] == [
        ("Questions of the type simulation are not written as QTI.", True)
    ]


def test_what_json_does_not_say_as_it_is_is_a_loss() -> None:
    draft = replace(SINGLE, extra={"minutes": Decimal("2.5"), "leaves": ("a",)})
    content, losses = written([draft])
    assert [str(each.reason) for each in losses] == [
        "Some of what is noted besides the question is not carried."
    ]
    (found,) = read(content)
    assert found.draft == replace(draft, extra={"minutes": "2.5", "leaves": ["a"]})


def test_a_question_that_xml_cannot_say_is_a_whole_loss() -> None:
    options = [{"id": "o1", "text": "\x01"}, {"id": "o2", "text": "乙"}]
    content, losses = written([replace(SINGLE, body={"stem": "x", "options": options}), SINGLE])
    reason = Message("There is no text here that can be read; perhaps it is a picture or a formula.")
    told = Message("QTI cannot say this question: %(reason)s", {"reason": reason})
    assert losses == [Loss(named("题一"), told, whole=True)]
    assert [each.draft for each in read(content)] == [SINGLE]


def test_a_question_too_large_to_be_read_is_a_whole_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.formats.qti.writing.MOST_BYTES", 100)
    _content, losses = written([SINGLE])
    assert [(str(each.reason), each.whole) for each in losses] == [
        ("The question is larger than 0 MB.", True)
    ]


def test_a_long_question_is_not_taken_for_a_bomb() -> None:
    draft = replace(SINGLE, explanation="长" * 400_000)
    assert back([draft]) == [draft]


@pytest.mark.parametrize(
    ("points", "template", "worth"),
    [(None, "match_correct", None), (1, "match_correct", None), (2, None, "2")],
)
def test_a_choice_is_scored_by_the_standard_template_or_by_its_points(
    points: int | None, template: str | None, worth: str | None
) -> None:
    root = first_item(replace(SINGLE, points=None if points is None else Decimal(points)))
    processing = root.find(f"{Q}response-processing")
    address = template and f"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{template}.xml"
    assert processing.get("template") == address
    assert processing.findtext(f".//{Q}base-value") == worth
    assert root.findtext(f".//{Q}correct-response/{Q}value") == "o2"


def test_pairs_are_mapped_to_their_share() -> None:
    sides = {
        "left": [{"id": "l1", "text": "甲"}, {"id": "l2", "text": "乙"}],
        "right": [{"id": "r1", "text": "丙"}, {"id": "r2", "text": "丁"}],
    }
    draft = Draft(
        type="matching",
        body={"stem": "连", **sides},
        answer={"rule": "per_pair", "pairs": {"l1": "r2", "l2": "r2"}},
        name="连",
        points=Decimal(3),
    )
    entries = [dict(each.attrib) for each in first_item(draft).iter(f"{Q}map-entry")]
    assert entries == [
        {"map-key": "l1 r2", "mapped-value": "1.5"},
        {"map-key": "l2 r2", "mapped-value": "1.5"},
    ]
    assert [each.get("match-max") for each in first_item(draft).iter(f"{Q}simple-associable-choice")] == list(
        "1100"
    )


def test_what_another_program_changed_is_believed() -> None:
    draft = replace(
        SINGLE,
        type="multiple",
        answer={"rule": "social_worker_exam", "correct": ["o2"]},
        extra={"key": "k1"},
        category=("甲",),
    )
    content = written([draft])[0]
    (found,) = read(changed(content, "<p>居民自治？</p>", "<p>居民自治吗？</p>"))
    assert found.draft == replace(draft, body={**draft.body, "stem": "居民自治吗？"})
    assert found.warnings == ()
    renamed = changed(changed(content, 'identifier="item-00001"', 'identifier="q9"'), "<p>居民", "<p>村民")
    (found,) = read(renamed)
    assert found.draft == replace(
        draft, body={**draft.body, "stem": "村民自治？"}, extra={"identifier": "q9"}
    )
    assert [str(each) for each in found.warnings] == [str(CHANGED)]


def test_a_changed_item_whose_type_we_had_noted_is_read_as_it_stands() -> None:
    draft = Draft(
        type="fill_in",
        body={"stem": "几？", "blanks": [{"id": "b1", "label": "首都"}, {"id": "b2", "label": "人口"}]},
        answer={"rule": "all_blanks", "blanks": {"b1": {"accepted": ["京"]}, "b2": {"value": 5}}},
        name="两空",
    )
    content = written([draft])[0]
    (found,) = read(changed(content, "<p>首都", "<p>省会"))
    assert found.draft is not None
    assert (found.draft.type, found.draft.body["text"]) == ("cloze", "省会 [[g1]]\n人口 [[g2]]")
    assert len(found.warnings) == 1


@pytest.mark.parametrize("facts", ["", "{", "[1]", "7", "[" * 100_000, '{"type": ' * 2000])
def test_facts_that_are_none_are_passed_over(facts: str) -> None:
    content = without_facts(written([SINGLE])[0])
    noted = f"<?qinglan {facts}?><qti-assessment-item"
    (found,) = read(changed(content, "<qti-assessment-item", noted))
    assert found.draft == replace(SINGLE, extra={"identifier": "item-00001"})
