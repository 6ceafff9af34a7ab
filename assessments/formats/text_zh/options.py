"""Options on a line: A. A、 (A) ①, one behind another, also where the space before the next one is missing.

Linear in the line, as all lexing is. Positions in `half(text)` are positions in the text.
"""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.lexing import Label, half
from assessments.items.forms import CIRCLED

_OPTION = re.compile(r"(?:\(\s?([A-Za-z])\s?\)[.、]?|([A-Za-z])\s?[.、):])\s{0,8}")
_CIRCLED = re.compile(rf"([{CIRCLED}])[.、]?\s{{0,8}}")
_INLINE_OPTION = re.compile(
    rf"(?<=\s)(?:\(\s?([A-Za-z])\s?\)[.、]?|([A-Za-z])\s?[.、):])\s{{0,8}}|([{CIRCLED}])[.、]?\s{{0,8}}"
)
_GLUED_OPTION = re.compile(r"(?<![A-Za-z\s])(?:\(\s?([A-Z])\s?\)[.、]?|([A-Z])\s?[.、])\s{0,8}")
_SENTENCE_END = "。.?？!！)）:：_；;"
_SPACED = re.compile(r"([A-H])[ \u3000\t]{1,8}(?=\S)")
_SPACED_RUN = re.compile(r"(?:^|(?<=\s))([A-H])\s{1,8}(?=\S)")
_UNDOTTED = re.compile(r"([A-Z])(?=[\u4e00-\u9fff《“])")


def option_label(text: str) -> Label | None:
    """A. A、 (A) A) a. ("letter") or ① ("circled") at the start."""
    plain = half(text[:40])
    if found := _OPTION.match(plain):
        return Label(ord((found[1] or found[2]).upper()) - 65, "letter", found.end())
    if found := _CIRCLED.match(plain):
        return Label(CIRCLED.index(found[1]), "circled", found.end())
    return None


def inline_options(text: str) -> Iterator[Label]:
    """Every place further on where an option may begin: a letter behind a space, a circled number anywhere."""
    for found in _INLINE_OPTION.finditer(half(text)):
        if found[3]:
            yield Label(CIRCLED.index(found[3]), "circled", found.end(), found.start())
        else:
            yield _letter(found)


def _letter(found: re.Match[str]) -> Label:
    return Label(ord((found[1] or found[2]).upper()) - 65, "letter", found.end(), found.start())


def options_after(text: str, last: Label, listed: int) -> Iterator[Label]:
    """The options behind the one at `last`: each the next of its kind. `listed` letters came before this line.

    A letter without a space before it counts only when the next one stands nowhere with a space: after A only B, so
    that a letter in the text of an option is hardly ever taken for one.
    """
    spaced = list(inline_options(text))
    known = {label.index for label in spaced if label.style == "letter"}
    glued = (_letter(found) for found in _GLUED_OPTION.finditer(half(text)))
    beside = [label for label in glued if label.index not in known] if last.style == "letter" else []
    undotted = _UNDOTTED.finditer(half(text)) if last.style == "letter" and (known or beside) else iter(())
    bare = next(undotted, None)
    for label in sorted(spaced + beside, key=lambda each: each.start):
        if label.start < last.end:
            continue
        while (
            bare
            and (bare.start() < last.end or ord(bare[1]) - 65 != last.index + 1)
            and bare.start() < label.start
        ):
            bare = next(undotted, None)
        if label.style == "letter" and label.index == last.index + 2 and bare and bare.start() < label.start:
            last = Label(last.index + 1, "letter", bare.end(), bare.start())  # B.甲C乙 D.丙
            yield last
        follows = label.style == last.style and label.index == last.index + 1
        if follows or (last.style == "circled" and label.style == "letter" and label.index == listed):
            yield label
            last = label


def behind_stem(text: str, *, goes_on: bool = False) -> Label | None:
    """The first option on the line of the stem itself: an A behind a space or a full stop, with a B after it, there
    or (`goes_on`) on the next line."""
    first: Label | None = None
    plain = half(text)
    glued = (_letter(found) for found in _GLUED_OPTION.finditer(plain))
    for label in sorted([*inline_options(text), *glued], key=lambda each: each.start):
        if label.style != "letter":
            continue
        if label.index == 0:
            if plain[label.start - 1 : label.start].strip(f"{_SENTENCE_END} ") == "":
                first = first or label
        elif first is not None and label.index == 1:
            return first
    return (
        first if goes_on and first and plain[: first.start].rstrip().endswith(tuple(_SENTENCE_END)) else None
    )


def spaced_label(text: str) -> Label | None:
    """A 甲: a letter, a space and no dot. Means an option only where the next line goes on with B."""
    found = _SPACED.match(text)
    return Label(ord(found[1]) - 65, "letter", found.end()) if found else None


def undotted_options(text: str) -> list[Label]:
    """A甲B乙C丙 or A 甲 B 乙 C 丙, without a dot: A, then the next letters in their order."""
    labels: list[Label] = []
    plain = half(text)
    for found in (_SPACED_RUN if _SPACED.match(plain) else _UNDOTTED).finditer(plain):
        if ord(found[1]) - 65 == len(labels) and (labels or not found.start()):
            labels.append(Label(len(labels), "letter", found.end(), found.start()))
    return labels


def undotted_first(text: str) -> Label | None:
    """A甲 B.乙: an A whose dot was forgotten, with a B that has one behind a space."""
    if _UNDOTTED.match(text) is None or not text.startswith("A"):
        return None
    follows = any(label.style == "letter" and label.index == 1 for label in inline_options(text))
    return Label(0, "letter", 1) if follows else None
