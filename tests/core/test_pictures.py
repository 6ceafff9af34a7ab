"""Pictures made anew: what is let in, what comes out, and what stays behind (faults.md rows 29 and 30)."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageDraw

from core.errors import Refusal
from core.pictures import MOST_BYTES, passport_picture

SIZE, LEAST = (60, 80), (30, 40)
RED, BLUE = (220, 30, 30), (30, 30, 220)


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 160), mode: str = "RGB", **saved: Any) -> bytes:
    """The upper half red, the lower blue."""
    drawn = Image.new(mode, size, BLUE)
    ImageDraw.Draw(drawn).rectangle((0, 0, size[0], size[1] // 2), fill=RED)
    written = BytesIO()
    drawn.save(written, kind, **saved)
    return written.getvalue()


def heic() -> bytes:
    written = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (120, 160), RED)).save(written, quality=90)
    return written.getvalue()


def made(content: bytes) -> Image.Image:
    return Image.open(BytesIO(passport_picture(content, size=SIZE, least=LEAST)))


def refused(content: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        passport_picture(content, size=SIZE, least=LEAST)
    return refusal.value.code


def near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("content", [picture(), picture("PNG"), picture("WEBP"), heic()])
def test_every_kind_that_telephones_make_becomes_one_jpeg(content: bytes) -> None:
    found = made(content)
    assert (found.format, found.size, found.mode) == ("JPEG", SIZE, "RGB")


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "ICO", "PPM"])
def test_other_kinds_are_refused_whatever_they_are_called(kind: str) -> None:
    assert refused(picture(kind)) == "picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 20,
        picture()[:400],
        picture("PNG")[:100],
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    assert refused(content) == "picture"


def test_a_web_page_behind_a_picture_stays_behind() -> None:
    page = b"<html><script>alert(document.cookie)</script></html>"
    for content in (picture() + page, picture(comment=page), picture("PNG") + page):
        assert b"script" not in passport_picture(content, size=SIZE, least=LEAST)


def test_place_camera_comment_and_profile_stay_behind() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Camera 4711", {1: "N", 2: (30.0, 15.0, 0.0)}
    content = picture(exif=exif, comment=b"taken at home", icc_profile=b"no profile at all")
    assert b"Camera 4711" in content
    found = passport_picture(content, size=SIZE, least=LEAST)
    for left_out in (b"Camera", b"Exif", b"home", b"ICC_PROFILE"):
        assert left_out not in found


def test_a_lying_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held to the side: turn by 90 degrees to the right
    lying = Image.open(BytesIO(picture())).rotate(90, expand=True)
    written = BytesIO()
    lying.save(written, "JPEG", exif=exif)
    found = made(written.getvalue())
    assert near(found.getpixel((30, 10)), RED)
    assert near(found.getpixel((30, 70)), BLUE)


def test_the_cut_keeps_the_upper_middle() -> None:
    tall = made(picture(size=(120, 400)))
    assert near(tall.getpixel((30, 5)), RED)
    assert near(tall.getpixel((30, 75)), RED)
    wide = Image.new("RGB", (400, 160), BLUE)
    ImageDraw.Draw(wide).rectangle((140, 0, 260, 160), fill=RED)
    written = BytesIO()
    wide.save(written, "PNG")
    assert near(made(written.getvalue()).getpixel((2, 40)), RED)


def test_what_was_transparent_is_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (120, 160), (0, 0, 0, 0)).save(written, "PNG")
    assert near(made(written.getvalue()).getpixel((30, 40)), (255, 255, 255))


def test_a_bomb_is_refused_before_a_pixel_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    assert refused(bomb) == "pixels"
    below_pillows_own_cap = bomb.replace(
        head, chunk(b"IHDR", struct.pack(">IIBBBBB", 8_000, 8_000, 8, 2, 0, 0, 0))
    )
    assert refused(below_pillows_own_cap) == "pixels"


def test_a_file_too_large_or_a_picture_too_small_is_refused() -> None:
    assert refused(picture() + bytes(MOST_BYTES)) == "size"
    assert refused(picture(size=(29, 400))) == "small"
    assert refused(picture(size=(400, 39))) == "small"
