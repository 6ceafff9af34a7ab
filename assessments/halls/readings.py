"""Two readings of one paper: when they say the same, and where two texts differ. Pure: no database.

Keyboards differ where hands do not: spaces, and commas and brackets of either width, make no difference. Anything else
does, and a person looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# Full-width signs, the ideographic space, and the signs that a Chinese keyboard has in place of ASCII ones.
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x3002: ".",
    0x2018: "'",
    0x2019: "'",
    0x201C: '"',
    0x201D: '"',
}
# Further apart than this, letters that happen to be equal would only confuse the reader.
LEAST_ALIKE = 0.4


@dataclass(frozen=True)
class Run:
    """A piece of a text: the same in both readings, or not."""

    text: str
    differs: bool


def says_the_same(first: Any, second: Any) -> bool:
    """Whether two cleaned responses to one question are the same answer."""
    return bool(folded(first) == folded(second))


def folded(response: Any) -> Any:
    """The response with its texts as they are compared: narrow signs, and no space but single ones between letters
    that need them."""
    if isinstance(response, str):
        return _folded_text(response)
    if isinstance(response, Mapping):
        return {part: folded(each) for part, each in response.items()}
    if isinstance(response, list):
        return [folded(each) for each in response]
    return response


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...]:
    """The slots on which two readings differ, in the order of the first."""
    return tuple(slot for slot in first if not says_the_same(first[slot], second.get(slot)))


def compared(first: str, second: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both texts in pieces, so that a page can mark where they differ; wholly different ones are one piece each."""
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return _whole(first), _whole(second)
    steps = matcher.get_opcodes()
    mine = ((first[a:b], tag != "equal") for tag, a, b, _c, _d in steps)
    theirs = ((second[c:d], tag != "equal") for tag, _a, _b, c, d in steps)
    return tuple(_runs(mine)), tuple(_runs(theirs))


def _runs(pieces: Iterator[tuple[str, bool]]) -> Iterator[Run]:
    return (Run(text, differs) for text, differs in pieces if text)


def _whole(text: str) -> tuple[Run, ...]:
    return (Run(text, True),) if text else ()


def _folded_text(text: str) -> str:
    """A space counts only between two letters or digits of ASCII: “a b” is not “ab”, but “先 听” is “先听”."""
    words = text.translate(NARROW).split()
    folded_ = ""
    for word in words:
        needs_space = bool(folded_) and _is_latin(folded_[-1]) and _is_latin(word[0])
        folded_ += f" {word}" if needs_space else word
    return folded_


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
