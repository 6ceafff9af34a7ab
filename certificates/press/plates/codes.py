"""A QR code's rows of dark modules, from segno's SVG path to operators of a page."""

from __future__ import annotations

import re

_STEP = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def strokes(path: str) -> bytes:
    """The operators that draw a path of M, m and h, the only steps segno makes."""
    x = y = 0.0
    lines = []
    for step, along, down in _STEP.findall(path):
        if step == "M":
            x, y = float(along), float(down)
        else:
            x, y = x + float(along), y + float(down or 0)
        lines.append(f"{x:g} {y:g} {'l' if step == 'h' else 'm'}")
    return "\n".join(lines).encode()
