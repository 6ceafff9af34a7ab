"""The full path: WeasyPrint lays out and paints the whole page. Styles, fonts and drawings are read once a process.

Everything a print depends on is in the order, so equal orders give equal bytes.
"""

from __future__ import annotations

import re
from typing import Any

import pydyf
from weasyprint.document import Document

from certificates.press.archive import PDF_VERSION, archive, file_identifier, packed
from certificates.press.boxes import overflowing
from certificates.press.foundry import CUT
from certificates.press.orders import Order, Printed
from certificates.press.outlines import bare
from certificates.press.pictures import PlainDrawing, drawing
from certificates.press.theming import CertificateTheme, load_theme

_MISTAKABLE = re.compile(rb"[\r\n]\nendstream")


def print_full(order: Order) -> Printed:
    """The PDF of an order, and which of its fields do not fit. Raises whatever the theme or WeasyPrint raises."""
    document = compose(order)
    return Printed(
        write(document, order), fast=False, overflowing=overflowing(document, load_theme(order.theme).sheets)
    )


def compose(order: Order) -> Document:
    """The order's page, laid out; its boxes carry the template's elements (data-field)."""
    return lay_out(order, load_theme(order.theme).html(order.context, blanks=order.blanks))


def lay_out(order: Order, html: str) -> Document:
    """A page of the order's theme with the order's pictures, laid out."""
    theme = load_theme(order.theme)
    return theme.pdf.lay_out(html, files=order.pictures, pictures=_drawings(theme, order))


def write(document: Document, order: Order) -> bytes:
    """A laid out page as PDF/A-3u and PDF/UA-1.

    The table of objects, which pydyf packs itself, may end like a line (see `archive.packed`): an object more, and it
    ends otherwise."""
    for spare in range(16):
        pdf = _written(document, order, spare)
        if _MISTAKABLE.search(pdf) is None:
            break
    return pdf


def _written(document: Document, order: Order, spare: int) -> bytes:
    def finish(_document: Document, pdf: pydyf.PDF) -> None:
        archive(pdf, order)
        for _ in range(spare):
            pdf.add_object(pydyf.Dictionary())
        _pack(pdf)

    pdf: bytes = document.write_pdf(
        pdf_tags=True, pdf_version=PDF_VERSION, pdf_identifier=file_identifier(order), finisher=finish
    )
    return pdf


def _drawings(theme: CertificateTheme, order: Order) -> dict[str, PlainDrawing]:
    """The plain drawings among the theme's files and the order's pictures."""
    theirs = {name: (theme.pdf.root / name).read_bytes() for name in theme.definition["assets"]}
    found = {
        name: drawing(content)
        for name, content in (theirs | dict(order.pictures)).items()
        if name.endswith(".svg")
    }
    return {name: each for name, each in found.items() if each}


def _pack(pdf: pydyf.PDF) -> None:
    """Compress each stream once: pydyf does it again for every look it takes at them."""
    own = _own_fonts(pdf)
    for each in pdf.objects:
        if isinstance(each, pydyf.Stream) and each.compress:
            content = b"\n".join(map(_bytes, each.stream))
            if each.reference in own:
                content, each.extra["Subtype"] = bare(content), "/CIDFontType0C"
            each.stream, each.compress = [packed(content)], False
            each.extra["Filter"] = "/FlateDecode"


def _own_fonts(pdf: pydyf.PDF) -> set[bytes]:
    """The files of the fonts that the foundry cut: their outlines can stand alone, widths and all."""
    fonts = (each for each in pdf.objects if isinstance(each, dict) and "FontFile3" in each)
    return {each["FontFile3"] for each in fonts if CUT.encode() in each["FontName"]}


def _bytes(item: Any) -> bytes:
    data: bytes = (
        item if isinstance(item, bytes) else item.data if hasattr(item, "data") else str(item).encode()
    )
    return data
