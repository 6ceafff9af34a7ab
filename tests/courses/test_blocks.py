"""Blocks: drawn from what is frozen, harmless whatever is pasted, clear when they are not filled in."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.rich_text import RichText

from courses.blocks import LessonBlocks
from courses.media import DraftKeeper
from courses.models.pages import LessonPage
from courses.richtext import anchor_headings, clean_html
from courses.tables import NoTable, as_columns, read_rows, write_rows
from courses.templatetags.course_media import with_words
from tests.courses.factories import add_lesson, make_course

BLOCKS = LessonBlocks().child_blocks


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<p>好<i>人</i><strong>事</strong></p>", "<p>好<em>人</em><b>事</b></p>"),
        ('<p onclick="x()" style="color:red">字</p>', "<p>字</p>"),
        ('<a href="javascript:alert(1)">链</a>', "<a>链</a>"),
        ('<a href="https://example.org/" target="_blank">链</a>', '<a href="https://example.org/">链</a>'),
        ('<div><img src="x" onerror="y"><p>字</p></div>', "<p>字</p>"),
        ("<script>alert(1)</script>", "alert(1)"),
    ],
)
def test_pasted_html_is_reduced_to_what_a_lesson_holds(pasted: str, kept: str, db: Any) -> None:
    assert clean_html(pasted) == kept


def test_headings_become_places_to_go_to() -> None:
    html, headings = anchor_headings("<h2>一 <em>二</em></h2><p>文</p><h2>三</h2>", "h-x")
    assert html == '<h2 id="h-x-1">一 <em>二</em></h2><p>文</p><h2 id="h-x-2">三</h2>'
    assert headings == [{"id": "h-x-1", "title": "一 二"}, {"id": "h-x-2", "title": "三"}]


@pytest.mark.parametrize(
    "text",
    ["甲 | 乙\n一 | 12", "甲\t乙\n一\t12\n", "| 甲 | 乙 |\n| 一 | 12 |", "\n甲|乙\n\n一|12\n"],
)
def test_a_table_is_typed_or_pasted(text: str) -> None:
    head, rows = read_rows(text)
    assert (head, rows) == (["甲", "乙"], [["一", "12"]])
    assert as_columns(head, rows) == [{"title": "甲", "figures": False}, {"title": "乙", "figures": True}]


@pytest.mark.parametrize("rows", [[["一", "二"]], [["一|二", ""]], [["", "九\n十"]]])
def test_a_table_survives_being_written_and_read(rows: list[list[str]]) -> None:
    read = read_rows(write_rows(["甲", "乙"], rows))
    assert read == (["甲", "乙"], [[" ".join(cell.split()) for cell in row] for row in rows])


@pytest.mark.parametrize("text", ["", "只有表头", "甲|乙\n一", "甲|乙\n一|二|三"])
def test_a_table_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(NoTable):
        read_rows(text)


def test_every_block_can_be_previewed_and_says_what_it_is_for() -> None:
    missing = [
        name
        for name, block in BLOCKS.items()
        if not (block.is_previewable and block.get_description() and block.meta.template and block.meta.icon)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "name", ["text", "key_points", "reflection", "self_check", "scenario", "exam", "table"]
)
def test_the_sample_of_a_block_is_a_valid_block(name: str, db: Any) -> None:
    block = BLOCKS[name]
    value = block.clean(block.get_preview_value())
    assert block.freeze(value, DraftKeeper())
    assert "notice" not in block.render(value)


def test_a_block_that_is_not_filled_in_does_not_break_the_preview(db: Any) -> None:
    empty = BLOCKS["image"].to_python({"image": None, "alt": "", "caption": ""})
    assert 'data-kind="warm"' in BLOCKS["image"].render(empty)


def test_a_draft_lesson_is_previewed_without_answers_to_send(rf: Any, db: Any) -> None:
    course = make_course(lessons=0)
    body = [
        {"type": "text", "id": "a", "value": "<p>正文</p>"},
        {"type": "self_check", "id": "b", "value": {"question": "CHK-1", "prompt": "停一停"}},
        {"type": "reflection", "id": "c", "value": {"prompt": "想一想", "hint": ""}},
    ]
    lesson = add_lesson(course, "draft", body=body)
    response = LessonPage.objects.get(pk=lesson.pk).make_preview_request()
    html = response.content.decode()
    assert response.status_code == 200
    assert [text in html for text in ("正文", "CHK-1", "想一想")] == [True] * 3
    assert "/check/" not in html


def test_an_unverified_clause_shows_its_note() -> None:
    clause = {
        "level": "local",
        "verified": False,
        "note": "教学示例。",
        "as_of": "2026-11-20",
        "review_by": "2027-05-20",
    }
    verified = {**clause, "verified": True}
    notes = [one["verified_note"] for one in with_words([clause, verified])]
    assert notes[0] == "教学示例。"
    assert "2026年11月20日" in notes[1]


def test_rich_text_from_the_editor_is_frozen_as_lesson_html(db: Any) -> None:
    value = RichText('<p>看<a linktype="page" id="999">这里</a></p>')
    assert BLOCKS["text"].freeze(value, DraftKeeper()) == {"html": "<p>看<a>这里</a></p>"}
