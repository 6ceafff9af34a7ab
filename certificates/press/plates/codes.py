"""A QR code's rows of dark modules, from segno's SVG path to operators of a page."""

from __future__ import annotations

import re

_ROW = re.compile(
    r"[Mm](-?\d+) (-?[\d.]+)h(\d+)"
)  # a step to where a row of dark modules begins, and its length


def strokes(path: str) -> bytes:
    """The operators that draw a path of M, m and h, the only steps segno makes."""
    x, y = 0, 0.0
    lines = []
    for along, down, length in _ROW.findall(path):
        x, y = x + int(along), y + float(down)
        lines.append(f"{x} {y} m")
        x += int(length)
        lines.append(f"{x} {y} l")
    return "\n".join(lines).encode()
