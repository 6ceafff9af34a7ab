"""Where the fields stand in a page's operators: each piece of their text becomes a stamp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint.text.fonts import font_features

from certificates.press.boxes import Piece
from certificates.press.plates.faces import Face, Features
from certificates.press.plates.lines import Line, free_lines, slot_of
from certificates.press.plates.plates import Code, Free, Hand, Inset, Run, Stamp, Unfit
from certificates.press.plates.streams import matrix, operators, runs

_DOT = pydyf.Stream()
_DOT.move_to(0, 0.5)
_DOT.line_to(1, 0.5)


@dataclass(frozen=True)
class Cut:
    """Operators `begin` to `end` make room for a stamp."""

    begin: int
    end: int
    stamp: Stamp


@dataclass(frozen=True)
class Sheaf:
    """What the pages of a plate share: faces by WeasyPrint's names of their fonts, and the texts it is cast with."""

    faces: Mapping[str, Face]
    texts: Sequence[str]

    def hand(self, piece: Piece, font: str, size: bytes) -> Hand:
        style = piece.box.style
        return Hand(list(self.faces).index(font), size, _features(style), style["lang"] or "zh-Hans")


class Leaf:
    """One page: its operators, and its free lines, numbered from `first_line` on."""

    def __init__(self, sheaf: Sheaf, content: list[bytes], pieces: list[Piece], first_line: int) -> None:
        self.sheaf, self.content, self.pieces = sheaf, content, pieces
        found = free_lines(pieces)
        self.lines: list[Line] = [line for line, _ in found]
        self._members = {
            id(piece.box): (first_line + number, member)
            for number, (_, line) in enumerate(found)
            for member, piece in enumerate(line)
        }

    def cuts(self, done: dict[int, int]) -> Iterator[Cut]:
        """The fields' cuts; `done` counts the characters of each field found so far. Raises Unfit."""
        for piece in self.pieces:
            if piece.box.style["visibility"] != "visible":
                continue
            slot = slot_of(piece)
            if slot is not None:
                start = done.get(slot, 0)
                done[slot] = start + len(piece.text)
            if id(piece.box) in self._members:
                yield self._free(piece, slot)
            elif slot is not None:
                yield self._inset(piece, slot, start)

    def code(self) -> Cut | None:
        """Where the QR code is drawn: a single dot, when the page was cast."""
        dot = operators(_DOT)
        found = [n for n, each in enumerate(self.content) if each == dot[0] and self.content[n + 1] == dot[1]]
        if len(found) > 1:
            raise Unfit
        return Cut(found[0], found[0] + 2, Code()) if found else None

    def _free(self, piece: Piece, slot: int | None) -> Cut:
        begin, end = self._find(piece)
        line, member = self._members[id(piece.box)]
        y = self.content[begin].split()[-2]
        if slot is None:
            return Cut(begin, begin + 1, Free(line, member, y))
        found = runs(self.content[begin + 1 : end])
        if found is None or len(found) != 1 or any(found[0].kerns) or piece.text != self.sheaf.texts[slot]:
            raise Unfit
        return Cut(
            begin, end, Free(line, member, y, slot, self.sheaf.hand(piece, found[0].font, found[0].size))
        )

    def _inset(self, piece: Piece, slot: int, start: int) -> Cut:
        begin, end = self._find(piece)
        cut: list[Run] = []
        place = start
        for found in runs(self.content[begin + 1 : end]) or []:
            hand = self.sheaf.hand(piece, found.font, found.size)
            text = self.sheaf.texts[slot][place : place + len(found.glyphs)]
            glyphs = self.sheaf.faces[found.font].glyphs(text, hand.features, hand.language)
            if glyphs is None or tuple(glyph.number for glyph in glyphs) != found.glyphs:
                raise Unfit
            advances = tuple(glyph.advance for glyph in glyphs)
            cut.append(Run(hand, place, place + len(text), advances, found.kerns))
            place += len(text)
        if self.sheaf.texts[slot][start:place] != piece.text:
            raise Unfit
        return Cut(begin, end, Inset(slot, self.content[begin], tuple(cut)))

    def _find(self, piece: Piece) -> tuple[int, int]:
        """Where the operators of a piece begin (its matrix) and end."""
        begin = matrix(piece.box.position_x, piece.box.position_y + piece.box.baseline)
        if self.content.count(begin) != 1:
            raise Unfit
        place = self.content.index(begin)
        return place, self.content.index(b"ET", place)


def _features(style: Any) -> Features:
    """The OpenType features a style asks for, as WeasyPrint tells Pango."""
    names = "kerning variant_ligatures variant_position variant_caps variant_numeric variant_alternates"
    names += " variant_east_asian feature_settings"
    return tuple(sorted(font_features(*(style[f"font_{name}"] for name in names.split())).items()))
