"""Many PDFs as one for the printer: pages in order, a bookmark for each part, what is the same written once.

It is written as it grows: memory holds one part and a hash for every object, whatever the number of parts. What is for
the screen and the archive (tags, links, attachments) stays behind; the parts themselves are never changed.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

KEPT = (
    "/MediaBox",
    "/CropBox",
    "/TrimBox",
    "/BleedBox",
    "/Rotate",
    "/Resources",
    "/Contents",
    "/Group",
    "/UserUnit",
)
CATALOGUE, PAGES, OUTLINE = 1, 2, 3


class Merging:
    """A PDF under way. `add` each part, then `close`; `out` is written from front to back and may be a file."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.offsets = {0: 0}
        self.known: dict[bytes, int] = {}
        self.pages: list[int] = []
        self.marks: list[tuple[str, int]] = []
        self.next = OUTLINE + 1
        self.at = self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, content: bytes, *, title: str) -> int:
        """Take over every page of a PDF under one bookmark; returns how many. Raises pypdf's errors."""
        with BytesIO(content) as source, PdfReader(source) as reader:
            part = _Part(self)
            numbers = [self._add_page(page, part) for page in reader.pages]
        if numbers:
            self.marks.append((title, numbers[0]))
        return len(numbers)

    def close(self) -> None:
        """Write what holds the pages together. To be printed at its own size: no viewer shrinks it to fit."""
        kids = ArrayObject([reference(number) for number in self.pages])
        self._write(PAGES, _dictionary(Type="/Pages", Kids=kids, Count=NumberObject(len(self.pages))))
        self._write_outline()
        self._write(
            CATALOGUE,
            _dictionary(
                Type="/Catalog",
                Pages=reference(PAGES),
                Outlines=reference(OUTLINE),
                PageMode="/UseOutlines",
                ViewerPreferences=_dictionary(PrintScaling="/None", Duplex="/Simplex"),
            ),
        )
        self._write_references()

    def keep(self, content: PdfObject) -> IndirectObject:
        """Write an object, or find the same one that was written before."""
        body = _serialised(content)
        digest = sha256(body).digest()
        if digest not in self.known:
            self.known[digest] = self._number()
            self._body(self.known[digest], body)
        return reference(self.known[digest])

    def _add_page(self, page: DictionaryObject, part: _Part) -> int:
        copied = DictionaryObject(
            {NameObject(key): part.copy(page[key], page.raw_get(key)) for key in KEPT if key in page}
        )
        copied.update(_dictionary(Type="/Page", Parent=reference(PAGES)))
        number = self._number()
        self._write(number, copied)
        self.pages.append(number)
        return number

    def _write_outline(self) -> None:
        first = self.next
        for place, (title, page) in enumerate(self.marks):
            fit = ArrayObject([reference(page), NameObject("/Fit")])
            mark = _dictionary(Title=TextStringObject(title), Parent=reference(OUTLINE), Dest=fit)
            if place:
                mark[NameObject("/Prev")] = reference(first + place - 1)
            if place + 1 < len(self.marks):
                mark[NameObject("/Next")] = reference(first + place + 1)
            self._write(self._number(), mark)
        ends = {"First": reference(first), "Last": reference(self.next - 1)} if self.marks else {}
        count = NumberObject(len(self.marks))
        self._write(OUTLINE, _dictionary(Type="/Outlines", Count=count, **ends))

    def _write_references(self) -> None:
        at, size = self.at, self.next
        self._put(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
        for number in range(1, size):
            self._put(f"{self.offsets[number]:010d} 00000 n \n".encode())
        self._put(f"trailer\n<< /Size {size} /Root {CATALOGUE} 0 R >>\nstartxref\n{at}\n%%EOF\n".encode())

    def _number(self) -> int:
        self.next += 1
        return self.next - 1

    def _write(self, number: int, content: PdfObject) -> None:
        self._body(number, _serialised(content))

    def _body(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.at
        self.at += self._put(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _put(self, content: bytes) -> int:
        self.out.write(content)
        return len(content)


class _Part:
    """Copies objects of one file: what they point to first, so that equal things are equal bytes."""

    def __init__(self, merging: Merging) -> None:
        self.merging = merging
        self.copies: dict[int, PdfObject] = {}

    def copy(self, content: object, raw: object | None = None) -> PdfObject:
        """The object with its references turned into ours. Rings (a page's parent) are not followed."""
        found = raw if raw is not None else content
        if isinstance(found, IndirectObject):
            return self._reference(found)
        if isinstance(found, StreamObject):
            return self._stream(found)
        if isinstance(found, DictionaryObject):
            return DictionaryObject({NameObject(key): self.copy(found.raw_get(key)) for key in found})
        if isinstance(found, ArrayObject):
            return ArrayObject([self.copy(each) for each in list.__iter__(found)])
        assert isinstance(found, PdfObject)  # noqa: S101 -- pypdf gives nothing else
        return found

    def _reference(self, found: IndirectObject) -> PdfObject:
        if found.idnum not in self.copies:
            self.copies[found.idnum] = NullObject()
            target = found.get_object()
            self.copies[found.idnum] = self.merging.keep(
                self.copy(target if target is not None else NullObject())
            )
        return self.copies[found.idnum]

    def _stream(self, found: StreamObject) -> StreamObject:
        copied = StreamObject()
        copied._data = found._data
        copied.update({NameObject(key): self.copy(found.raw_get(key)) for key in found if key != "/Length"})
        return copied


def reference(number: int) -> IndirectObject:
    """A reference to an object of the file that is being written."""
    return IndirectObject(number, 0, None)


def _dictionary(**entries: object) -> DictionaryObject:
    """Entries by name; text means a PDF name."""
    found = {
        NameObject(f"/{key}"): NameObject(value) if type(value) is str else value
        for key, value in entries.items()
    }
    return DictionaryObject(found)


def _serialised(content: PdfObject) -> bytes:
    out = BytesIO()
    content.write_to_stream(out)
    return out.getvalue()
