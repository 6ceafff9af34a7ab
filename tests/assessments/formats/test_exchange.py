"""Drafts on their way: ids by position, texts from any encoding, markup that reaches nowhere."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given

from assessments.formats import Draft, FileRefused, renumbered
from assessments.formats.checking import found
from assessments.formats.encoding import decoded
from assessments.formats.markup import elements, plain, read_xml
from assessments.formats.usual import named
from assessments.items import item_type
from tests.assessments.formats.drafts import MAKERS, questions

BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@given(draft=questions(tuple(MAKERS)))
def test_renumbering_keeps_the_question_and_is_done_once(draft: Draft) -> None:
    item_type(draft.type).validate(draft.body, draft.answer)
    assert renumbered(draft) == draft


def test_renumbering_follows_an_id_wherever_it_stands() -> None:
    draft = Draft(
        type="cloze",
        body={
            "stem": "补全",
            "text": "[[late]]在[[early]]前",
            "gaps": [
                {"id": "early", "options": [{"id": "x", "text": "甲"}, {"id": "y", "text": "乙"}]},
                {"id": "late"},
            ],
        },
        answer={"rule": "per_gap", "gaps": {"early": {"correct": "y"}, "late": {"accepted": ["丙"]}}},
    )
    numbered = renumbered(draft)
    assert numbered.body["text"] == "[[g2]]在[[g1]]前"
    assert numbered.answer["gaps"] == {"g1": {"correct": "o2"}, "g2": {"accepted": ["丙"]}}
    item_type("cloze").validate(numbered.body, numbered.answer)


def test_a_draft_its_type_refuses_is_skipped_with_the_reason() -> None:
    one = found(named("第 1 题"), Draft(type="single", body={"stem": ""}, answer={}))
    assert (one.draft, str(one.where)) == (None, "第 1 题, the options")
    assert str(one.reason) == "A value is needed here."
    assert "not known" in str(found(named("x"), Draft(type="adaptive", body={}, answer={})).reason)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
@pytest.mark.parametrize("text", ["一、单选题\n1. 居民\nA. 甲", "Question one\nA. yes\nB. no"])
def test_text_is_read_in_the_encoding_it_was_saved_in(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text
    assert decoded(text.replace("\n", "\r\n").encode(encoding)) == text


@pytest.mark.parametrize("content", [b"\xff\xff\xfe\x81", b"\x81"])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="UTF-8"):
        decoded(content)


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_of_its_own_are_refused_before_they_unfold(content: bytes) -> None:
    with pytest.raises(FileRefused, match="entities"):
        read_xml(content)
    with pytest.raises(FileRefused, match="entities"):
        list(elements(BytesIO(content), "a"))


def test_broken_xml_is_refused_with_the_place() -> None:
    with pytest.raises(FileRefused, match="line 1"):
        read_xml(b"<a><b></a>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("没有标记", "没有标记"),
        ("<p>一 &amp; 二</p><p>三</p>", "一 & 二\n三"),
        ("甲<br>乙<br/>丙", "甲\n乙\n丙"),
        ("<b>粗</b>体<script>alert(1)</script>", "粗体"),
        ("3 &lt; 5&nbsp;吗", "3 < 5 吗"),
        ("<p>一\x00\x0b二</p>", "一二"),
        ("a  b   <b> c</b>", "a b c"),
    ],
)
def test_markup_becomes_what_is_seen(html: str, text: str) -> None:
    assert plain(html) == text
