"""Writing a PDF of which nearly everything is known beforehand.

The bed is the beginning of every file of a plate: the objects that never change, already compressed, and their rows of
the cross-reference table. A sheet holds the objects of one person; it is laid behind the bed. What is neither a stream
nor the bed's own goes into one compressed object stream (ISO 32000-1, 7.5.7).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pydyf

from certificates.press import archive

_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
_ROW = struct.Struct(">BIH")  # kind, offset or object stream, generation or place in the object stream
_BEST, _QUICK = 9, 6


def packed(content: bytes, extra: Mapping[str, Any], level: int = _QUICK) -> pydyf.Stream:
    """A compressed stream."""
    return pydyf.Stream([archive.packed(content, level)], {**extra, "Filter": "/FlateDecode"})


@dataclass(frozen=True)
class Bed:
    """The bytes a file begins with, the rows of all `size` numbers given so far (those of objects that each sheet
    brings are still empty), and the catalog's entries."""

    start: bytes
    rows: bytes
    size: int
    catalog_number: int
    catalog: Mapping[str, Any]


def make_bed(pdf: pydyf.PDF, varying: set[int]) -> Bed:
    """The bed of a file; objects with the numbers of `varying` are left to the sheets."""
    number = len(pdf.objects)
    known = [each for each in pdf.objects[1:] if each.number not in varying]
    start, rows = bytearray(_HEADER), bytearray(_ROW.size * (number + 1))
    small = [each for each in known if each.compressible]
    for place, each in enumerate(small):
        _ROW.pack_into(rows, each.number * _ROW.size, 2, number, place)
    collected = _collected(small, number, _BEST)
    for each in [each for each in known if not each.compressible] + [collected]:
        _ROW.pack_into(rows, each.number * _ROW.size, 1, len(start), 0)
        start += each.indirect + b"\n"
    _ROW.pack_into(rows, 0, 0, 0, 65535)
    return Bed(bytes(start), bytes(rows), number + 1, pdf.catalog.number, dict(pdf.catalog))


def _collected(objects: list[Any], number: int, level: int) -> pydyf.Stream:
    """An object stream of small objects."""
    places, contents, position = [], [], 0
    for each in objects:
        data = each.data
        places += [each.number, position]
        contents.append(data)
        position += len(data) + 1
    index = " ".join(map(str, places)).encode()
    content = b"\n".join([index, *contents])
    stream = packed(content, {"Type": "/ObjStm", "N": len(objects), "First": len(index) + 1}, level)
    stream.number = number
    return stream


class Sheet:
    """The objects of one file that lie on a bed; like `pydyf.PDF`, as far as attachments need it."""

    def __init__(self, bed: Bed) -> None:
        self.bed, self.size = bed, bed.size
        self.catalog = pydyf.Dictionary(bed.catalog)
        self.objects: list[Any] = []
        self.put(bed.catalog_number, self.catalog)

    def put(self, number: int, each: Any) -> None:
        """Bring the object that the bed left open."""
        each.number = number
        self.objects.append(each)

    def add_object(self, each: Any) -> None:
        self.put(self.size, each)
        self.size += 1

    def add(self, each: Any) -> bytes:
        """Add an object; its reference."""
        self.add_object(each)
        reference: bytes = each.reference
        return reference

    def write(self, *, info: bytes, identifier: bytes) -> bytes:
        """The file; `info` refers to the document information, `identifier` is its name."""
        parts, position = [self.bed.start], len(self.bed.start)
        small = [each for each in self.objects if each.compressible]
        collected = _collected(small, self.size, _QUICK)
        rows = bytearray(self.bed.rows) + bytearray(_ROW.size * (self.size + 2 - self.bed.size))
        for place, each in enumerate(small):
            _ROW.pack_into(rows, each.number * _ROW.size, 2, self.size, place)
        for each in [each for each in self.objects if not each.compressible] + [collected]:
            _ROW.pack_into(rows, each.number * _ROW.size, 1, position, 0)
            parts.append(each.indirect + b"\n")
            position += len(parts[-1])
        _ROW.pack_into(rows, (self.size + 1) * _ROW.size, 1, position, 0)
        parts += [
            self._table(bytes(rows), info, identifier).indirect,
            b"\nstartxref\n%d\n%%%%EOF\n" % position,
        ]
        return b"".join(parts)

    def _table(self, rows: bytes, info: bytes, identifier: bytes) -> pydyf.Stream:
        extra = {
            "Type": "/XRef",
            "Size": self.size + 2,
            "W": pydyf.Array([1, 4, 2]),
            "Root": self.catalog.reference,
            "Info": info,
            "ID": pydyf.Array([b"(" + identifier + b")"] * 2),
        }
        table = packed(rows, extra)
        table.number = self.size + 1
        return table
