"""Pictures that people send in, taken apart and made anew: what comes out holds pixels and nothing else.

The kind is told by the content, never by the name; a picture too large to be opened is refused by what its head says,
before a pixel is decoded. Metadata (place, time, camera), profiles, comments and whatever else was hidden in the file
stay behind.
"""

from __future__ import annotations

from io import BytesIO

import pillow_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from core.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")  # HEIF: what telephones keep
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, EOFError, RuntimeError, MemoryError)

pillow_heif.register_heif_opener()


def passport_picture(content: bytes, *, size: tuple[int, int], least: tuple[int, int]) -> bytes:
    """A JPEG of exactly `size` (width, height in pixels), upright, cut to that shape around its upper middle.

    Raises Refusal for what is no picture of FORMATS, is broken or too large, or upright smaller than `least`.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(
            _("This file is larger than %(most)s MB. Make it smaller and try again.")
            % {"most": MOST_BYTES // 1024 // 1024},
            code="size",
        )
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_pixels(picture)
            _check_whole(content, str(picture.format))
            picture.draft("RGB", (size[0] * 2, size[1] * 2))
            upright = ImageOps.exif_transpose(picture)
            _check_least(upright, least)
            return _made_anew(ImageOps.fit(_in_rgb(upright), size, centering=(0.5, 0.0)))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise Refusal(
            _("This is no picture we can read. Choose a photo as JPEG, PNG, WebP or HEIC."), code="picture"
        ) from error


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()


def _check_whole(content: bytes, kind: str) -> None:
    """Pillow shows what there is of a torn picture where some library told it to (WeasyPrint does)."""
    whole = {
        "JPEG": content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda"),
        "PNG": b"IEND" in content,
        "WEBP": int.from_bytes(content[4:8], "little") + 8 <= len(content),
    }
    if not whole.get(kind, True):
        raise ValueError("the end of the picture is missing")


def _check_least(picture: Image.Image, least: tuple[int, int]) -> None:
    if picture.width < least[0] or picture.height < least[1]:
        raise Refusal(
            _("This picture is too small to be printed: at least %(width)s × %(height)s pixels are needed.")
            % {"width": least[0], "height": least[1]},
            code="small",
        )


def _too_many_pixels() -> Refusal:
    return Refusal(
        _("This picture has more than %(most)s megapixels. Make it smaller and try again.")
        % {"most": MOST_PIXELS // 1_000_000},
        code="pixels",
    )


def _in_rgb(picture: Image.Image) -> Image.Image:
    """In the colours of a screen, on white where it was transparent."""
    picture = _without_profile(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture).convert("RGB")
    return picture.convert("RGB")


def _without_profile(picture: Image.Image) -> Image.Image:
    """Telephones keep wider colours than paper and screens show; a profile nobody can read is ignored."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        own, screen = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, own, screen, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def _made_anew(picture: Image.Image) -> bytes:
    """Pasted onto an empty sheet: comments and everything else that hung on the picture stay behind."""
    sheet, written = Image.new("RGB", picture.size), BytesIO()
    sheet.paste(picture)
    sheet.save(written, "JPEG", quality=88, optimize=True)
    return written.getvalue()
