"""Casting a plate: WeasyPrint lays out and paints the page of a shape, and its content is cut where the fields stand.

Tags, structure tree, bookmarks and drawings stay WeasyPrint's. Its fonts do not: the constant text gets a font of its
own glyphs, made here, and each person one of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pydyf
from weasyprint import DEFAULT_OPTIONS
from weasyprint.document import Document
from weasyprint.pdf import generate_pdf
from weasyprint.text.fonts import font_features

from certificates.press.archive import PDF_VERSION, prepare
from certificates.press.boxes import Piece, overflowing, pieces
from certificates.press.plates.faces import Features, embed, face_of
from certificates.press.plates.files import make_bed, packed
from certificates.press.plates.lines import free_lines, slot_of
from certificates.press.plates.plates import Code, Free, Hand, Inset, Part, Plate, Run, Stamp, Unfit
from certificates.press.plates.streams import drawn, matrix, named, operators, runs

_LONG = 2000  # bytes of constant content that are worth a stream of their own
_DOT = pydyf.Stream()
_DOT.move_to(0, 0.5)
_DOT.line_to(1, 0.5)


class _NoFonts(dict[Any, Any]):
    """The fonts a document has drawn with: kept for us, not embedded by WeasyPrint."""

    def values(self) -> Any:
        return ()


def free_slots(document: Document) -> frozenset[int]:
    """The fields of a laid out page whose text may be of any length."""
    found = free_lines(_texts(document))
    return frozenset(member.slot for line, _ in found for member in line.members if member.slot is not None)


def _texts(document: Document) -> list[Piece]:
    return [piece for piece in pieces(document.pages[0]) if piece.text.strip()]


def _features(style: Any) -> Features:
    """The OpenType features a style asks for, as WeasyPrint tells Pango."""
    names = "kerning variant_ligatures variant_position variant_caps variant_numeric variant_alternates"
    names += " variant_east_asian feature_settings"
    return tuple(sorted(font_features(*(style[f"font_{name}"] for name in names.split())).items()))


def cast(document: Document, texts: Sequence[str], free: frozenset[int], *, has_code: bool) -> Plate:
    """The plate of a page laid out with these texts, of which those of `free` may be of any length. Raises Unfit."""
    if len(document.pages) != 1 or overflowing(document):
        raise Unfit
    document.fonts = _NoFonts()
    pdf = generate_pdf(document, None, 1, **{**DEFAULT_OPTIONS, "pdf_tags": True, "pdf_version": PDF_VERSION})
    return _Caster(document, pdf, texts, free).cast(has_code=has_code)


class _Caster:
    """The state of one casting."""

    def __init__(
        self, document: Document, pdf: pydyf.PDF, texts: Sequence[str], free: frozenset[int]
    ) -> None:
        self.pdf, self.texts = pdf, texts
        self.page = pdf.objects[int(pdf.page_references[0].split()[0])]
        self.content = operators(self._object(self.page["Contents"]))
        self.faces = {font.hash: face_of(font) for font in dict.values(document.fonts)}
        self.meanings = {font.hash: font.to_unicode for font in dict.values(document.fonts)}
        if not all(face.is_sound for face in self.faces.values()):
            raise Unfit
        self.pieces = _texts(document)
        self.lines = free_lines(self.pieces)
        if frozenset(m.slot for line, _ in self.lines for m in line.members if m.slot is not None) != free:
            raise Unfit
        self.free_pieces = {id(piece.box): place for place in self._members() for piece in [place[2]]}
        self.stamps: list[tuple[int, int, Stamp]] = []  # from, to (operators), what goes there

    def _members(self) -> Iterable[tuple[int, int, Piece]]:
        for number, (_, line) in enumerate(self.lines):
            yield from ((number, member, piece) for member, piece in enumerate(line))

    def _object(self, reference: bytes) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def cast(self, *, has_code: bool) -> Plate:
        self._cut_fields()
        if has_code:
            self.stamps.append(self._cut_code())
        fonts_number = int(self._object(self.page["Resources"])["Font"].split()[0])
        fonts = self._constant_fonts()
        streams = self._streams()
        info, packet = self._open(), self._open()
        prepare(self.pdf)
        self.pdf.catalog["Metadata"] = self.pdf.objects[packet].reference
        varying = {fonts_number, info, packet, self.pdf.catalog.number, *streams}
        return Plate(
            bed=make_bed(self.pdf, varying),
            streams=streams,
            faces=tuple(self.faces.values()),
            lines=tuple(line for line, _ in self.lines),
            hands=self._hands(),
            fonts=fonts,
            fonts_number=fonts_number,
            info_number=info,
            packet_number=packet,
        )

    # fields

    def _cut_fields(self) -> None:
        done: dict[int, int] = {}  # characters of a field that stand on the page so far
        for piece in self.pieces:
            slot = slot_of(piece)
            if id(piece.box) in self.free_pieces:
                self.stamps.append(self._cut_free(piece, slot))
            elif slot is not None:
                start = done.get(slot, 0)
                done[slot] = start + len(piece.text)
                self.stamps.append(self._cut_inset(piece, slot, start))
        free = {member.slot for line, _ in self.lines for member in line.members}
        shaped = {slot for slot, text in enumerate(self.texts) if text and slot not in free}
        if shaped != done.keys() or any(done[slot] != len(self.texts[slot]) for slot in shaped):
            raise Unfit

    def _cut_free(self, piece: Piece, slot: int | None) -> tuple[int, int, Stamp]:
        begin, end = self._find(piece)
        line, member, _ = self.free_pieces[id(piece.box)]
        y = piece.box.position_y + piece.box.baseline
        if slot is None:
            return begin, begin + 1, Free(line, member, y)
        found = runs(self.content[begin + 1 : end])
        if found is None or len(found) != 1 or any(found[0].kerns) or piece.text != self.texts[slot]:
            raise Unfit
        return begin, end, Free(line, member, y, slot, self._hand(piece, found[0].font, found[0].size))

    def _cut_inset(self, piece: Piece, slot: int, start: int) -> tuple[int, int, Stamp]:
        begin, end = self._find(piece)
        cut: list[Run] = []
        place = start
        for found in runs(self.content[begin + 1 : end]) or []:
            hand = self._hand(piece, found.font, found.size)
            text = self.texts[slot][place : place + len(found.glyphs)]
            glyphs = self.faces[found.font].glyphs(text, hand.features, hand.language)
            if glyphs is None or tuple(glyph.number for glyph in glyphs) != found.glyphs:
                raise Unfit
            advances = tuple(glyph.advance for glyph in glyphs)
            cut.append(Run(hand, place, place + len(text), advances, found.kerns))
            place += len(text)
        if self.texts[slot][start:place] != piece.text:
            raise Unfit
        return begin, end, Inset(slot, self.content[begin], tuple(cut))

    def _hands(self) -> dict[int, Hand]:
        """How the free fields are set."""
        free = (stamp for _, _, stamp in self.stamps if isinstance(stamp, Free))
        return {each.slot: each.hand for each in free if each.slot is not None and each.hand is not None}

    def _find(self, piece: Piece) -> tuple[int, int]:
        """Where the operators of a piece begin (its matrix) and end."""
        begin = matrix(piece.box.position_x, piece.box.position_y + piece.box.baseline)
        if self.content.count(begin) != 1:
            raise Unfit
        place = self.content.index(begin)
        return place, self.content.index(b"ET", place)

    def _hand(self, piece: Piece, font: str, size: bytes) -> Hand:
        style = piece.box.style
        return Hand(list(self.faces).index(font), size, _features(style), style["lang"] or "zh-Hans")

    def _cut_code(self) -> tuple[int, int, Stamp]:
        dot = operators(_DOT)
        found = [n for n, each in enumerate(self.content) if each == dot[0] and self.content[n + 1] == dot[1]]
        if len(found) != 1:
            raise Unfit
        return found[0], found[0] + 2, Code()

    # content

    def _parts(self) -> list[Part]:
        """The content with stamps in it."""
        names = {font: f"c{number}" for number, font in enumerate(self.faces)}
        parts: list[Part] = []
        place = 0
        for begin, end, stamp in sorted(self.stamps, key=lambda each: each[0]):
            parts += [self._constant(place, begin, names), stamp]
            place = end
        return [*parts, self._constant(place, len(self.content), names)]

    def _constant(self, begin: int, end: int, names: dict[str, str]) -> bytes:
        return b"\n".join(named(operator, names) for operator in self.content[begin:end])

    def _streams(self) -> dict[int, tuple[Part, ...]]:
        """The streams that differ; long constant content goes into streams of the bed between them."""
        streams: dict[int, tuple[Part, ...]] = {}
        order: list[int] = []
        open_parts: list[Part] = []
        for part in [*self._parts(), None]:
            if part is None or (isinstance(part, bytes) and len(part) > _LONG):
                if open_parts:
                    order.append(self._open())
                    streams[order[-1]] = tuple(open_parts)
                    open_parts = []
                if part is not None:
                    constant = packed(part, {}, 9)
                    self.pdf.add_object(constant)
                    order.append(constant.number)
            else:
                open_parts.append(part)
        self._object(self.page["Contents"]).stream = []
        self.page["Contents"] = pydyf.Array([self.pdf.objects[number].reference for number in order])
        return streams

    def _open(self) -> int:
        """The number of an object that each person brings."""
        place = pydyf.Dictionary()
        self.pdf.add_object(place)
        return int(place.number)

    def _constant_fonts(self) -> dict[str, bytes]:
        """Fonts of the glyphs outside all fields, by the names that the content calls them."""
        names = {font: f"c{number}" for number, font in enumerate(self.faces)}
        used: dict[str, set[int]] = {font: set() for font in self.faces}
        for font, glyph in self._constant_glyphs():
            used[font].add(glyph)
        return {
            names[font]: embed(self._add, self.faces[font], self._meant(font, glyphs), packed)
            for font, glyphs in used.items()
            if glyphs
        }

    def _constant_glyphs(self) -> Iterable[tuple[str, int]]:
        """What the page and the drawings on it show besides the fields, drawings' fonts called by our names."""
        place = 0
        for begin, end, _ in sorted(self.stamps, key=lambda each: each[0]):
            yield from drawn(self.content[place:begin])
            place = end
        # a field may lie between a font and a string: each piece of text names its own font
        yield from drawn(self.content[place:])
        names = {font: f"c{number}" for number, font in enumerate(self.faces)}
        own = self._object(self.page["Contents"])
        for each in self.pdf.objects:
            if isinstance(each, pydyf.Stream) and each is not own and "Filter" not in each.extra:
                content = operators(each)
                if any(operator.endswith(b" TJ") for operator in content):
                    yield from drawn(content)
                    each.stream = [named(operator, names) for operator in content]

    def _meant(self, font: str, glyphs: set[int]) -> dict[int, str]:
        return {glyph: self.meanings[font][glyph] for glyph in glyphs}

    def _add(self, each: Any) -> bytes:
        self.pdf.add_object(each)
        reference: bytes = each.reference
        return reference
