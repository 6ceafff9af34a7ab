"""A printed page as a machine reads it: its text, its size, how many pages there are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

import pypdfium2 as pdfium

from core.pdfium import opened

MM = 72 / 25.4
HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})  # how PDFium gives a hyphen at the end of a line
UNSEEN = ("head", "style", "script", "template")


@dataclass(frozen=True)
class Page:
    """The pages of a PDF as one. `text` holds every visible code point in the order of printing, without any space;
    sizes are millimetres of the first page."""

    text: str
    pages: int
    width_mm: float
    height_mm: float


def read_pdf(pdf: bytes) -> Page:
    """Raises pypdfium2.PdfiumError for what is no PDF."""
    with opened(pdf) as document:
        texts = [_text_of(document[number]) for number in range(len(document))]
        width, height = document[0].get_size()
        return Page(dense("".join(texts)), len(document), width / MM, height / MM)


def dense(text: str) -> str:
    """Without spaces, line breaks and controls: where a line ends is the design's business. Nothing is normalised:
    a compatibility ideograph is another character than the one it looks like."""
    return "".join(
        char for char in text if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")
    )


def unreadable(text: str) -> tuple[str, ...]:
    """Signs that stand for a character nobody can name: the replacement sign, private use, unassigned places."""
    wrong = (char for char in text if char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cs"))
    return tuple(dict.fromkeys(wrong))


def text_of_html(html: str) -> str:
    """What a page says to its reader: the text of its body, without spaces."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return dense("".join(reader.said))


def _text_of(page: pdfium.PdfPage) -> str:
    textpage = page.get_textpage()
    text: str = textpage.get_text_range()
    textpage.close()
    page.close()
    return text.translate(HYPHENS)


class _Reader(HTMLParser):
    """Collects the text between the tags that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)
