"""A page's content stream, as WeasyPrint wrote it: a list of operators, found again by what stands in them.

WeasyPrint begins every piece of text with a text matrix that holds the place of its box, so a box is found by the
bytes of its matrix. What it writes in between are fonts and strings: `/ABCDEF 18.9 Tf` and `[<0a1b>-20<0c2d>] TJ`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pydyf

_FONT = re.compile(rb"/(\w+) (\S+) Tf")
_SHOWN = re.compile(rb"<([0-9a-f]*)>|(-?[\d.]+)")


@dataclass(frozen=True)
class Run:
    """Glyphs of one font; `kerns` are moved back before each glyph and after the last, in thousandths of an em."""

    font: str
    size: bytes
    glyphs: tuple[int, ...]
    kerns: tuple[int, ...]


def operators(stream: pydyf.Stream) -> list[bytes]:
    """The content of a stream that is not compressed yet."""
    return [_bytes(item) for item in stream.stream]


def _bytes(item: Any) -> bytes:
    data: bytes = (
        item if isinstance(item, bytes) else item.data if hasattr(item, "data") else str(item).encode()
    )
    return data


def matrix(x: float, y: float) -> bytes:
    """The operator that begins a text at this place of the page."""
    stream = pydyf.Stream()
    stream.set_text_matrix(1, 0, 0, -1, x, y)
    return _bytes(stream.stream[0])


def named(operator: bytes, names: dict[str, str]) -> bytes:
    """The same operator with its font called by another name."""
    found = _FONT.fullmatch(operator)
    return b"/%s %s Tf" % (names[found[1].decode()].encode(), found[2]) if found else operator


def runs(content: list[bytes]) -> list[Run] | None:
    """The runs of one piece of text, or None when there is anything else in it."""
    found: list[Run] = []
    font: re.Match[bytes] | None = None
    for operator in content:
        if (new := _FONT.fullmatch(operator)) is not None:
            font = new
        elif operator.endswith(b" TJ") and font is not None:
            found.append(Run(font[1].decode(), font[2], *_shown(operator)))
        else:
            return None
    return found


def _shown(operator: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    glyphs: list[int] = []
    kerns = [0]
    for string, number in _SHOWN.findall(operator):
        if number:
            kerns[-1] += int(float(number))
        for start in range(0, len(string), 4):
            glyphs.append(int(string[start : start + 4], 16))
            kerns.append(0)
    return tuple(glyphs), tuple(kerns)


def drawn(content: list[bytes]) -> Iterator[tuple[str, int]]:
    """The glyphs that operators show, each with the name of its font."""
    font = ""
    for operator in content:
        if (found := _FONT.fullmatch(operator)) is not None:
            font = found[1].decode()
        elif operator.endswith(b" TJ"):
            yield from ((font, glyph) for glyph in _shown(operator)[0])


def show(glyphs: list[int], kerns: list[int] | tuple[int, ...]) -> bytes:
    """The operator that draws these glyphs, moved back by `kerns` as in `Run`."""
    if not any(kerns):
        return b"[<%s>] TJ" % b"".join(b"%04x" % glyph for glyph in glyphs)
    parts = [b"%d<" % kerns[0] if kerns[0] else b"<"]
    for glyph, kern in zip(glyphs, kerns[1:], strict=True):
        parts.append(b"%04x>%d<" % (glyph, kern) if kern else b"%04x" % glyph)
    return b"[%s>] TJ" % b"".join(parts)
