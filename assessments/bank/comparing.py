"""What changed from one text to another, for people: by characters in Chinese, by words and numbers in Latin script.

Pure. Crumbs that happen to be equal between two changes are taken into the change: “补充材料” read as a whole says more
than single characters kept from another sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

PIECE = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|.", re.DOTALL)
CRUMB = 2  # so many equal characters between two changes are no island to stand on
SIMILAR = 0.3
LONG = 4000
SAME, OUT, IN = "same", "del", "ins"


@dataclass(frozen=True)
class Span:
    """A stretch of text that stayed, went or came."""

    kind: str
    text: str


def compare(old: str, new: str) -> list[Span]:
    """The two texts in one, what went before what came in its place."""
    old_lines, new_lines = _split(old), _split(new)
    spans: list[Span] = []
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            spans += [Span(SAME, f"{line}\n") for line in old_lines[a:b]]
        else:
            spans += _lines(old_lines[a:b], new_lines[c:d])
    return _joined(_trimmed(spans))


def _split(text: str) -> list[str]:
    return text.split("\n") if text else []


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    """Lines that took each other's place: told apart by characters where they are alike."""
    for one, other in zip(old, new, strict=False):
        yield from _line(one, other)
    yield from (Span(OUT, f"{line}\n") for line in old[len(new) :])
    yield from (Span(IN, f"{line}\n") for line in new[len(old) :])


def _line(old: str, new: str) -> Iterator[Span]:
    one, other = PIECE.findall(old), PIECE.findall(new)
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > LONG)
    if matcher.ratio() < SIMILAR:
        yield from (Span(OUT, old), Span(IN, new))
    else:
        for kind, a, b, c, d in _without_crumbs(matcher.get_opcodes(), one):
            if kind == "equal":
                yield Span(SAME, "".join(one[a:b]))
            else:
                yield from (Span(OUT, "".join(one[a:b])), Span(IN, "".join(other[c:d])))
    yield Span(SAME, "\n")


Opcode = tuple[str, int, int, int, int]


def _without_crumbs(opcodes: Sequence[Opcode], old: Sequence[str]) -> Iterator[Opcode]:
    """Neighbouring changes as one, with the crumbs between them."""
    open_at: tuple[int, int] | None = None
    last = len(opcodes) - 1
    for at, (kind, a, b, c, d) in enumerate(opcodes):
        crumb = kind == "equal" and 0 < at < last and len("".join(old[a:b])) <= CRUMB
        if kind == "equal" and not crumb:
            if open_at:
                yield "replace", open_at[0], a, open_at[1], c
            open_at = None
            yield kind, a, b, c, d
        elif open_at is None:
            open_at = (a, c)
    if open_at:
        yield "replace", open_at[0], opcodes[-1][2], open_at[1], opcodes[-1][4]


def _trimmed(spans: list[Span]) -> list[Span]:
    """Without the line end that `compare` put behind the last line."""
    if spans and spans[-1].text.endswith("\n"):
        spans[-1] = Span(spans[-1].kind, spans[-1].text[:-1])
    return spans


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].kind == span.kind:
            joined[-1] = Span(span.kind, joined[-1].text + span.text)
        elif span.text:
            joined.append(span)
    return joined
