"""Pictures of printed pages, as a reader of PDF shows them."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pypdfium2
from PIL import Image

from certificates.gallery.previews import preview_order
from certificates.gallery.shelf import marks_for
from certificates.gallery.sitters import PLAIN
from certificates.models import Issuer
from certificates.press import print_order
from certificates.press.theming import load_theme
from core.hashing import content_hash
from core.pdfium import opened
from core.private_files import put, read, storage
from people.models import Person

FOLDER = "certificates/gallery"
WIDE = 1100  # pixels of a preview's wider side
SMALL = 640
GAP = 24


def theme_picture(theme: str, *, issuer: Issuer, viewer: Person, now: datetime) -> bytes:
    """A PNG of a theme's first page with somebody made up, and the issuer's marks. Printed once for every change of the
    theme, of the marks and of the issuer's name, then kept."""
    marks = marks_for(issuer, theme)
    dress = {
        "theme": load_theme(theme).digest,
        "issuer": issuer.name,
        "marks": marks.record,
        "signer": marks.signer_name,
    }
    path = f"{FOLDER}/{content_hash(dress)}.png"
    if not storage().exists(path):
        order = preview_order(PLAIN, issuer=issuer, theme=theme, viewer=viewer, now=now)
        assert order is not None  # noqa: S101 -- somebody made up is in everybody's scope
        put(picture_of(print_order(order).pdf, side=SMALL, sheets=1), path=path)
    return read(path)


def picture_of(pdf: bytes, *, side: int = WIDE, sheets: int = 2) -> bytes:
    """The first pages of a PDF one above the other as a PNG, the wider side of a page `side` pixels long."""
    with opened(pdf) as document:
        pages = [_painted(document[number], side) for number in range(min(sheets, len(document)))]
    height = sum(page.height for page in pages) + GAP * (len(pages) - 1)
    stacked, top = Image.new("RGBA", (max(page.width for page in pages), height), (0, 0, 0, 0)), 0
    for page in pages:
        stacked.paste(page, (0, top))
        top += page.height + GAP
    written = BytesIO()
    stacked.save(written, "PNG", optimize=len(pages) == 1)
    return written.getvalue()


def _painted(page: pypdfium2.PdfPage, side: int) -> Image.Image:
    image: Image.Image = page.render(scale=side / max(page.get_size())).to_pil()
    return image
