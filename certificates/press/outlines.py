"""The outlines of an OpenType font without the tables around them, as PDF takes them (FontFile3, CIDFontType0C).

PDF has its own widths and needs none of the others; readers draw bare outlines alike on both paths.
"""

from __future__ import annotations

import struct

_DIRECTORY, _ENTRY = struct.Struct(">4sHHHH"), struct.Struct(">4sIII")


def bare(font: bytes) -> bytes:
    """The font's `CFF ` table. Raises ValueError when it has none."""
    _, count, *_ = _DIRECTORY.unpack_from(font)
    for place in range(count):
        tag, _, offset, length = _ENTRY.unpack_from(font, _DIRECTORY.size + place * _ENTRY.size)
        if tag == b"CFF ":
            return font[offset : offset + length]
    raise ValueError("no CFF outlines")
