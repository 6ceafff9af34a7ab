"""The words of a GIFT file: what is escaped, what stands in a piece of text, and its numbers."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any, NamedTuple

from assessments.items.checking import as_decimal
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten

OUR_COMMENT = "// qinglan:"
CATEGORY = "$CATEGORY:"
NO_CATEGORY = "未分类"
BLANK = "＿＿"
SPOKEN = {"T": "true", "TRUE": "true", "True": "true", "true": "true"}
SPOKEN |= {"F": "false", "FALSE": "false", "False": "false", "false": "false"}
WHOLE = Decimal(100)

ESCAPED = re.compile(r"\\[\\~=#{}:n]")
WEIGHT = re.compile(r"\s*%(-?[0-9]{1,9}(?:\.[0-9]{0,20})?)%")
WILDCARD = re.compile(r"(?<!\\)\*")
TEXT_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
CONTEXT = re.compile(r"\$[a-z]+[0-9]*\$")
TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]*)")
# Moodle's own text format shows HTML where there is some; a lone < there is only a less-than sign.
MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|img|sub|sup|ul|ol|li|table|tr|td|th|a|math|ruby|font|h[1-6]|pre|code|hr)\b[^<>]*>"
    r"|&(?:lt|gt|amp|nbsp|quot|#[0-9]{1,7});",
    re.IGNORECASE,
)
QUIET_TAGS = {
    "p",
    "br",
    "div",
    "span",
    "sub",
    "sup",
    "ruby",
    "rb",
    "rt",
    "rp",
    "a",
}  # nothing is lost without them
MATHML = {
    "math",
    "semantics",
    "annotation",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mfrac",
    "msup",
    "msub",
    "msubsup",
}
MATHML |= {
    "msqrt",
    "mroot",
    "munder",
    "mover",
    "munderover",
    "mfenced",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mspace",
}
CONTROLS = {n: None for n in range(0x110) if unicodedata.category(chr(n)) == "Cc" and chr(n) not in "\t\n"}
SPECIAL = {ord(each): f"\\{each}" for each in "\\~=#{}:"} | {ord("\n"): "\\n"} | CONTROLS
LARGEST_EXPONENT = 30
MOST_ANSWERS = 500

Answers = tuple[str, dict[str, Any], dict[str, Any]]


class Unusable(Exception):
    """What stands there is no question we can take; the one argument is the reason, a Message."""


class Piece(NamedTuple):
    """A piece of a question, and the same with every escape made neutral: what means something is looked for there."""

    text: str
    mask: str

    def cut(self, start: int, end: int | None = None) -> "Piece":
        return Piece(self.text[start:end], self.mask[start:end])

    def part(self, mark: str) -> "tuple[Piece, Piece]":
        """What stands before and after the first such mark."""
        at = self.mask.find(mark)
        return (self, NOTHING) if at < 0 else (self.cut(0, at), self.cut(at + len(mark)))

    def marked(self, marks: str) -> "Iterator[tuple[str, Piece]]":
        """The stretches that begin with one of the marks; first, without a mark, what stands before them all."""
        places = [mark.start() for mark in islice(re.finditer(f"[{marks}]", self.mask), MOST_ANSWERS + 1)]
        if len(places) > MOST_ANSWERS:
            raise Unusable(Message(_("There are more than %(most)s answers."), {"most": MOST_ANSWERS}))
        if (head := self.cut(0, places[0] if places else None)).stripped():
            yield "", head
        for start, end in pairwise([*places, len(self.mask)]):
            yield self.mask[start], self.cut(start + 1, end)

    def stripped(self) -> str:
        return self.text.strip()


NOTHING = Piece("", "")


def masked(text: str) -> Piece:
    return Piece(text, ESCAPED.sub("\x00\x00", text))


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda escape: "\n" if escape[0] == "\\n" else escape[0][1], text)


def number_in(text: str) -> Decimal:
    number = writable_number(text.strip())
    if number is None:
        raise Unusable(Message(_("“%(text)s” is not a number."), {"text": shorten(text)}))
    return number


def writable_number(value: object) -> Decimal | None:
    """The number, unless it is none or writing it out would take more digits than anyone can mean."""
    if len(str(value)) > 2 * LARGEST_EXPONENT:
        return None
    number = as_decimal(value)
    return number if number is None or abs(number.adjusted()) <= LARGEST_EXPONENT else None
