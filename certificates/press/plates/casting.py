"""Casting a plate: WeasyPrint lays out and paints the pages of a shape; their content is cut where the fields stand.

Tags, structure tree, bookmarks and drawings stay WeasyPrint's. Its fonts do not: the constant text gets a font of its
own glyphs, made here, and each person one of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import md5
from typing import Any

import pydyf
from weasyprint import DEFAULT_OPTIONS
from weasyprint.document import Document
from weasyprint.pdf import generate_pdf

from certificates.press.archive import PDF_VERSION, prepare
from certificates.press.boxes import Piece, overflowing, pieces
from certificates.press.plates.cutting import Cut, Leaf, Sheaf
from certificates.press.plates.faces import embed, face_of
from certificates.press.plates.files import make_bed, packed
from certificates.press.plates.lines import free_lines, lone_slots
from certificates.press.plates.plates import Free, Hand, Part, Photo, Plate, Unfit
from certificates.press.plates.streams import drawn, named, operators

_LONG = 2000  # bytes of constant content that are worth a stream of their own


class _NoFonts(dict[Any, Any]):
    """The fonts a document has drawn with: kept for us, not embedded by WeasyPrint."""

    def values(self) -> Any:
        return ()


def free_slots(document: Document) -> frozenset[int]:
    """The fields of a document whose text may be of any length, as long as it is short enough."""
    lone = {slot for page in document.pages for slot in lone_slots(_texts(page))}
    return _free_now(document) | lone


def _free_now(document: Document) -> frozenset[int]:
    lines = [line for page in document.pages for line, _ in free_lines(_texts(page))]
    return frozenset(each.slot for line in lines for each in line.members if each.slot is not None)


def _texts(page: Any) -> list[Piece]:
    return [piece for piece in pieces(page) if piece.text.strip()]


def cast(
    document: Document, texts: Sequence[str], free: frozenset[int], *, sheets: int, has_code: bool
) -> Plate:
    """The plate of a document laid out with these texts, of which those of `free` may be of any length. Raises
    Unfit."""
    if len(document.pages) != sheets or overflowing(document, sheets) or _free_now(document) != free:
        raise Unfit
    document.fonts = _NoFonts()
    pdf = generate_pdf(document, None, 1, **{**DEFAULT_OPTIONS, "pdf_tags": True, "pdf_version": PDF_VERSION})
    return _Caster(document, pdf, texts, free).cast(has_code=has_code)


class _Caster:
    """The state of one casting."""

    def __init__(
        self, document: Document, pdf: pydyf.PDF, texts: Sequence[str], free: frozenset[int]
    ) -> None:
        self.pdf, self.texts, self.free = pdf, texts, free
        fonts = list(dict.values(document.fonts))
        self.meanings = {font.hash: font.to_unicode for font in fonts}
        self.faces = {font.hash: face_of(font) for font in fonts}
        self.names = {
            font: f"c{number}" for number, font in enumerate(self.faces)
        }  # of their constant glyphs
        if not all(face.is_sound for face in self.faces.values()):
            raise Unfit
        self.pages = [self._object(reference) for reference in pdf.page_references]
        self.leaves: list[Leaf] = []
        for page, laid in zip(self.pages, document.pages, strict=True):
            content = operators(self._object(page["Contents"]))
            lines = sum(len(leaf.lines) for leaf in self.leaves)
            self.leaves.append(Leaf(Sheaf(self.faces, texts), content, _texts(laid), lines))
        self.photo = self._find_photo(document)

    def _object(self, reference: bytes) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def cast(self, *, has_code: bool) -> Plate:
        cuts = self._cuts(has_code=has_code)
        resources = self._object(self.pages[0]["Resources"])
        fonts_number = int(resources["Font"].split()[0])
        fonts = self._constant_fonts(cuts)
        streams: dict[int, tuple[Part, ...]] = {}
        for page, leaf, own in zip(self.pages, self.leaves, cuts, strict=True):
            streams |= self._streams(page, self._parts(leaf, own))
        info, packet = self._open(), self._open()
        prepare(self.pdf)
        self.pdf.catalog["Metadata"] = self.pdf.objects[packet].reference
        varying = {fonts_number, info, packet, self.pdf.catalog.number, *streams}
        varying |= {self.photo.number} if self.photo else set()
        return Plate(
            bed=make_bed(self.pdf, varying),
            streams=streams,
            faces=tuple(self.faces.values()),
            lines=tuple(line for leaf in self.leaves for line in leaf.lines),
            hands=_hands(cuts),
            fonts=fonts,
            fonts_number=fonts_number,
            info_number=info,
            packet_number=packet,
            photo=self.photo,
        )

    def _cuts(self, *, has_code: bool) -> list[list[Cut]]:
        """The cuts of each page, in the order of its operators. Raises Unfit unless every field is cut whole."""
        done: dict[int, int] = {}
        cuts = [list(leaf.cuts(done)) for leaf in self.leaves]
        codes = [leaf.code() if has_code else None for leaf in self.leaves]
        whole = {slot: len(text) for slot, text in enumerate(self.texts) if text}
        if done != whole or (has_code and sum(code is not None for code in codes) != 1):
            raise Unfit
        every = [[*own, code] if code else own for own, code in zip(cuts, codes, strict=True)]
        return [sorted(own, key=lambda cut: cut.begin) for own in every]

    # content

    def _parts(self, leaf: Leaf, cuts: list[Cut]) -> Iterator[Part]:
        place = 0
        for cut in cuts:
            yield self._constant(leaf.content[place : cut.begin])
            yield cut.stamp
            place = cut.end
        yield self._constant(leaf.content[place:])

    def _constant(self, content: list[bytes]) -> bytes:
        return b"\n".join(named(operator, self.names) for operator in content)

    def _streams(self, page: Any, parts: Iterable[Part]) -> dict[int, tuple[Part, ...]]:
        """A page's streams that differ; long constant content goes into streams of the bed between them."""
        streams: dict[int, list[Part]] = {}
        order: list[int] = []
        for part in parts:
            if isinstance(part, bytes) and len(part) > _LONG:
                constant = packed(part, {}, 9)
                self.pdf.add_object(constant)
                order.append(constant.number)
                continue
            if not order or order[-1] not in streams:
                order.append(self._open())
                streams[order[-1]] = []
            streams[order[-1]].append(part)
        self._object(page["Contents"]).stream = []
        page["Contents"] = pydyf.Array([self.pdf.objects[number].reference for number in order])
        return {number: tuple(own) for number, own in streams.items()}

    def _open(self) -> int:
        """The number of an object that each person brings."""
        place = pydyf.Dictionary()
        self.pdf.add_object(place)
        return int(place.number)

    def _find_photo(self, document: Document) -> Photo | None:
        """The holder's photo among the pictures, if the page shows it."""
        address = document.url_fetcher.root.as_uri() + f"/{Photo.NAME}"
        name = "i" + md5(address.encode(), usedforsecurity=False).hexdigest()
        for key, reference in self._object(self.pages[0]["Resources"])["XObject"].items():
            if key.startswith(name):
                return Photo(int(reference.split()[0]), self._object(reference).extra)
        return None

    # fonts

    def _constant_fonts(self, cuts: list[list[Cut]]) -> dict[str, bytes]:
        """Fonts of the glyphs outside all fields, by the names that the content calls them."""
        used: dict[str, set[int]] = {font: set() for font in self.faces}
        for font, glyph in self._constant_glyphs(cuts):
            used[font].add(glyph)
        return {
            self.names[font]: embed(self._add, self.faces[font], self._meant(font, glyphs), packed)
            for font, glyphs in used.items()
            if glyphs
        }

    def _constant_glyphs(self, cuts: list[list[Cut]]) -> Iterator[tuple[str, int]]:
        """What the pages and the drawings on them show besides the fields; the drawings' fonts get our names."""
        for leaf, own in zip(self.leaves, cuts, strict=True):
            begins = [0, *(cut.end for cut in own)]
            ends = [*(cut.begin for cut in own), len(leaf.content)]
            for begin, end in zip(begins, ends, strict=True):  # each piece of text names its font anew
                yield from drawn(leaf.content[begin:end])
        pages = [self._object(page["Contents"]) for page in self.pages]
        for each in self.pdf.objects:
            if isinstance(each, pydyf.Stream) and each not in pages and "Filter" not in each.extra:
                content = operators(each)
                yield from drawn(content)
                each.stream = [named(operator, self.names) for operator in content]

    def _meant(self, font: str, glyphs: set[int]) -> dict[int, str]:
        return {glyph: self.meanings[font][glyph] for glyph in glyphs}

    def _add(self, each: Any) -> bytes:
        self.pdf.add_object(each)
        reference: bytes = each.reference
        return reference


def _hands(cuts: list[list[Cut]]) -> dict[int, Hand]:
    """How the free fields are set."""
    free = (cut.stamp for own in cuts for cut in own if isinstance(cut.stamp, Free))
    return {each.slot: each.hand for each in free if each.slot is not None and each.hand is not None}
