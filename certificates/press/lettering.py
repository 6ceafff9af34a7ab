"""Whether a text can be printed as it is: each of its characters has a glyph in the fonts that print it.

The chain is the theme's own fonts and then every other font of the machine that has outlines, which is where Pango
looks as well. A letter with marks, or with a variation selector, needs one font that draws the whole of it: put
together from two fonts the mark stands beside its letter, and a selector nobody knows silently gives another form.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import uharfbuzz as hb

# Fonts made to draw something for everything, or nothing at all: what they "have" is no letter.
BLANKS = ("last resort", "lastresort", "adobe blank", "adobe notdef", "unicode bmp fallback")
OUTLINES = ("TrueType", "CFF", "Type 1C")
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))


@dataclass(frozen=True)
class Face:
    """One font of the machine: its family names in small letters, and where it lies."""

    families: tuple[str, ...]
    file: str
    index: int


def missing_glyphs(text: str, *, fonts: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What no font of the chain draws: single characters, or a letter with its marks. `fonts`: the theme's families."""
    return tuple(dict.fromkeys(each for each in clusters(text) if not _is_drawn(each, fonts)))


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that one font must draw: a character with the marks and selectors that follow it."""
    piece = ""
    for char in text:
        if piece and not _follows(char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def described(signs: Iterable[str]) -> str:
    """Each sign with its code points, for a person to read: a letter with a mark has several."""
    return "，".join(f"{sign} ({' '.join(f'U+{ord(char):04X}' for char in sign)})" for sign in signs)


@cache
def chain(fonts: tuple[str, ...] = ()) -> tuple[Face, ...]:
    """The faces of these families in their order, then all others that the machine has."""
    wanted = [family.lower() for family in fonts]
    own = [face for family in wanted for face in _installed() if family in face.families]
    return tuple(dict.fromkeys([*own, *_installed()]))


def _follows(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or any(ord(char) in block for block in SELECTORS)


@cache
def _is_drawn(cluster: str, fonts: tuple[str, ...]) -> bool:
    """No font known at all: it cannot be said, and a certificate with a box in the name must not go out."""
    if cluster == " ":
        return True
    if unicodedata.category(cluster[0]) == "Co":
        return False  # private use: every font draws something else there
    face = next((face for face in chain(fonts) if _has(face, cluster[0])), None)
    return face is not None and (len(cluster) == 1 or _draws(face, cluster))


def _draws(face: Face, cluster: str) -> bool:
    """The font that prints the letter also draws what follows it."""
    if len(cluster) == 2 and any(ord(cluster[1]) in block for block in SELECTORS):
        return _font(face).get_variation_glyph(ord(cluster[0]), ord(cluster[1])) not in (None, 0)
    buffer = hb.Buffer()
    buffer.add_str(cluster)
    buffer.guess_segment_properties()
    hb.shape(_font(face), buffer)
    return all(info.codepoint for info in buffer.glyph_infos)


def _has(face: Face, char: str) -> bool:
    """A glyph other than the box, and one that leaves ink."""
    font = _font(face)
    glyph = font.get_nominal_glyph(ord(char))
    if not glyph:
        return False
    extents = font.get_glyph_extents(glyph)
    return extents is None or bool(extents.width or extents.height) or char.isspace()


@cache
def _font(face: Face) -> hb.Font:
    """Mapped from the disk: a font of twenty thousand characters costs no memory of its own."""
    return hb.Font(hb.Face(hb.Blob.from_file_path(face.file), face.index))


@cache
def _installed() -> tuple[Face, ...]:
    """Every face with outlines, as fontconfig orders its list; named instances of variable fonts are their font."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return ()
    asked = [fc_list, "--format", "%{family}\\t%{file}\\t%{index}\\t%{fontformat}\\t%{color}\\n"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    lines = (line.split("\t") for line in found.stdout.splitlines())
    return tuple(sorted(set(_faces(lines)), key=lambda face: (face.file, face.index)))


def _faces(lines: Iterable[list[str]]) -> Iterator[Face]:
    for families, file, index, made_as, coloured in lines:
        names = tuple(name.strip().lower() for name in families.split(","))
        blank = any(name.startswith(BLANKS) for name in names)
        if made_as in OUTLINES and coloured != "True" and not blank:
            yield Face(names, file, int(index) & 0xFFFF)
