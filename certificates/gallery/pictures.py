"""The picture of a seal or a signature, made anew from what was sent in: pixels on a transparent ground, nothing else.

PNG and JPEG only, told by the content and never by the name: a drawing (SVG) could carry scripts and addresses. What
was scanned on white paper loses the white, as if it had been pressed onto the page itself.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from core.errors import Refusal

FORMATS = ("PNG", "JPEG")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LEAST = (120, 60)
LARGEST = (1200, 1200)  # 300 dpi at ten centimetres: more than any page shows
PAPER = 28  # of 255: what is fainter is the paper, which is never quite white, or the noise of a JPEG
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, EOFError, RuntimeError, MemoryError)


def mark_picture(content: bytes) -> bytes:
    """A transparent PNG of what the file shows, cut to its ink and no larger than LARGEST.

    Raises Refusal for anything but a sound PNG or JPEG, for one too large or too small, and for an empty sheet.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(_("This picture is larger than %(most)s MB.") % {"most": MOST_BYTES >> 20}, code="size")
    if not _is_whole(content):
        raise _unsound()
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            return _written(_cut(_on_nothing(ImageOps.exif_transpose(picture))))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise _unsound() from error


def _is_whole(content: bytes) -> bool:
    """Whether a file has its end. Pillow shows what there is where some library told it to, and WeasyPrint does."""
    return b"IEND" in content or content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")


def _on_nothing(picture: Image.Image) -> Image.Image:
    """With a transparent ground: its own, or in the place of white paper."""
    shown = picture.convert("RGBA")
    least_opaque, _full = shown.getchannel("A").getextrema()
    if least_opaque != 255:
        return shown
    colours = np.asarray(shown.convert("RGB"), dtype=np.float32)
    ink = 255 - colours.min(axis=2, keepdims=True)  # what is left when the white is taken out of it
    ink[ink < PAPER] = 0
    pure = np.where(ink > 0, (colours - (255 - ink)) * 255 / np.maximum(ink, 1), 0)
    return Image.fromarray(np.concatenate([pure.clip(0, 255), ink], axis=2).astype(np.uint8), "RGBA")


def _cut(picture: Image.Image) -> Image.Image:
    found = picture.getchannel("A").getbbox()
    if found is None:
        raise Refusal(_("There is nothing on this picture."), code="empty")
    cut = picture.crop(found)
    if cut.width < LEAST[0] or cut.height < LEAST[1]:
        raise Refusal(
            _("This picture is too small to be printed: at least %(width)s × %(height)s pixels are needed.")
            % {"width": LEAST[0], "height": LEAST[1]},
            code="small",
        )
    cut.thumbnail(LARGEST)
    return cut


def _written(picture: Image.Image) -> bytes:
    """On a fresh sheet: comments and everything else that hung on the picture stay behind."""
    sheet, written = Image.new("RGBA", picture.size), BytesIO()
    sheet.paste(picture)
    sheet.save(written, "PNG", optimize=True)
    return written.getvalue()


def _too_many_pixels() -> Refusal:
    return Refusal(
        _("This picture has more than %(most)s megapixels. Make it smaller and try again.")
        % {"most": MOST_PIXELS // 1_000_000},
        code="pixels",
    )


def _unsound() -> Refusal:
    return Refusal(_("Choose a sound PNG or JPEG picture; drawings (SVG) are not taken."), code="picture")
