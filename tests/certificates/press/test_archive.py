"""A print keeps: PDF/A-3u and PDF/UA-1 at once, attachments whole, the same said wherever a file says who it is."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from xml.etree import ElementTree

import page
import pytest
from pypdf import PdfReader

from certificates.marking import claimed_codes
from certificates.press import Attachment, Offset, Order, Printed, archive
from certificates.press.foundry import characters
from certificates.press.full import print_full
from certificates.press.plates import files
from certificates.press.printing import print_here
from certificates.press.theming import load_theme, theme_keys
from tests.certificates.press.ordering import ADDRESS, CREDENTIAL, make_order, make_photo

THEMES = [key for key in theme_keys() if load_theme(key).definition["for"] == "certificate"]
PROFILES = [page.ValidationProfile.PDF_A_3U, page.ValidationProfile.PDF_UA_1]
PATHS = {"full": print_full, "fast": print_here}
DC = "{http://purl.org/dc/elements/1.1/}"


def faults_of(pdf: bytes) -> list[str]:
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in PROFILES]
    return [f"{fault.rule_id} {fault.message}" for report in reports for fault in report.failures]


def order_for(theme: str, **changes: object) -> Order:
    pictures = {} if load_theme(theme).photo == "none" else {"photo.jpg": make_photo()}
    return make_order(theme, pictures=pictures, attachments=(CREDENTIAL,), **changes)


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_prints_valid_files(theme: str, print_one: Callable[[Order], Printed]) -> None:
    assert faults_of(print_one(order_for(theme)).pdf) == []


def test_name_beyond_the_cut_fonts_is_valid_too() -> None:
    assert "㐂" not in characters()
    assert faults_of(print_full(order_for("standard", name="㐂𠮷·ŵ")).pdf) == []


@pytest.mark.parametrize("theme", THEMES)
def test_print_on_blanks_is_valid_too(theme: str) -> None:
    assert faults_of(print_full(order_for(theme, blanks=Offset(12, -5))).pdf) == []


def test_control_stock_file_is_not_valid() -> None:
    """The judge does find faults: the same page as WeasyPrint writes it without us."""
    order = make_order()
    theme = load_theme(order.theme)
    assert faults_of(theme.pdf.render(theme.html(order.context))) != []


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
def test_attachments_come_out_as_they_went_in(print_one: Callable[[Order], Printed]) -> None:
    files = (
        CREDENTIAL,
        Attachment("证明.bin", "application/octet-stream", bytes(range(256)) * 9, "Supplement"),
    )
    reader = PdfReader(BytesIO(print_one(make_order(attachments=files)).pdf))
    assert {name: content for name, (content,) in reader.attachments.items()} == {
        each.name: each.content for each in files
    }
    said = [each.get_object() for each in reader.trailer["/Root"]["/AF"]]
    assert sorted((each["/UF"], each["/AFRelationship"]) for each in said) == [
        ("credential.json", "/Source"),
        ("证明.bin", "/Supplement"),
    ]


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
def test_information_and_packet_say_the_same(print_one: Callable[[Order], Printed]) -> None:
    pdf = print_one(make_order()).pdf
    information = PdfReader(BytesIO(pdf)).metadata
    assert information is not None
    packet = ElementTree.fromstring(pdf[pdf.index(b"<x:xmpmeta") : pdf.index(b"</x:xmpmeta>") + 12])  # noqa: S314
    words = {
        name: "".join(packet.find(f".//{DC}{name}").itertext())  # type: ignore[union-attr]
        for name in ("title", "creator", "description", "identifier", "source")
    }
    assert words == {
        "title": "培训合格证书 SQ-2026-QHXY-10-000001-5",
        "creator": "青禾区社区治理学院",
        "description": "数字治理 1+N（初级）",
        "identifier": "SQ-2026-QHXY-10-000001-5",
        "source": ADDRESS,
    }
    assert (information.title, information.author, information.subject) == tuple(words.values())[:3]
    assert information["/Keywords"] == ADDRESS
    assert information["/CreationDate"] == "D:20260920093000+08'00'"
    assert b"<xmp:CreateDate>2026-09-20T09:30:00+08:00</xmp:CreateDate>" in pdf


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
def test_claim_is_found_when_no_reader_opens_the_file(print_one: Callable[[Order], Printed]) -> None:
    pdf = print_one(make_order()).pdf
    torn = pdf[: pdf.index(b"</x:xmpmeta>")]
    assert list(claimed_codes(torn)) == ["A" * 22]


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
def test_words_with_markup_do_not_break_the_packet(print_one: Callable[[Order], Printed]) -> None:
    pdf = print_one(make_order(certificate_title="<证> & “书” (1) \\")).pdf
    assert faults_of(pdf) == []


@pytest.mark.parametrize("print_one", PATHS.values(), ids=PATHS)
def test_equal_orders_give_equal_bytes(print_one: Callable[[Order], Printed]) -> None:
    assert print_one(order_for("standard")) == print_one(order_for("standard"))


@pytest.mark.parametrize("level", [6, 9])
def test_no_packed_stream_ends_like_a_line(level: int) -> None:
    """On both paths; among so many contents some would end so (one in 128)."""
    contents = [b"order %d" % number for number in range(3000)]
    assert any(zlib.compress(each, level).endswith((b"\r", b"\n")) for each in contents)
    for content in contents:
        for found in (archive.packed(content, level), files.packed(content, {}, level).stream[0]):
            assert not found.endswith((b"\r", b"\n"))
            assert zlib.decompressobj().decompress(found) == content
