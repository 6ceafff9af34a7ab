"""Things that people send in."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def photo(colour: str = "red", size: tuple[int, int] = (600, 800)) -> bytes:
    """A JPEG of one colour."""
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return written.getvalue()
