"""What WeasyPrint's box tree says about a laid out page: where each field stands, and whether its text fits.

A field is an element with `data-field`, the dotted name of its text in the order's context. Its text fits when it
stays in its line, inside every box whose size the theme fixed, on the page, and off the text of other blocks.
Lengths are CSS pixels, from the page's top left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from weasyprint.document import Document
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

FIELD = "data-field"
_BREATH = 0.5  # pixels; rounding, not overflow
# What a Chinese glyph fills of its em, measured up and down from the baseline: less than the font's own line.
_RISE, _DROP = 0.84, 0.08


@dataclass(frozen=True)
class Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rectangle) -> bool:
        return (
            other.left >= self.left - _BREATH
            and other.top >= self.top - _BREATH
            and other.right <= self.right + _BREATH
            and other.bottom <= self.bottom + _BREATH
        )

    def meets(self, other: Rectangle) -> bool:
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide > 2 * _BREATH and high > 2 * _BREATH


@dataclass(frozen=True)
class Piece:
    """One piece of text on one line, with the boxes it stands in, the page first."""

    box: Any
    parents: tuple[Any, ...]

    @property
    def text(self) -> str:
        return str(self.box.text)

    @property
    def field(self) -> str:
        """The dotted name of the nearest element around it that has one; empty for the theme's own words."""
        for each in (self.box, *reversed(self.parents)):
            if each.element is not None and FIELD in each.element.attrib:
                return str(each.element.attrib[FIELD])
        return ""

    @property
    def line(self) -> Any:
        """The line box it stands in."""
        return next(each for each in reversed(self.parents) if isinstance(each, boxes.LineBox))

    @property
    def block(self) -> Any:
        """The block that holds the line."""
        return self.parents[self.parents.index(self.line) - 1]

    @property
    def is_turned(self) -> bool:
        """Whether a transformation moves it, such as the 样张 across a sample."""
        return any(each.transformation_matrix for each in self.parents)

    @property
    def ink(self) -> Rectangle:
        """About where its glyphs are, however tall the line is and however wide its letters are spaced."""
        box, size = self.box, self.box.style["font_size"]
        baseline = box.position_y + box.baseline
        spacing = box.style["letter_spacing"]
        right = box.position_x + box.width - (0 if spacing == "normal" else max(0, spacing))
        return Rectangle(box.position_x, baseline - _RISE * size, right, baseline + _DROP * size)


def pieces(page: Any) -> Iterator[Piece]:
    """The text of a page (`Document.pages`), in the order of the document."""
    yield from _pieces(page._page_box, ())


def _pieces(box: Any, parents: tuple[Any, ...]) -> Iterator[Piece]:
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if isinstance(box, boxes.TextBox):
        yield Piece(box, parents)
    for child in box.children:
        yield from _pieces(child, (*parents, box))


def overflowing(document: Document, sheets: int = 1) -> tuple[str, ...]:
    """The fields whose text does not fit, in the order of the document. A page beyond the theme's `sheets` (0: as many
    as it takes) is an overflow of the last field on each."""
    found: list[str] = []
    for page in document.pages:
        texts = [piece for piece in pieces(page) if piece.text.strip() and not piece.is_turned]
        found += [piece.field for piece in texts if not _fits(piece)]
        found += [name for one, other in combinations(texts, 2) for name in _collision(one, other)]
        if 0 < sheets < len(document.pages):
            found += [piece.field for piece in texts if piece.field][-1:]
    return tuple(dict.fromkeys(name for name in found if name))


def _fits(piece: Piece) -> bool:
    return all(room.holds(piece.ink) for room in _rooms(piece))


def _rooms(piece: Piece) -> Iterator[Rectangle]:
    """Where the text has to stay: across, in its block; up and down, in boxes of fixed height; and on the page."""
    page = piece.parents[0]
    whole = Rectangle(0, 0, page.margin_width(), page.margin_height())
    yield whole
    left = piece.block.content_box_x()
    yield Rectangle(left, whole.top, left + piece.block.width, whole.bottom)
    for each in piece.parents:
        if isinstance(each, boxes.BlockLevelBox) and each.style["height"] != "auto":
            top = each.border_box_y()
            yield Rectangle(whole.left, top, whole.right, top + each.border_height())


def _collision(one: Piece, other: Piece) -> tuple[str, ...]:
    """The names of two texts of different blocks that lie on each other."""
    if one.block is other.block or not (one.field or other.field) or not one.ink.meets(other.ink):
        return ()
    return (one.field, other.field)
