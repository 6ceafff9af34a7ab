"""Pictures and sounds of questions: what is kept, what is refused, how they are served (faults.md rows 29 and 30)."""

from __future__ import annotations

import struct
import wave
import zlib
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageFile

from assessments.bank import media
from assessments.contents import MOST_PIXELS
from assessments.models import Medium
from core import private_files
from core.errors import Refusal
from core.hashing import sha256_hex
from core.models import AuditEntry
from people.models import Person
from tests.assessments.making import TYPES, make_question, picture_bytes
from tests.factories import LONG_AGO_AT

pytestmark = pytest.mark.django_db


def keep(content: bytes, name: str = "图.png", by: Person | None = None) -> Medium:
    return media.keep_medium(content=content, name=name, by=by, now=LONG_AGO_AT)


def sound(frames: int = 8000) -> bytes:
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * frames))
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """The header of a picture that would need gigabytes, and no picture behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def turned_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def m4a(brand: bytes = b"M4A ", more: bytes = b"") -> bytes:
    return struct.pack(">I", 20) + b"ftyp" + brand + bytes(8) + more + bytes(64)


@pytest.mark.parametrize(
    ("format", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp"), ("GIF", ".gif")]
)
def test_picture_is_kept_under_its_hash_whatever_it_was_called(
    format: str, suffix: str, person: Person, now: datetime
) -> None:
    content = picture_bytes(format, (40, 30))
    medium = media.keep_medium(content=content, name="图.html", by=person, now=now)
    file = sha256_hex(content) + suffix
    assert (medium.file, medium.name, medium.size) == (file, "图.html", len(content))
    assert (medium.width, medium.height, medium.kept_by, medium.kept_at) == (40, 30, person, now)
    assert media.bytes_of(file) == content
    assert AuditEntry.objects.filter(action="medium.kept", target=f"assessments.medium:{file}").count() == 1


def test_picture_of_a_turned_phone_is_as_wide_as_it_is_shown() -> None:
    medium = keep(turned_jpeg())
    assert (medium.width, medium.height) == (30, 40)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (sound(), ".wav"),
        (b"OggS" + bytes(60), ".ogg"),
        (b"ID3\x04" + bytes(60), ".mp3"),
        (b"\xff\xfb\x90\x00" + bytes(60), ".mp3"),
        (m4a(), ".m4a"),
        (m4a(b"isom"), ".m4a"),
    ],
)
def test_sound_is_known_by_its_signature(content: bytes, suffix: str) -> None:
    medium = keep(content, "音.png")
    assert (medium.file, medium.width, medium.height) == (sha256_hex(content) + suffix, None, None)


def test_same_bytes_are_kept_once() -> None:
    content = picture_bytes()
    assert keep(content, "一.png") == keep(content, "二.png")
    assert Medium.objects.count() == AuditEntry.objects.filter(action="medium.kept").count() == 1


def test_half_written_file_is_replaced() -> None:
    """Row 16: what a full disk left is not shown for ever."""
    content = picture_bytes()
    medium = keep(content)
    path = private_files.storage().path(media.path_of(medium.file))
    with open(path, "wb") as file:
        file.write(content[:5])
    keep(content)
    assert media.bytes_of(medium.file) == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"<!doctype html><script>alert(1)</script>", "kind"),
        (b"GIF89a/*<script>*/=1;/*" + picture_bytes("GIF")[6:], "polyglot"),
        (picture_bytes("PNG") + b"<HTML><body>", "polyglot"),
        (picture_bytes("JPEG") + b"<!DOCTYPE html>", "polyglot"),
        (b"ID3\x04<script>alert(1)</script>", "kind"),
        (picture_bytes("TIFF"), "kind"),
        (picture_bytes("BMP"), "kind"),
        (picture_bytes("ICO"), "kind"),
        (b"%PDF-1.7", "kind"),
        (b"", "kind"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "kind"),
        (b"\xff\xd8\xff\xe0 not a picture", "damaged"),
        (picture_bytes("PNG", (400, 300))[:-40], "damaged"),
        (picture_bytes("JPEG", (400, 300))[:-400], "damaged"),
        (m4a(more=b"hdlr" + bytes(8) + b"vide"), "kind"),
        (m4a(b"qt  "), "kind"),
        (b"\xff\xfb\xf0\x00", "kind"),
    ],
)
def test_anything_else_is_refused(content: bytes, code: str) -> None:
    """Row 29."""
    with pytest.raises(Refusal) as refused:
        keep(content)
    assert refused.value.code == code
    assert Medium.objects.count() == 0


@pytest.mark.parametrize("size", [(5001, 5000), (60_000, 60_000), (20_000, 9_000)])
def test_pixel_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    """Row 30: some kilobytes that would fill the memory; there is nothing behind the header to decode."""
    with pytest.raises(Refusal) as refused:
        keep(huge_png(*size))
    assert refused.value.code == "pixels"
    assert str(MOST_PIXELS // 1_000_000) in str(refused.value)


@pytest.mark.parametrize(
    ("content", "most"),
    [(picture_bytes() + bytes(5 << 20), 5), (b"OggS" + bytes(20 << 20), 20)],
)
def test_file_larger_than_allowed_is_refused(content: bytes, most: int) -> None:
    with pytest.raises(Refusal, match=f"{most} MB") as refused:
        keep(content)
    assert refused.value.code == "size"


def test_half_a_picture_is_refused_whatever_other_libraries_told_pillow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for format in ("JPEG", "PNG", "WEBP"):
        content = picture_bytes(format, (400, 300))
        with pytest.raises(Refusal) as refused:
            keep(content[: len(content) * 2 // 3])
        assert (refused.value.code, format) == ("damaged", format)


def test_question_may_show_only_what_the_bank_holds(django_assert_num_queries: Any) -> None:
    medium = keep(picture_bytes())
    shown = {"media": [{"file": medium.file, "alt": "一张图"}]}
    make_question("Q1", body_extra=shown)
    absent = f"{'0' * 64}.png"
    with pytest.raises(Refusal, match=absent) as refused:
        make_question("Q2", body_extra={"media": [{"file": absent, "alt": "没有的图"}]})
    assert refused.value.code == "missing_files"
    spots = TYPES["hotspot"][0]
    with pytest.raises(Refusal, match=absent):
        make_question("Q3", "hotspot", body_extra={"image": {**spots["image"], "file": absent}})
    with django_assert_num_queries(1):
        assert media.missing_files([absent, medium.file, absent]) == (absent,)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_picture_is_served_for_long_and_cannot_act(person: Person, login: Any) -> None:
    content = picture_bytes("JPEG")
    response = login(person).get(media.address_of(keep(content).file))
    assert (response.status_code, response["Content-Type"], body(response)) == (200, "image/jpeg", content)
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_sound_can_be_started_in_the_middle(person: Person, login: Any) -> None:
    content = sound()
    url = media.address_of(keep(content).file)
    response = login(person).get(url, headers={"range": "bytes=1000-"})
    assert (response.status_code, body(response)) == (206, content[1000:])
    assert response["Content-Type"] == "audio/wav"


@pytest.mark.parametrize(
    "name", [f"{'0' * 64}.png", "x.png", f"{'0' * 64}.svg", "..%2F..%2Fdb.sqlite3", "a.html"]
)
def test_other_names_are_not_found(name: str, person: Person, login: Any) -> None:
    assert login(person).get(f"/exams/media/{name}").status_code == 404


def test_name_that_is_no_hash_leads_nowhere_else_in_the_private_storage(person: Person, login: Any) -> None:
    stray = Path(private_files.storage().path("..a.png"))
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(picture_bytes())
    assert login(person).get("/exams/media/..a.png").status_code == 404


def test_visitor_is_sent_to_the_door() -> None:
    response = Client().get(media.address_of(keep(picture_bytes()).file))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")
