"""Pictures that people bring in."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw


def drawn_mark(*, size: tuple[int, int] = (300, 200), kind: str = "PNG", paper: str | None = None) -> bytes:
    """A red ring, on nothing or on paper of a colour."""
    sheet = Image.new("RGBA", size, paper or (0, 0, 0, 0))
    ImageDraw.Draw(sheet).ellipse((20, 20, size[0] - 20, size[1] - 20), outline="#b3261c", width=12)
    written = BytesIO()
    (sheet if kind == "PNG" else sheet.convert("RGB")).save(written, kind)
    return written.getvalue()
