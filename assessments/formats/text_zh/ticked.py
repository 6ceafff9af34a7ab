"""Options that say of themselves that they are right, as survey tools and task lists have it: B. 五（正确答案）."""

import re

from assessments.formats.text_zh.blocks import Block, Item, Value
from assessments.formats.text_zh.lexing import Label
from assessments.items.forms import CIRCLED, LETTERS

_RIGHT = re.compile(r"\s{0,4}[(（]\s?正确(?:答案|选项)\s?[)）]\s{0,4}$")


def take_marks(block: Block) -> None:
    """Options that say of themselves that they are right (B. 五（正确答案）) become the answer.

    Without letters, one a line below the stem, they get them here: so the answers of a survey tool are exported.
    """
    lines = block.stem.lines
    items = block.items("letter") or block.items("circled")
    if not items and not block.literal and len(lines) > 2 and any(map(_right, lines[1:])):
        items = [
            Item(Label(place, "letter", 0), Value(block.line, [line])) for place, line in enumerate(lines[1:])
        ]
        del lines[1:]
        for item in items:
            block.add(item)
    right = [
        item for item in items if item.value.lines and not item.value.literal and _right(item.value.lines[-1])
    ]
    for item in right:
        item.value.lines[-1] = _RIGHT.sub("", item.value.lines[-1])
    if right:
        names = CIRCLED if right[0].label.style == "circled" else LETTERS
        block.know("answer", Value(block.line, ["".join(names[item.label.index] for item in right)]))


def _right(text: str) -> bool:
    return _RIGHT.search(text[-16:]) is not None
