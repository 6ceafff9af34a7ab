"""A paragraph that holds several questions, as text copied from a page or a PDF often does: cut into their lines.

It is cut only where nothing else can be meant: before the next number, when an answer or options came since the last
one; before the name of a section that a number follows.
"""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.heads import TYPE
from assessments.formats.text_zh.lexing import MARK, NUMERALS, half

SHORTEST = 60

_HEAD = re.compile(rf"[{NUMERALS}]{{1,3}}、(?:{TYPE})(?:\([^()]{{1,200}}\))?(?=\s?\d{{1,3}}[.、])")
_NUMBER = re.compile(r"(?<![\d.])(\d{1,3})[.、](?=[^\d\s]|(?:19|20)\d\d|\s)")
_ENDS = "。.?？!！)）】；;√×"
_TOKEN_END = re.compile(r"(?:答案|】)\s?[:是为]?\s?[A-H√×对错、,]{1,12}$")
_ANSWERED = re.compile(r"答案|(?<![A-Za-z])A[.、].{1,400}B[.、]")


def parted(lines: list[Line]) -> Iterator[Line]:
    """The same lines, a long one that holds several questions as a line for each, with its own number."""
    for line in lines:
        if len(line.text) < SHORTEST or MARK in line.text:
            yield line
            continue
        cuts = _cuts(half(line.text))
        for start, end in zip([0, *cuts], [*cuts, len(line.text)], strict=True):
            yield Line(line.number, line.text[start:end]) if cuts else line


def _cuts(plain: str) -> list[int]:
    """Where the next section or the next question begins."""
    heads = {found.start(): found.end() for found in _HEAD.finditer(plain)}
    cuts: list[int] = []
    begun, expected = 0, 0
    stops = sorted([*heads, *(found.start() for found in _NUMBER.finditer(plain))])
    number_at = {found.start(): int(found[1]) for found in _NUMBER.finditer(plain)}
    first_after_head = -1
    for at in stops:
        if at in heads:
            first_after_head = heads[at]
            cuts += [at] if at else []
            continue
        number = number_at[at]
        if at == 0 or 0 <= at - first_after_head <= 1:
            begun, expected = at, number + 1
        elif not expected or number != expected or not _ended(plain, begun, at):
            continue
        else:
            begun, expected = at, number + 1
        cuts += [at] if at else []
    return cuts


def _ended(plain: str, begun: int, at: int) -> bool:
    """Whether the question before is complete: it has options or an answer, and its last sentence an end."""
    before = plain[max(begun, at - 16) : at].rstrip()
    ends = before.endswith(tuple(_ENDS)) or _TOKEN_END.search(before) is not None
    return ends and _ANSWERED.search(plain, begun, at) is not None
