"""Which letters and circled numbers of a line are options of the question at hand."""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.blocks import LONG, WRITTEN, Block, Field, Item, Line
from assessments.formats.text_zh.lexing import Label, asking, half, paren_label
from assessments.formats.text_zh.options import (
    behind_stem,
    option_label,
    options_after,
    spaced_label,
    undotted_first,
    undotted_options,
)

_CHOICES = {"single", "multiple", "choice"}
_LETTER_IN_BRACKETS = re.compile(r"\(\s{0,8}[A-H]\s{0,8}\)")


def options_on(line: Line, block: Block, text: str, following: str) -> list[Label]:
    """The options of this line: the first where it may stand, each next one only if it is the next letter.

    `following` is the next line that says something.
    """
    return list(_options_on(line, block, text, following))


def _options_on(line: Line, block: Block, text: str, following: str) -> Iterator[Label]:
    first = _first(line, block, text, following)
    if first is None:
        return
    if first.style == "undotted":
        yield from undotted_options(text)
        return
    yield first
    yield from options_after(text, first, block.listed["letter"])


def begins_again(block: Block, text: str) -> bool:
    """Whether options begin although the question has some, below a line that asks: a question without its number."""
    label = option_label(text)
    if (
        label is None
        or label.style != "letter"
        or label.index
        or block.listed["letter"] < 2
        or block.in_stem()
    ):
        return False
    return any(asking(each) for each in block.last.value.lines[-1:])


def _first(line: Line, block: Block, text: str, following: str) -> Label | None:
    label = option_label(text)
    if label and text.startswith(("(", "（")) and line.number == block.line and not block.stem.lines:
        return None  # 1.（A）是…: the place of the answer
    if label is None and block.section.kind == "matching" and (paren := paren_label(text)):
        label = Label(paren.index - 1, "circled", paren.end)
    if label is None:
        return None if block.section.kind in WRITTEN else _loose(block, text, following)
    listed = set(block.listed)
    writing = isinstance(block.last, Field) and block.last.name in LONG
    if writing and (label.style == "circled" or block.section.kind in WRITTEN):
        return None
    if label.style in listed:
        return None if writing else label
    if writing and block.has_letters:
        return None
    if label.style == "circled" and ("letter" in listed and block.section.kind != "matching"):
        return None
    return label if label.index == 0 and (block.in_stem() or not writing or not listed) else None


def _loose(block: Block, text: str, following: str) -> Label | None:
    """An option that lacks its dot or stands behind the stem, where those beside it leave no doubt."""
    letter = block.listed["letter"]
    spaced = spaced_label(text)
    if spaced and spaced.index == letter and letter and isinstance(block.last, Item):
        return spaced
    if not block.in_stem():
        return None
    after = spaced_label(following)
    if spaced and spaced.index == 0 and after and after.index == 1:
        return spaced
    run = undotted_options(text) if block.section.kind in _CHOICES else []
    if len(run) > 2 and spaced:
        return Label(0, "undotted", 1)
    asked = _LETTER_IN_BRACKETS.search(half("".join(block.stem.lines[-1:])))
    if asked and len(run) > 1:
        return Label(0, "undotted", 1)
    after = option_label(following)
    return undotted_first(text) or behind_stem(text, goes_on=after is not None and after.index == 1)
