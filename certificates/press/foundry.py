"""Fonts cut down once, to what certificates are written with.

A Chinese font of the machine holds 65 000 glyphs, and WeasyPrint walks through all of them to take out the two
hundred that a page shows. Cut down to 9 000 it finds them many times as fast. The cut fonts lie in the var folder
under a name made of their source and their characters; a fontconfig file beside them puts each before the font it was
cut from, which stays behind it for everything rarer. Themes know nothing of this: they name the font.

Glyphs are numbered anew, and the numbers are written into the font as its character ids: printed from a font where the
two differ, Chinese text is blank on the paper while it can still be copied (docs: performance.md).
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import uharfbuzz as hb
from django.conf import settings
from fontTools.misc.psCharStrings import T2CharString, T2WidthExtractor
from fontTools.ttLib import TTFont
from weasyprint.text.fonts import FontConfiguration

from core.hashing import sha256_hex

logger = logging.getLogger(__name__)

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
WEIGHTS = ("regular", "bold")
CUT = "Qinglan"  # a cut font is called Qinglan Noto Serif CJK SC: two fonts of one name could be mistaken
RECIPE = 3  # another number, other files
# 8105 characters: 通用规范汉字表 of 2013, from Unicode's Unihan database (kTGH)
STANDARD = Path(__file__).with_name("standard_characters.txt")
# Latin with accents, punctuation, numbers in circles, full-width forms
BLOCKS = ((0x20, 0x17F), (0x2010, 0x206F), (0x2460, 0x2473), (0x3000, 0x303F), (0xFF00, 0xFFEF))
FEATURES = (
    "kern",
    "palt",
    "halt",
    "mark",
    "ccmp",
    "liga",
)  # what horizontal text of one language can ask for
TABLES = ("BASE", "DSIG", "VORG", "vhea", "vmtx")  # upright columns and signatures of the whole font
EM = 1000  # units; a Chinese glyph is as wide as high
_NAMES = (1, 3, 4, 16)  # where the name table keeps the family's name
_MAKING = threading.Lock()
_TURN = threading.Lock()


@dataclass(frozen=True)
class Source:
    """A font of the machine: which one in which file."""

    family: str
    weight: str
    file: Path
    index: int

    @property
    def cut_name(self) -> str:
        """The cut font's file name: changes with the source, the characters and the recipe."""
        seen = self.file.stat()
        made_of = (
            self.file,
            self.index,
            seen.st_size,
            seen.st_mtime_ns,
            RECIPE,
            hb.__version__,
            characters(),
        )
        return f"{self.family.replace(' ', '')}-{self.weight}-{_digest(*made_of)}.otf"


@cache
def fonts() -> FontConfiguration:
    """The machine's fonts, the cut ones before those they were cut from. Where they cannot be cut, the machine's alone.

    The first call on a machine takes some ten seconds, later ones look into a folder."""
    try:
        cast = cast_fonts()
        with _TURN, _asking(cast):  # the environment is one for all threads
            return FontConfiguration()
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("Printing goes on with uncut fonts: %s", error)
        return FontConfiguration()


def cast_fonts() -> Path:
    """Cut what is not there yet; the fontconfig file that names the cut fonts. May run in many processes at once."""
    sources = _sources()
    folder = Path(settings.FONTS_DIR) / _digest(*(source.cut_name for source in sources))
    folder.mkdir(parents=True, exist_ok=True)
    with _MAKING:
        for source in sources:
            target = folder / source.cut_name
            if not target.exists():
                _write(target, cut(source))
        told = _configuration(folder).encode()
        target = folder / "fonts.conf"
        if not target.exists() or target.read_bytes() != told:
            _write(target, told)
    return target


def cut(source: Source) -> bytes:
    """An OpenType font of the source's glyphs for `characters`, without hints, subroutines and vertical forms."""
    face = hb.Face(hb.Blob.from_file_path(str(source.file)), source.index)
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).set(set(map(ord, characters())))
    wanted.sets(hb.SubsetInputSets.LAYOUT_FEATURE_TAG).set({_tag(name) for name in FEATURES})
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update({_tag(name) for name in TABLES})
    flags = hb.SubsetFlags
    wanted.flags = (
        flags.CFF_IDENTITY_CHARSET | flags.NO_HINTING | flags.DESUBROUTINIZE | flags.NO_LAYOUT_CLOSURE
    )
    return _finished(hb.subset(face, wanted).blob.data, source.family)


@cache
def characters() -> str:
    """What the cut fonts draw, in code order."""
    found = set(STANDARD.read_text(encoding="utf-8")) - {"\n"}
    for first, last in BLOCKS:
        found.update(map(chr, range(first, last + 1)))
    rows = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    found.update("".join(pair.decode("gb2312", "ignore") for pair in rows))
    return "".join(sorted(found))


@cache
def _sources() -> tuple[Source, ...]:
    return tuple(filter(None, (_source(family, weight) for family in FAMILIES for weight in WEIGHTS)))


def _source(family: str, weight: str) -> Source | None:
    """The installed font of that name and weight; None when fontconfig would give another."""
    fc_match = shutil.which("fc-match")
    if fc_match is None:
        return None
    asked = [fc_match, "--format", "%{family}\\t%{file}\\t%{index}", f"{family}:weight={weight}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603
    found, file, index = told.split("\t")
    if family not in found.split(",") or not file.endswith((".ttc", ".otf")):
        return None
    return Source(family, weight, Path(file), int(index) & 0xFFFF)


def _finished(font: bytes, family: str) -> bytes:
    """The cut font under its own name, with one usual width for all glyphs."""
    opened = TTFont(BytesIO(font))
    for record in opened["name"].names:
        if record.nameID in _NAMES:
            record.string = f"{CUT} {family}"
    top = opened["CFF "].cff.topDictIndex[0]
    for name in opened.getGlyphOrder():
        _write_width(top.CharStrings[name])
    for kind in top.FDArray:
        kind.Private.defaultWidthX, kind.Private.nominalWidthX = EM, 0
    out = BytesIO()
    opened.save(out)
    return out.getvalue()


def _write_width(glyph: T2CharString) -> None:
    """Say the glyph's width outright, or nothing when it is as wide as high (Adobe Technical Note 5177, 3.1).

    A CID-keyed font counts widths from other numbers for each kind of glyph, and a program may begin in several ways.
    page-validation takes the numbers of another kind and sees a width before `rmoveto` only, and calls files faulty
    whose widths are right; said like this there is nothing to mistake."""
    reader = _WidthReader([], [], glyph.private.nominalWidthX, glyph.private.defaultWidthX)
    reader.execute(glyph)
    strokes = glyph.program[1:] if reader.is_said else glyph.program
    glyph.setProgram(strokes if reader.width == EM else [reader.width, *_in_both_directions(strokes)])


def _in_both_directions(strokes: list[Any]) -> list[Any]:
    """The same program, its first step written as `rmoveto`."""
    match strokes[:2]:
        case [across, "hmoveto"]:
            return [across, 0, "rmoveto", *strokes[2:]]
        case [up, "vmoveto"]:
            return [0, up, "rmoveto", *strokes[2:]]
    return strokes


class _WidthReader(T2WidthExtractor):
    """Runs a glyph's program as far as its width; `is_said` when the program begins with it."""

    is_said = False

    def popallWidth(self, evenOdd: int = 0) -> list[float]:  # noqa: N802, N803 -- fontTools' names
        first = not self.gotWidth
        given = len(self.operandStack)
        rest: list[float] = super().popallWidth(evenOdd)
        self.is_said = self.is_said or (first and len(rest) < given)
        return rest


def _configuration(folder: Path) -> str:
    """A fontconfig file: the machine's own, the folder of the cut fonts, and who stands before whom."""
    before = "".join(_BEFORE.format(family=family, cut=f"{CUT} {family}") for family in FAMILIES)
    above = os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    return _FONTS_CONF.format(above=escape(above), folder=escape(str(folder)), before=before)


@contextmanager
def _asking(configuration: Path) -> Iterator[None]:
    """fontconfig reads this file when it is asked within."""
    kept = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(configuration)
    try:
        yield
    finally:
        os.environ.pop("FONTCONFIG_FILE")
        if kept is not None:
            os.environ["FONTCONFIG_FILE"] = kept


def _write(target: Path, content: bytes) -> None:
    """All or nothing: another process sees the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)


def _digest(*made_of: object) -> str:
    return sha256_hex(repr(made_of).encode())[:16]


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


_BEFORE = """
<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="prepend" binding="same"><string>{cut}</string></edit></match>"""
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">{above}</include>
<dir>{folder}</dir><cachedir>{folder}/cache</cachedir>{before}
</fontconfig>
"""
