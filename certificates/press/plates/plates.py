"""A plate: a page cast once, with holes where its fields and its QR code go, and how it is printed.

The page's content is a list of bytes and stamps. A stamp knows which field it takes, where that stands, and in which
font; it writes the operators for one person's text, or finds that the text does not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from certificates.press.plates.codes import strokes
from certificates.press.plates.faces import Face, Features, Glyph
from certificates.press.plates.files import Bed
from certificates.press.plates.lines import Line
from certificates.press.plates.streams import show

_ALIKE = 6  # thousandths of an em: most digits of Noto Serif are 555 to 562 wide


class Unfit(Exception):
    """The text cannot be printed with this plate."""


@dataclass(frozen=True)
class Hand:
    """How a text is set: the face by its number in the plate, the size in CSS pixels as the page writes it."""

    face: int
    size: bytes
    features: Features
    language: str


@dataclass(frozen=True)
class Run:
    """Characters `start` to `end` of a field, in one hand, each as wide as it was cast."""

    hand: Hand
    start: int
    end: int
    advances: tuple[float, ...]
    kerns: tuple[int, ...]


@dataclass(frozen=True)
class Inset:
    """A field, or the part of it on one line, whose characters stand where those of its shape stood."""

    slot: int
    matrix: bytes
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Free:
    """A member of a free line: the field `slot`, or with None constant text that only moves."""

    line: int
    member: int
    y: bytes
    slot: int | None = None
    hand: Hand | None = None


class Code:
    """The dark modules of the QR code."""


@dataclass(frozen=True)
class Photo:
    """The holder's photo: the number of its object and the entries of its stream, for all photos of one size."""

    NAME: ClassVar[str] = "photo.jpg"
    number: int
    extra: Mapping[str, Any]


Stamp = Inset | Free | Code
Part = bytes | Stamp


@dataclass(frozen=True)
class Plate:
    """`streams` are the page's content streams that differ, by their numbers in the file; the others lie in `bed`,
    and so do the fonts of the constant text (`fonts`, entries of the resources `fonts_number`)."""

    bed: Bed
    streams: Mapping[int, tuple[Part, ...]]
    faces: tuple[Face, ...]
    lines: tuple[Line, ...]
    hands: Mapping[int, Hand]  # of the free fields
    fonts: Mapping[str, bytes]
    fonts_number: int
    info_number: int
    packet_number: int
    photo: Photo | None = None

    def impression(self, texts: Sequence[str], code: str) -> Impression:
        """The content for these texts. Raises Unfit."""
        found = Impression(self, texts)
        for number, parts in self.streams.items():
            found.contents[number] = b"\n".join(_written(part, found, code) for part in parts)
        return found


def _written(part: Part, found: Impression, code: str) -> bytes:
    if isinstance(part, bytes):
        return part
    if isinstance(part, Code):
        return strokes(code)
    return found.inset(part) if isinstance(part, Inset) else found.free(part)


@dataclass
class Impression:
    """One person's content streams, and the glyphs of each face in them with the characters they stand for."""

    plate: Plate
    texts: Sequence[str]
    contents: dict[int, bytes] = field(default_factory=dict)
    glyphs: dict[int, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._free = {slot: self._letters(hand, self.texts[slot]) for slot, hand in self.plate.hands.items()}
        self._places = [self._placed(line) for line in self.plate.lines]

    def _placed(self, line: Line) -> list[float]:
        widths = [None if each.slot is None else self._width(each.slot) for each in line.members]
        places = line.places(widths)
        if places is None:
            raise Unfit
        return places

    def _width(self, slot: int) -> float:
        size = float(self.plate.hands[slot].size)
        return sum(glyph.advance for glyph in self._free[slot]) * size / 1000

    def _letters(self, hand: Hand, text: str) -> tuple[Glyph, ...]:
        """The glyphs of a text; they will be in the file."""
        glyphs = self.plate.faces[hand.face].glyphs(text, hand.features, hand.language)
        if glyphs is None:
            raise Unfit
        known = self.glyphs.setdefault(hand.face, {})
        for glyph, char in zip(glyphs, text, strict=True):
            if known.setdefault(glyph.number, char) != char:
                raise Unfit  # one glyph for two characters: a reader could not tell them apart
        return glyphs

    def inset(self, stamp: Inset) -> bytes:
        text, parts = self.texts[stamp.slot], [stamp.matrix]
        for run in stamp.runs:
            glyphs = self._letters(run.hand, text[run.start : run.end])
            if any(abs(g.advance - cast) > _ALIKE for g, cast in zip(glyphs, run.advances, strict=True)):
                raise Unfit
            parts += [_font(run.hand), show([glyph.number for glyph in glyphs], run.kerns)]
        return b"\n".join(parts)

    def free(self, stamp: Free) -> bytes:
        begin = b"1 0 0 -1 %.4f %s Tm" % (self._places[stamp.line][stamp.member], stamp.y)
        if stamp.slot is None or stamp.hand is None:
            return begin
        glyphs = self._free[stamp.slot]
        kerns = [0, *(int(glyph.width - glyph.advance) for glyph in glyphs)]
        return b"\n".join([begin, _font(stamp.hand), show([glyph.number for glyph in glyphs], kerns)])


def _font(hand: Hand) -> bytes:
    return b"/%s %s Tf" % (font_name(hand.face).encode(), hand.size)


def font_name(face: int) -> str:
    """What a page calls the font of a person's glyphs."""
    return f"p{face}"
