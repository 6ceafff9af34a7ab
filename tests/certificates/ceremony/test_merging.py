"""Many PDFs as one: pages in order, bookmarks, the same picture, what is equal written once, memory that stays flat."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from typing import Any

import pydyf
import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from certificates.ceremony.merging import Merging


def make_pdf(text: str, *, pages: int = 1, ballast: bytes = b"") -> bytes:
    """A small PDF with a picture of `ballast` bytes that is the same in each."""
    pdf = pydyf.PDF()
    font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "Name": "/F1", "BaseFont": "/Helvetica"})
    pdf.add_object(font)
    same = pydyf.Stream(
        [ballast or b"0 0 m"], {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([0, 0, 9, 9])}
    )
    pdf.add_object(same)
    for page in range(pages):
        draw = pydyf.Stream()
        draw.begin_text()
        draw.set_font_size("F1", 20)
        draw.set_text_matrix(1, 0, 0, 1, 20, 90)
        draw.show_text_string(f"{text} {page}")
        draw.end_text()
        pdf.add_object(draw)
        resources = pydyf.Dictionary(
            {
                "Font": pydyf.Dictionary({"F1": font.reference}),
                "XObject": pydyf.Dictionary({"X1": same.reference}),
            }
        )
        pdf.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": pdf.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, 200, 100 + page]),
                    "Contents": draw.reference,
                    "Resources": resources,
                    "StructParents": 0,
                }
            )
        )
    out = BytesIO()
    pdf.write(out)
    return out.getvalue()


def merged(*parts: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    merging = Merging(out)
    for title, content in parts:
        merging.add(content, title=title)
    merging.close()
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def test_pages_come_in_the_order_of_the_parts_with_a_bookmark_each() -> None:
    content = merged(("1　许知秋", make_pdf("b", pages=2)), ("2　程野", make_pdf("a")))
    reader = PdfReader(BytesIO(content), strict=True)
    assert texts(content) == ["b 0", "b 1", "a 0"]
    marks: list[Any] = list(reader.outline)
    assert [(mark.title, reader.get_destination_page_number(mark)) for mark in marks] == [
        ("1　许知秋", 0),
        ("2　程野", 2),
    ]
    assert [float(page.mediabox.height) for page in reader.pages] == [100, 101, 100]


def test_the_picture_is_the_same_as_before() -> None:
    content = make_pdf("same")
    before, after = (
        pypdfium2.PdfDocument(each)[0].render(scale=2).to_numpy()
        for each in (content, merged(("x", content)))
    )
    assert (before == after).all()


def test_it_is_printed_at_its_own_size_and_carries_no_tags() -> None:
    reader = PdfReader(BytesIO(merged(("x", make_pdf("x")))))
    root = reader.trailer["/Root"]
    assert root["/ViewerPreferences"]["/PrintScaling"] == "/None"
    assert ("/StructTreeRoot" in root, "/StructParents" in reader.pages[0]) == (False, False)


def test_what_is_equal_is_written_once() -> None:
    ballast = bytes(range(256)) * 400
    one = len(merged(("x", make_pdf("x", ballast=ballast))))
    ten = len(merged(*((str(n), make_pdf(str(n), ballast=ballast)) for n in range(10))))
    assert ten - one < 20_000 < len(ballast)


def test_memory_holds_one_part_at_a_time(tmp_path: Any) -> None:
    def peak(count: int) -> int:
        with (tmp_path / "out.pdf").open("wb") as out:
            tracemalloc.start()
            merging = Merging(out)
            for number in range(count):
                merging.add(make_pdf(str(number), ballast=bytes([number % 256]) * 300_000), title="x")
            merging.close()
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    assert peak(40) < peak(4) + 1_000_000


def test_nothing_merged_is_still_a_file() -> None:
    assert len(PdfReader(BytesIO(merged())).pages) == 0


def test_what_is_no_pdf_is_an_error() -> None:
    with pytest.raises(PyPdfError):
        merged(("x", b"no pdf"))
