"""A page's HTML cut at its fields: what is constant, and the texts that stand in the holes.

The constant parts are the whole truth about the page: whatever a template makes of a value outside a field (a class
for long names, a row left out) is in them, so equal parts and equal shapes of the texts mean equal layout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

from certificates.press.boxes import FIELD

SLOT = "data-slot"  # the number of a field on its page; a name may stand on it twice
QR = "qr_svg"
_HEAD = re.compile(r"<title>[^<]*</title>|<meta name=[^>]*>")  # the imprint of the file says it instead
# segno's drawing: a light ground, then each row's dark modules as strokes one module wide
_QR = re.compile(
    rf'(<\w+[^>]* {FIELD}="{QR}"[^>]*>\s*<svg [^>]*>(?:<title>[^<]*</title>)?<path [^>]*/>'
    r'<path stroke="[^"]*" d=")([^"]*)("/></svg>)'
)
_DOT = "M0 .5h1"


@dataclass(frozen=True)
class Page:
    """`parts` stand around `texts`, one more of them; `strokes` draw the QR code's dark modules, if there is one."""

    parts: tuple[str, ...]
    texts: tuple[str, ...]
    strokes: str

    def html(self, texts: Sequence[str]) -> str:
        """The page with other texts, each field with its number, and one dot in place of the QR code."""
        pieces = [self.parts[0]]
        for number, (text, part) in enumerate(zip(texts, self.parts[1:], strict=True)):
            before, _, name = pieces[-1].rpartition(f" {FIELD}=")
            pieces[-1] = f'{before} {SLOT}="{number}" {FIELD}={name}'
            pieces += [escape(text), part]
        return "".join(pieces)


def cut(html: str) -> Page:
    """The parts and texts of a page as its theme wrote it: an element is a field when it holds nothing but text."""
    head, end, body = html.partition("</head>")
    body = _HEAD.sub("", head) + end + body
    code = _QR.search(body)
    if code:
        body = f"{body[: code.start(2)]}{_DOT}{body[code.end(2) :]}"
    first, *others = body.split(f' {FIELD}="')
    parts, texts = [first], []
    for other in others:
        opened = other.index(">") + 1
        closed = other.index("<", opened)
        parts[-1] += f' {FIELD}="{other[:opened]}'
        if other.startswith("</", closed):
            texts.append(unescape(other[opened:closed]))
            parts.append(other[closed:])
        else:
            parts[-1] += other[opened:]
    return Page(tuple(parts), tuple(texts), code[2] if code else "")
