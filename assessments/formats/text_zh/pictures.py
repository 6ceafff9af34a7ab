"""Pictures of a paper, by the questions they belong to.

A picture stands in its line as a mark, which no letter of a text is; one that has a line to itself stands nowhere, and
belongs to the question there. Pictures of a stem go behind it. An option keeps what is said of its picture.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessments.formats.media import Gathered
from assessments.formats.text_zh.blocks import Block, Field, Paper, Value
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

MARKED = re.compile("\ue000([0-9]{1,9})\ue001")
ASKED = ("stem", "text")  # the fields that a question asks with


@dataclass(frozen=True)
class Shown:
    """A picture in a paper: its name in the file, what is said of it, the number of its line, and how to get it."""

    name: str
    alt: str
    line: int
    content: Callable[[], bytes | None]


def mark(place: int) -> str:
    """What stands in a line for the picture at this place of the list."""
    return f"\ue000{place}\ue001"


def unmarked(text: str) -> str:
    return text.translate({0xE000: None, 0xE001: None})


def settled(line: str) -> tuple[str, list[int]]:
    """A line with the pictures at its beginning moved to its end, so that its number comes first; of a line without
    anything else the places of its pictures, and no text."""
    places = [int(each) for each in MARKED.findall(line)]
    text = MARKED.sub("", line)
    if not places or not text.strip():
        return "" if places else line, places
    first = re.match(f"(?:\\s|{MARKED.pattern})*", line)
    before = first[0] if first else ""
    return line[len(before) :] + "".join(each[0] for each in MARKED.finditer(before)), []


def place_pictures(paper: Paper, shown: Sequence[Shown], alone: Sequence[int]) -> list[Gathered]:
    """Take the marks out of the paper. Returns what each of its questions shows, in their order."""
    found = [Gathered(_teller(block)) for block in paper.blocks]
    if not shown:
        return found
    placed, by_itself = set[int](), set(alone)
    for block, gathered in zip(paper.blocks, found, strict=True):
        for entry in block.entries:
            kept = isinstance(entry, Field) and entry.name in ASKED
            placed |= _unmark(entry.value, shown, gathered, kept=kept, said=not isinstance(entry, Field))
        block.shadow = [MARKED.sub("", line) for line in block.shadow]
    paper.key = [type(line)(line.number, MARKED.sub("", line.text)) for line in paper.key]
    starts = [block.line for block in paper.blocks]
    for place, picture in enumerate(shown) if starts else ():
        at = bisect_right(starts, picture.line) - 1
        if place in by_itself and at >= 0:
            found[at].take(picture.name, picture.alt, picture.content)
        elif place not in placed:
            paper.blocks[max(at, 0)].warnings.append(
                Message(
                    _("The picture %(name)s belongs to no question and was left out."),
                    {"name": picture.name.rpartition("/")[2]},
                )
            )
    return found


def _teller(block: Block) -> Callable[..., None]:
    told: set[str] = set()

    def tell(msgid: str, **params: str | int) -> None:
        message = Message(msgid, params)
        if str(message) not in told:
            told.add(str(message))
            block.warnings.append(message)

    return tell


def _unmark(value: Value, shown: Sequence[Shown], gathered: Gathered, *, kept: bool, said: bool) -> set[int]:
    """Take the marks out of some text: the pictures are kept, or their descriptions said in it, or neither."""
    placed: set[int] = set()

    def instead(found: re.Match[str]) -> str:
        if (place := int(found[1])) >= len(shown):
            return ""
        picture = shown[place]
        placed.add(place)
        if kept:
            return gathered.take(picture.name, picture.alt, picture.content)
        described = gathered.describe(picture.alt, picture.name.rpartition("/")[2])
        return described if said else ""

    value.lines = [MARKED.sub(instead, line) for line in value.lines]
    return placed
