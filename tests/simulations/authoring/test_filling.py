"""What a form shows and reads back: nothing that was not changed moves, and reading never fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.authoring.comparing import ADDED, CHANGED, REMOVED, differences, pieces_of
from simulations.authoring.filling import number_of, read, shown
from simulations.authoring.offers import offers_of
from simulations.authoring.problems import reading_of
from simulations.authoring.sheets import SHEETS, sheet_of
from simulations.authoring.starting import start_document
from simulations.engine.editing import LISTS, TOP, Document, Part, copied, ids_of, moved, part_of, with_part
from simulations.engine.references import removed

SCENARIOS = sorted((Path(__file__).parents[3] / "cms/demo/pack/scenarios").glob("s?.json"))
START = start_document(key="x", title="夜市")
typed = st.text(alphabet="信任未入户建档且或≤<=()「」0123456789.-abc 　\n", max_size=30)


def parts_of(document: Document) -> list[Part]:
    return [Part(kind) for kind in TOP] + [
        Part(kind, key) for kind in LISTS for key in ids_of(document, kind)
    ]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_form_read_back_says_what_the_document_said(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    offers, before = offers_of(document), document
    for part in parts_of(document):
        sheet, value = sheet_of(part, offers), part_of(document, part)
        assert value is not None
        document = with_part(
            document, part, read(sheet, shown(sheet, value, offers.names), value, offers.names)
        )
    assert json.dumps(document) == json.dumps(before)


def test_every_part_has_a_form() -> None:
    assert set(SHEETS) == {*TOP, *LISTS}


@given(typed, typed, typed)
def test_whatever_is_typed_into_a_situation_is_read(condition: str, number: str, text: str) -> None:
    offers, part = offers_of(START), Part("node", "N01")
    sheet, value = sheet_of(part, offers), part_of(START, part)
    assert value is not None
    values = shown(sheet, value, offers.names)
    values["text"] = text
    values["choices"][0] |= {
        "cond": condition,
        "effects": [{"var": "trust", "add": number, "cond": "", "_from": ""}],
    }
    changed = with_part(START, part, read(sheet, values, value, offers.names))
    assert part_of(changed, part)["text"] == (text if text.strip() else "")  # type: ignore[index]
    reading_of(changed)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("8.5", 8.5), ("８．５", 8.5), ("−3", -3), (" 60 ", 60), ("+4", 4), ("", None), ("1e999", "1e999"),
        ("nan", "nan"), ("很多", "很多"), ("1" * 30, "1" * 30),
    ],
)  # fmt: skip
def test_a_number_is_read_or_kept_as_it_was_typed(said: str, number: Any) -> None:
    assert number_of(said) == number


def test_documents_of_any_shape_have_forms() -> None:
    for odd in (
        None,
        [],
        {},
        "x",
        7,
        [7, None],
        {"a": 7},
        [{"id": "N01", "choices": "x", "next": 7, "enter": {}}],
    ):
        document = {
            **dict.fromkeys(("vars", "flags", "dims", "views", "scoring", "seats", "lenses", "guide"), odd)
        }
        document |= {"id": "x", "title": odd, "nodes": odd, "endings": odd, "global_end": odd}
        reading_of(document)
        offers = offers_of(document)
        for part in parts_of(document):
            shown(sheet_of(part, offers), part_of(document, part) or {}, offers.names)
        differences(document, START)
        differences(START, document)


def test_differences_are_told_by_part() -> None:
    document = json.loads(SCENARIOS[0].read_text(encoding="utf-8"))
    other = copied(removed(document, Part("node", "N16")), Part("node", "N01"), "N99")
    other = moved({**other, "title": "新楼老梯"}, Part("ending", "E5"), 3)
    told = [(each.part, each.kind) for each in differences(document, other)]
    assert told == [
        (Part("head"), CHANGED),
        (Part("node", "N99"), ADDED),
        (Part("node", "N16"), REMOVED),
        (Part("ending"), CHANGED),
    ]
    assert differences(document, document) == ()


@given(st.text("天地人和。", max_size=20), st.text("天地人和。", max_size=20))
def test_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = pieces_of(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != REMOVED) == new
