"""Lines whose text may be of any length, because nothing but the line itself moves.

A field is free when its line is the only one in its block, the block is as wide as the theme says (not as its text),
and nothing is drawn around the text. Then a longer text moves what follows in the line, and the whole line as it is
aligned; that is a sum, no layout. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from weasyprint.formatting_structure import boxes

from certificates.press.boxes import Piece, Rectangle
from certificates.press.plates.pages import SLOT

_GAP = 1.0  # pixels kept to whatever stands beside the line
_LEANS = {"start": 0.0, "left": 0.0, "center": 0.5, "end": 1.0, "right": 1.0}
_UNMOVED = (
    boxes.TableBox,
    boxes.TableCellBox,
    boxes.InlineBlockBox,
    boxes.FlexContainerBox,
    boxes.GridContainerBox,
)


@dataclass(frozen=True)
class Member:
    """One piece of text in a line as it was cast: a field by its number, or constant."""

    x: float
    width: float
    slot: int | None


@dataclass(frozen=True)
class Line:
    """`left` and `right` bound the room the text may fill; `lean` is the share of unused room that lies before it."""

    left: float
    right: float
    lean: float
    members: tuple[Member, ...]

    def places(self, widths: Sequence[float | None]) -> list[float] | None:
        """Where each member begins when the fields have these widths; None when the line gets too long."""
        grown = [
            0.0 if new is None else new - old.width for new, old in zip(widths, self.members, strict=True)
        ]
        moved = -self.lean * sum(grown)
        xs = []
        for member, growth in zip(self.members, grown, strict=True):
            xs.append(member.x + moved)
            moved += growth
        end = self.members[-1].x + self.members[-1].width + moved
        return xs if xs[0] >= self.left and end <= self.right else None


def slot_of(piece: Piece) -> int | None:
    """The number of the field a piece of text belongs to."""
    for each in (piece.box, *reversed(piece.parents)):
        if each.element is not None and SLOT in each.element.attrib:
            return int(each.element.attrib[SLOT])
    return None


def free_lines(pieces: Iterable[Piece]) -> list[tuple[Line, list[Piece]]]:
    """The free lines with fields on a page, each with its pieces from left to right."""
    everything = list(pieces)
    lines = [list(group) for _, group in groupby(everything, key=lambda piece: id(piece.line))]
    free = [line for line in lines if any(map(_has_slot, line)) and _is_alone(line) and _is_free(line)]
    return [(_line(line, everything), line) for line in free]


def lone_slots(pieces: Iterable[Piece]) -> set[int]:
    """The fields that would be free if their text were shorter: nothing else stands in their block."""
    lone = set()
    for _, group in groupby(pieces, key=lambda piece: id(piece.block)):
        block = list(group)
        slots = set(map(slot_of, block))
        if len(slots) == 1 and None not in slots and _is_free(block[:1]):
            lone |= {slot for slot in slots if slot is not None}
    return lone


def _has_slot(piece: Piece) -> bool:
    return slot_of(piece) is not None


def _is_alone(line: list[Piece]) -> bool:
    return bool(line[0].block.children == [line[0].line])


def _is_free(line: list[Piece]) -> bool:
    block, box = line[0].block, line[0].line
    slots = [slot for slot in map(slot_of, line) if slot is not None]
    return (
        len(slots) == len(set(slots))
        and _lean(box) is not None
        and box.style["direction"] == "ltr"
        and not block.style["text_indent"].value
        and all(map(_is_bare, line))
        and all(
            isinstance(each, boxes.InlineBox | boxes.TextBox) for each in box.descendants() if each is not box
        )
        and _is_as_wide_as_said(line[0])
    )


def _lean(line: Any) -> float | None:
    last = line.style["text_align_last"]
    return _LEANS.get(line.style["text_align_all"] if last == "auto" else last)


def _is_bare(piece: Piece) -> bool:
    style = piece.box.style
    inline = piece.parents[piece.parents.index(piece.line) + 1 :]
    return (
        style["letter_spacing"] in ("normal", 0)
        and not style["word_spacing"]
        and style["text_decoration_line"] == "none"
        and not piece.is_turned
        and not any(_is_drawn(each) for each in inline)
    )


def _is_drawn(box: Any) -> bool:
    background = box.background
    edges = ("border_left_width", "border_right_width", "border_top_width", "border_bottom_width")
    return bool(background and background.layers) or any(getattr(box, edge) for edge in edges)


def _is_as_wide_as_said(piece: Piece) -> bool:
    """Whether no text decides how wide the block is: some box around it has a width, or the page has."""
    around = list(piece.parents[: piece.parents.index(piece.line)])
    while around:
        box = around.pop()
        if isinstance(box, boxes.TableCellBox):
            table = next(each for each in reversed(around) if isinstance(each, boxes.TableBox))
            if table.style["table_layout"] != "fixed" or table.style["width"] == "auto":
                return False
            del around[around.index(table) - 1 :]  # its columns are as wide as said if the table is
        elif isinstance(box, _UNMOVED) or box.is_flex_item or box.is_grid_item:
            return False
        elif box.style["width"] != "auto" and box.style["width"].unit == "px":
            return True
        elif (
            box.is_absolutely_positioned() and "auto" in (box.style["left"], box.style["right"])
        ) or box.is_floated():
            return False
    return True


def _line(line: list[Piece], everything: list[Piece]) -> Line:
    first, last = line[0], line[-1]
    left, right = first.block.content_box_x(), first.block.content_box_x() + first.block.width
    middle = (first.box.position_x + last.box.position_x + last.box.width) / 2
    band = Rectangle(left, first.ink.top, right, first.ink.bottom)
    for other in everything:
        if other.block is first.block or other.is_turned or not other.ink.meets(band):
            continue
        if other.ink.right <= middle:
            left = max(left, other.ink.right + _GAP)
        else:
            right = min(right, other.ink.left - _GAP)
    members = tuple(Member(each.box.position_x, each.box.width, slot_of(each)) for each in line)
    return Line(left - 0.01, right + 0.01, _lean(first.line) or 0.0, members)
