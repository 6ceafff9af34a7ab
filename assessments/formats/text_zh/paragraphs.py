"""A paragraph that holds several questions, as text copied from a page or a PDF often does: cut into their lines.

It is cut only where nothing else can be meant: before the next number, when an answer or options came since the last
one; before the name of a section that a number follows.
"""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.ahead import begins_options, next_text
from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.heads import TYPE
from assessments.formats.text_zh.lexing import MARK, NUMERALS, asking, half, question_label

SHORTEST = 60

_HEAD = re.compile(
    rf"(?:[{NUMERALS}]{{1,3}}、|第[{NUMERALS}]{{1,3}}部分\s?)(?:{TYPE})(?:\([^()]{{1,200}}\))?(?=\s?\d{{1,3}}[.、])"
)
_NUMBER = re.compile(r"(?<![\d.])(\d{1,3})[.、](?=[^\d\s]|(?:19|20)\d\d|\s)")
_ENDS = "。.?？!！)）】；;√×"
_TOKEN_END = re.compile(r"(?:答案|】)\s?[:是为]?\s?[A-H√×对错、,]{1,12}$")
_ANSWERED = re.compile(r"答案|(?<![A-Za-z])A[.、].{1,400}?B[.、]")


def parted(lines: list[Line]) -> Iterator[Line]:
    """The same lines, one that holds several questions as a line for each, with its own number."""
    last = 0
    for place, line in enumerate(lines):
        cuts: list[int] = []
        if len(line.text) >= SHORTEST and MARK not in line.text:
            cuts = _cuts(half(line.text)) or _last_question(line.text, last + 1, lines, place)
        for start, end in zip([0, *cuts], [*cuts, len(line.text)], strict=True):
            piece = Line(line.number, line.text[start:end]) if cuts else line
            label = None if MARK in piece.text else question_label(piece.text.lstrip())
            last = label.index if label and label.style == "plain" else last
            yield piece


def _last_question(text: str, number: int, lines: list[Line], place: int) -> list[int]:
    """…故选D。2、甲是（ ）。: where the next question begins at the end of an explanation, when options come next."""
    if not asking(text) or not begins_options(next_text(lines, place + 1)):
        return []
    plain = half(text)
    ends = [
        found.start()
        for found in _NUMBER.finditer(plain)
        if int(found[1]) == number and found.start() and _ended_by(plain, found.start())
    ]
    return ends[-1:]


def _cuts(plain: str) -> list[int]:
    """Where the next section or the next question begins."""
    heads = {found.start(): found.end() for found in _HEAD.finditer(plain)}
    numbers = {found.start(): int(found[1]) for found in _NUMBER.finditer(plain)}
    answered = _Answered(plain)
    cuts: list[int] = []
    begun, expected, after_head = 0, 0, -1
    for at in sorted({*heads, *numbers}):
        if at in heads:
            after_head = heads[at]
        elif at == 0 or 0 <= at - after_head <= 1:
            begun, expected = at, numbers[at] + 1
        elif (
            expected and numbers[at] == expected and _ended(plain, begun, at) and answered.between(begun, at)
        ):
            begun, expected = at, expected + 1
        else:
            continue
        cuts += [at] if at else []
    return cuts


class _Answered:
    """Where options or an answer stand, asked for places further and further on."""

    def __init__(self, plain: str) -> None:
        self.found = _ANSWERED.finditer(plain)
        self.next = next(self.found, None)

    def between(self, start: int, end: int) -> bool:
        while self.next and self.next.start() < start:
            self.next = next(self.found, None)
        return self.next is not None and self.next.end() <= end


def _ended_by(plain: str, at: int) -> bool:
    return plain[max(at - 16, 0) : at].rstrip().endswith(tuple(_ENDS))


def _ended(plain: str, begun: int, at: int) -> bool:
    """Whether what stands before a number is the end of a sentence or an answer."""
    before = plain[max(begun, at - 16) : at]
    return _ended_by(plain, at) or _TOKEN_END.search(before.rstrip()) is not None
