"""The fast path prints what the full path prints: to the pixel, to the letter and to the tag."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pyzbar.pyzbar import decode

from certificates.press import Attachment, Offset, Order
from certificates.press.full import print_full
from certificates.press.plates import print_fast
from certificates.press.plates.printing import plates_cast
from tests.certificates.press.ordering import ADDRESS, make_order

QUIET = settings(max_examples=12, deadline=None, derandomize=True)
HAN = st.sampled_from("许知秋〇㛃𬭎欧阳龘王")


CODE = "Ab3dEf9hIjKlMnOpQr5tUv"  # as wide as codes are


def named(name: str) -> Order:
    return make_order(name=name)


def fast(order: Order) -> bytes:
    printed = print_fast(order)
    assert printed is not None
    assert printed.fast
    return printed.pdf


def pixels(pdf: bytes, page: int = 0) -> np.ndarray[Any, Any]:
    """A page at 150 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=150 / 72).to_pil().convert("RGB")
    document.close()
    return np.asarray(picture).astype(int)


def text(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def unlike(one: bytes, other: bytes, page: int = 0) -> float:
    """The share of pixels that differ, however little."""
    return float((pixels(one, page) != pixels(other, page)).any(axis=2).mean())


def tags(pdf: bytes) -> list[Any]:
    """The structure tree: each element's kind with its children, and numbers of marked content."""

    def read(node: Any) -> Any:
        node = node.get_object()
        if isinstance(node, int):
            return int(node)
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        return [node.get("/S"), node.get("/Alt"), *map(read, children)]

    return list(read(PdfReader(BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]["/K"][0]))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"holder": {"name": "欧阳𬭎", "id_kind": "", "id_masked": ""}},
        {"holder": {"name": "阿依古丽·买买提", "id_kind": "居住证", "id_masked": "81000019*******11X"}},
        {"period": None, "hours": "一百零五"},
        {"mentor": None, "valid_until": ""},
        {"modules": [{"title": "数据分析", "basis": "课程学完", "result": "100"}], "verify_code": "W" * 22},
    ],
)
def test_fast_print_looks_like_the_full_one(changes: dict[str, Any]) -> None:
    order = make_order(**changes)
    assert unlike(fast(order), print_full(order).pdf) <= 0.001


@pytest.mark.parametrize("theme", ["standard", "portrait", "card"])
def test_every_design_is_printed_fast(theme: str) -> None:
    order = make_order(theme, verify_code=CODE)
    printed, whole = fast(order), print_full(order).pdf
    assert len(PdfReader(BytesIO(printed)).pages) == len(PdfReader(BytesIO(whole)).pages)
    assert unlike(printed, whole) <= 0.001
    assert text(printed) == text(whole)


@pytest.mark.parametrize("theme", ["standard", "portrait", "card"])
def test_fast_print_is_tagged_like_the_full_one(theme: str) -> None:
    order = make_order(theme, verify_code=CODE)
    assert tags(fast(order)) == tags(print_full(order).pdf)


def test_fast_print_says_the_same_of_itself() -> None:
    order = make_order()
    ours, theirs = (PdfReader(BytesIO(pdf)) for pdf in (fast(order), print_full(order).pdf))
    assert ours.metadata == theirs.metadata
    assert ours.trailer["/ID"][0] == theirs.trailer["/ID"][0]
    assert ours.trailer["/Root"]["/Metadata"].get_data() == theirs.trailer["/Root"]["/Metadata"].get_data()


def test_shape_never_yields_a_wrong_page() -> None:
    """Marks of one to three digits, dates and names of any length, one plate after another."""
    for name, since, result in [
        ("程野", "五月一日", "9"),
        ("许知秋", "十二月三十一日", "100"),
        ("欧阳知秋", "一月十日", "71"),
    ]:
        order = make_order(
            holder={"name": name, "id_kind": "", "id_masked": "110*************2X"},
            period={"since": f"二〇二五年{since}", "until": since},
            modules=[{"title": "数据分析", "basis": "课程学完", "result": result}],
        )
        whole = print_full(order).pdf
        assert unlike(fast(order), whole) <= 0.001
        assert text(fast(order)) == text(whole)


@QUIET
@given(
    st.text(HAN, min_size=2, max_size=4) | st.sampled_from(["许·秋", "ANNA", "W" * 24, "长" * 24, "张 三"])
)
def test_names_come_back_whole(name: str) -> None:
    printed = print_fast(named(name)) or print_full(named(name))
    assert "".join(name.split()) in text(printed.pdf)
    assert printed.overflowing == ()


@pytest.mark.parametrize("name", ["<img src=http://x/>张三", "张三&amp;", "{{ serial }}"])
def test_markup_in_a_name_is_text(name: str) -> None:
    printed = print_fast(named(name)) or print_full(named(name))
    assert "".join(name.split()) in text(printed.pdf)


def test_code_is_read_from_the_picture() -> None:
    picture = Image.fromarray(pixels(fast(make_order())).astype("uint8"))
    assert [symbol.data.decode() for symbol in decode(picture)] == [ADDRESS]
    bent = picture.rotate(4, expand=True, fillcolor="white").resize((1700, 1100))
    assert [symbol.data.decode() for symbol in decode(bent)] == [ADDRESS]


def test_same_order_gives_the_same_bytes() -> None:
    assert fast(named("许知秋")) == fast(named("许知秋"))
    assert fast(named("许知秋")) != fast(named("沈静文"))


def test_people_of_one_shape_share_a_plate() -> None:
    fast(named("程晓野"))
    before = plates_cast()
    for name in ("许知秋", "沈静文", "顾南星"):
        fast(named(name))
    fast(
        make_order(
            verify_code="w" * 22, mentor={"name": "欧阳知秋", "tier": "骨干", "agreement_no": "QL-2026-7"}
        )
    )
    assert plates_cast() == before


def test_nobody_stands_in_another_file() -> None:
    fast(named("许知秋"))
    other = fast(named("顾南星"))
    maps = [each.get_data() for each in _streams(other)]
    assert not any("秋".encode("utf-16-be").hex().encode() in content for content in maps)


def _streams(pdf: bytes) -> list[Any]:
    reader = PdfReader(BytesIO(pdf))
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    return [each for each in objects if hasattr(each, "get_data")]


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": {"name": "长" * 400, "id_kind": "", "id_masked": ""}},  # off the page
        {"verify_code": "W" * 90},  # wider than its line
        {"holder": {"name": "Anna Maria", "id_kind": "", "id_masked": ""}},  # nobody else's shape
        {"holder": {"name": "e\u0301", "id_kind": "", "id_masked": ""}},  # two characters, one glyph
        {"holder": {"name": "张\u202e三", "id_kind": "", "id_masked": ""}},  # turns the direction
        {"holder": {"name": "\U00031350", "id_kind": "", "id_masked": ""}},  # in no font
    ],
)
def test_what_does_not_fit_is_left_to_the_full_path(changes: dict[str, Any]) -> None:
    assert print_fast(make_order(**changes)) is None


def test_overflow_is_told_by_the_full_path() -> None:
    order = make_order(verify_code="W" * 90)
    assert print_fast(order) is None
    assert print_full(order).overflowing == ("verify_code",)


def test_attachments_travel_with_the_fast_print() -> None:
    order = replace(make_order(), attachments=(Attachment("a.json", "application/json", b"{}"),))
    reader = PdfReader(BytesIO(fast(order)))
    assert {name: list(content) for name, content in reader.attachments.items()} == {"a.json": [b"{}"]}
    assert len(reader.trailer["/Root"]["/AF"]) == 1


def test_blanks_are_printed_fast_and_moved() -> None:
    order = replace(make_order(), blanks=Offset(right=15, down=-20))
    assert unlike(fast(order), print_full(order).pdf) <= 0.001
    assert "培训合格证书" not in text(fast(order))


def test_photos_of_one_size_share_a_plate() -> None:
    def with_photo(colour: str) -> Order:
        content = BytesIO()
        Image.new("RGB", (300, 420), colour).save(content, "JPEG")
        return make_order("card", verify_code=CODE, pictures={"photo.jpg": content.getvalue()})

    fast(with_photo("red"))
    before = plates_cast()
    order = with_photo("blue")
    assert unlike(fast(order), print_full(order).pdf) <= 0.001
    assert plates_cast() == before
