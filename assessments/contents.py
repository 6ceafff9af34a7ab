"""What a file is, told from its bytes and never from its name: pictures, sounds, documents.

Nothing is unpacked, and no picture is looked through before its header has said how large it is.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image

from core.archives import BROKEN
from core.errors import Refusal

MB = 1 << 20
MOST_PIXELS = 25_000_000
PICTURES = ("PNG", "JPEG", "WEBP", "GIF")
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "MPO": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
ORIENTATION, LYING = 0x0112, {5, 6, 7, 8}  # EXIF: shown turned by a quarter
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"
SCRIPTS = re.compile(rb"<(?:script|html|iframe|!doctype html)\b", re.I)
MARKUP_LOOKED_AT = 1 << 20
M4A_BRANDS = {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2"}
FILM_TRACK = b"hdlr" + bytes(8) + b"vide"
MOST_MEMBERS = 5000
OFFICE = {
    "word/document.xml": ".docx",
    "ppt/presentation.xml": ".pptx",
    "xl/workbook.xml": ".xlsx",
}
OPEN_OFFICE = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
OLD_OFFICE = {"WordDocument": ".doc", "PowerPoint Document": ".ppt", "Workbook": ".xls"}


@dataclass(frozen=True)
class Picture:
    """A picture that browsers show; width and height in pixels, as it is shown."""

    suffix: str
    width: int
    height: int


def read_handed_in(file: File[Any], *, most_mb: int) -> tuple[bytes, str]:
    """The bytes of a file that somebody hands in, and the suffix that says what they are, "" where nothing does.

    Raises Refusal for one that is too large or empty, and for what `picture_in` and `office_suffix` refuse.
    """
    if file.size > most_mb * MB:
        raise Refusal(
            _("This file is larger than %(most)s MB. Make it smaller and try again.") % {"most": most_mb},
            code="size",
        )
    content = file.read()
    if not content:
        raise Refusal(_("This file is empty. Choose another one."), code="empty")
    picture = picture_in(content)
    return content, picture.suffix if picture else office_suffix(content)


def picture_in(content: bytes) -> Picture | None:
    """The picture these bytes are, or None when they are something else.

    Raises Refusal for one that is broken, larger than 25 megapixels, or carries a web page inside.
    """
    if not _begins_as_picture(content):
        return None
    if SCRIPTS.search(content):
        raise Refusal(
            _("This picture has a web page hidden in it. Open it in a picture program and save it anew."),
            code="polyglot",
        )
    try:
        picture = _looked_through(content)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, SyntaxError, ValueError, TypeError, EOFError) as error:  # what Pillow raises
        raise _damaged() from error
    if picture.suffix == ".jpg" and content.rfind(JPEG_END) < content.rfind(JPEG_SCAN):
        raise _damaged()  # Pillow shows what there is of it where some library told it to (WeasyPrint does)
    return picture


def _begins_as_picture(content: bytes) -> bool:
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return webp or content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"))


def _looked_through(content: bytes) -> Picture:
    with Image.open(BytesIO(content), formats=PICTURES) as picture:
        width, height, suffix = picture.width, picture.height, SUFFIXES[str(picture.format)]
        if width * height > MOST_PIXELS:
            raise _too_many_pixels()
        picture.verify()
    with Image.open(BytesIO(content), formats=PICTURES) as picture:
        if picture.getexif().get(ORIENTATION) in LYING:
            width, height = height, width
    return Picture(suffix, width, height)


def _damaged() -> Refusal:
    return Refusal(
        _("This picture is damaged. Open it in a picture program and save it anew."), code="damaged"
    )


def _too_many_pixels() -> Refusal:
    most = MOST_PIXELS // 1_000_000
    return Refusal(
        _("This picture has more than %(most)s megapixels. Make it smaller and try again.") % {"most": most},
        code="pixels",
    )


def sound_suffix(content: bytes) -> str:
    """.mp3, .ogg, .wav or .m4a by its signature; empty for anything else, films among them."""
    if SCRIPTS.search(content[:MARKUP_LOOKED_AT]):
        return ""
    if content.startswith(b"OggS"):
        return ".ogg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return ".wav"
    if content[4:8] == b"ftyp" and content[8:12] in M4A_BRANDS and FILM_TRACK not in content:
        return ".m4a"
    return ".mp3" if content.startswith(b"ID3") or _is_mp3_frame(content[:4]) else ""


def _is_mp3_frame(head: bytes) -> bool:
    """A frame header of MPEG audio, layer III, with a bit rate and a sample rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[2] >> 4 not in (0x0, 0xF) and head[2] >> 2 & 0x3 != 0x3


def office_suffix(content: bytes) -> str:
    """The suffix of a PDF, an office document or a packed folder; empty for anything else.

    Raises Refusal for a document with macros.
    """
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(b"PK\x03\x04"):
        return _zip_suffix(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office_suffix(content)
    if content.startswith(b"7z\xbc\xaf\x27\x1c"):
        return ".7z"
    return ".rar" if content.startswith(b"Rar!\x1a\x07") else ""


def _zip_suffix(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
            if len(packed.infolist()) > MOST_MEMBERS:
                return ""
            mimetype = _mimetype_of(packed) if "mimetype" in names else b""
    except BROKEN:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _has_macros()
    if mimetype in OPEN_OFFICE:
        return OPEN_OFFICE[mimetype]
    return next((suffix for member, suffix in OFFICE.items() if member in names), ".zip")


def _mimetype_of(packed: zipfile.ZipFile) -> bytes:
    """What an OpenDocument file calls itself; a long member is none."""
    if packed.getinfo("mimetype").file_size > 100:
        return b""
    with packed.open("mimetype") as member:
        return member.read(100).strip()


def _old_office_suffix(content: bytes) -> str:
    """Word, PowerPoint or Excel of before 2007: the streams of the compound file are named in UTF-16."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise _has_macros()
    for stream, suffix in OLD_OFFICE.items():
        if stream.encode("utf-16-le") in content:
            return suffix
    return ""


def _has_macros() -> Refusal:
    return Refusal(
        _(
            "This document contains macros. Save it without them (for example as .docx or .xlsx) and try again."
        ),
        code="macros",
    )
