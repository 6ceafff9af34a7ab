"""Released files: harmless wherever they are opened, and nothing else of the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from core.hashing import sha256_hex
from people.models import Person

pytestmark = pytest.mark.django_db
EVIL = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILM = bytes(range(256)) * 1024


@pytest.fixture
def client(person: Person, login: Callable[[Any], Client], settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return login(person)


def address(content: bytes, suffix: str, name: str) -> str:
    sha256 = sha256_hex(content)
    default_storage.save(f"released/{sha256}{suffix}", ContentFile(content))
    return f"/courses/media/{sha256}/{name}"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_picture_is_kept_for_long_and_cannot_run_a_script(client: Client) -> None:
    """faults.md, row 29."""
    response = client.get(address(EVIL, ".svg", "image.svg"))
    assert (response.status_code, response["Content-Type"], body(response)) == (200, "image/svg+xml", EVIL)
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_document_is_downloaded_under_its_name(client: Client) -> None:
    response = client.get(address(b"a,b", ".csv", "练习.csv"))
    assert response["Content-Type"] == "text/csv"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E7%BB%83%E4%B9%A0.csv"


def test_a_name_cannot_turn_a_file_into_another_kind(client: Client) -> None:
    url = address(EVIL, ".csv", "image.svg")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["page.html", "image", "x.js", "..%2F..%2Fdb.sqlite3"])
def test_other_kinds_of_files_are_not_found(name: str, client: Client) -> None:
    assert client.get(f"/courses/media/{'0' * 64}/{name}").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=262000-", 206, 262_000, 262_143),
        ("bytes=-10", 206, 262_134, 262_143),
        ("bytes=100-999999999", 206, 100, 262_143),
    ],
)
def test_a_film_can_be_started_in_the_middle(
    wanted: str, status: int, first: int, last: int, client: Client
) -> None:
    response = client.get(address(FILM, ".mp4", "film.mp4"), headers={"range": wanted})
    assert (response.status_code, body(response)) == (status, FILM[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(FILM)}"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("wanted", ["bytes=999999-", "bytes=9-3"])
def test_a_range_outside_the_film_is_refused(wanted: str, client: Client) -> None:
    response = client.get(address(FILM, ".mp4", "film.mp4"), headers={"range": wanted})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(FILM)}")


@pytest.mark.parametrize("wanted", ["", "bytes=-", "items=1-2", "bytes=0-1,4-5"])
def test_a_header_that_is_no_single_range_gives_the_whole(wanted: str, client: Client) -> None:
    response = client.get(address(FILM, ".mp4", "film.mp4"), headers={"range": wanted})
    assert (response.status_code, body(response)) == (200, FILM)
