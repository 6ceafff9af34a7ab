"""Fonts as plates need them: glyphs and widths of a text, and a font file of a few glyphs.

HarfBuzz shapes as WeasyPrint's Pango does and cuts a font of 65 000 glyphs down to three in a tenth of a millisecond,
once the font is prepared. A CID-keyed OpenType font keeps its CIDs when it is cut, and the page is written in CIDs;
fonts of other kinds keep their glyph numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

import pydyf
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet

from certificates.press.outlines import bare

Features = tuple[tuple[str, int], ...]
_NEEDED = {"CFF ", "glyf", "loca", "head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep"}


@dataclass(frozen=True)
class Glyph:
    """`width` is what the font says, `advance` what the text around it makes of it, in thousandths of an em."""

    number: int
    width: float
    advance: float


class Face:
    """One font of the machine, as a process needs it."""

    def __init__(self, name: str, content: bytes, index: int, descriptor: Mapping[str, Any]) -> None:
        self.name, self.descriptor = name, dict(descriptor)
        self._face = hb.Face(hb.Blob(content), index)
        self._font = hb.Font(self._face)
        self._per_em = 1000 / self._face.upem

    @cached_property
    def has_curves(self) -> bool:
        """Whether its outlines are CFF (OpenType), not glyf (TrueType)."""
        return "CFF " in self._face.table_tags

    @cached_property
    def is_sound(self) -> bool:
        """Whether a cut-down font still finds its glyphs by the numbers that WeasyPrint writes."""
        if not self.has_curves:
            return "glyf" in self._face.table_tags
        last = self._face.glyph_count - 1
        kept = CFFFontSet()
        kept.decompile(BytesIO(self.cut([last])), None)
        top = kept.topDictIndex[0]
        return hasattr(top, "ROS") and top.charset[1:] == [f"cid{last:05d}"]

    def glyphs(self, text: str, features: Features, language: str) -> tuple[Glyph, ...] | None:
        """The glyphs of a text, one for each character; None when the font does not have it all that way."""
        return _glyphs(self, text, features, language)

    def shaped(self, text: str, features: Features, language: str) -> tuple[Glyph, ...] | None:
        """What `glyphs` remembers."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = language
        hb.shape(self._font, buffer, dict(features))
        found = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
        if len(found) != len(text) or any(p.x_offset or p.y_offset or not i.codepoint for i, p in found):
            return None
        return tuple(
            Glyph(i.codepoint, self.width(i.codepoint), p.x_advance * self._per_em) for i, p in found
        )

    def width(self, glyph: int) -> float:
        """How wide it is, in thousandths of an em."""
        return float(self._font.get_glyph_h_advance(glyph) * self._per_em)

    @cached_property
    def _prepared(self) -> hb.Face:
        return hb.subset_preprocess(self._face)

    def cut(self, glyphs: Iterable[int]) -> bytes:
        """A font file with only these glyphs (and the one for what is missing), found by their old numbers."""
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        drop = [tag for tag in self._face.table_tags if tag not in _NEEDED]
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in drop)
        wanted.flags = (
            hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        )
        if not self.has_curves:
            wanted.flags |= hb.SubsetFlags.RETAIN_GIDS
        cut = hb.subset(self._prepared, wanted)
        content = bytes(cut.blob.data)
        return bare(content) if self.has_curves else content


@lru_cache(maxsize=4096)
def _glyphs(face: Face, text: str, features: Features, language: str) -> tuple[Glyph, ...] | None:
    return face.shaped(text, features, language)


_faces: dict[tuple[str, int, int], Face] = {}


def face_of(font: Any) -> Face:
    """The face of a font that WeasyPrint has drawn with (`weasyprint.pdf.fonts.Font`)."""
    key = (font.name.decode(), font.index, len(font.file_content))
    if key not in _faces:
        name = font.name.decode().partition("+")[2]
        _faces[key] = Face(name, font.file_content, font.index, _descriptor(font))
    return _faces[key]


def _descriptor(font: Any) -> dict[str, Any]:
    return {
        "FontFamily": pydyf.String(font.family),
        "Flags": font.flags,
        "FontBBox": pydyf.Array([0, font.descent, 1000, font.ascent]),
        "ItalicAngle": font.italic_angle,
        "Ascent": font.ascent,
        "Descent": font.descent,
        "CapHeight": font.ascent,
        "StemV": font.stemv,
    }


def embed(add: Any, face: Face, glyphs: Mapping[int, str], pack: Any) -> bytes:
    """Add a font of these glyphs (with the text each stands for) to a file; its reference.

    `add` takes a pydyf object and gives it a number, `pack` compresses a stream's content."""
    numbers = sorted(glyphs)
    tag = "".join(chr(65 + byte % 26) for byte in sha256(repr((face.name, numbers)).encode()).digest()[:6])
    name = f"/{tag}+{face.name}"
    content = face.cut(numbers)
    kind = {"Subtype": "/CIDFontType0C"} if face.has_curves else {"Length1": len(content)}
    program = add(pack(content, kind))
    descriptor = {"Type": "/FontDescriptor", "FontName": name, **face.descriptor}
    descriptor["FontFile3" if face.has_curves else "FontFile2"] = program
    system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
    cid_font = {
        "Type": "/Font",
        "Subtype": "/CIDFontType0" if face.has_curves else "/CIDFontType2",
        "BaseFont": name,
        "CIDSystemInfo": pydyf.Dictionary(system),
        "W": _widths(face, numbers),
        "FontDescriptor": add(pydyf.Dictionary(descriptor)),
    }
    if not face.has_curves:
        cid_font["CIDToGIDMap"] = "/Identity"
    font = {
        "Type": "/Font",
        "Subtype": "/Type0",
        "BaseFont": name,
        "Encoding": "/Identity-H",
        "ToUnicode": add(pack(_to_unicode(glyphs), {})),
        "DescendantFonts": pydyf.Array([add(pydyf.Dictionary(cid_font))]),
    }
    reference: bytes = add(pydyf.Dictionary(font))
    return reference


def _widths(face: Face, numbers: Iterable[int]) -> pydyf.Array:
    """The glyphs that are not one em wide, which is what a reader takes for granted."""
    widths = pydyf.Array()
    for number in numbers:
        width = face.width(number)
        if width != 1000:
            widths.extend([number, pydyf.Array([round(width, 3)])])
    return widths


def _to_unicode(glyphs: Mapping[int, str]) -> bytes:
    lines = [f"<{number:04x}> <{text.encode('utf-16-be').hex()}>" for number, text in sorted(glyphs.items())]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return _CMAP.format(maps=maps).encode()


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{maps}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
