"""Pictures, films and documents of released courses: copied under their own hash, served as harmless files.

Wagtail's originals may be replaced or deleted; a version keeps showing what was there when it was released.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Protocol

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

FOLDER = "released"
CHUNK = 1 << 16
SHOWN = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
DOWNLOADED = {
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# A picture may style itself and nothing more: no script, no request, no form, wherever it is opened.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

FrozenFile = dict[str, Any]


class Keeper(Protocol):
    """Takes a draft's file and says how the frozen lesson names it."""

    def keep(self, file: Any, title: str) -> FrozenFile: ...


class ReleaseKeeper:
    """Names files by their hash, and copies them once the release is sure of itself."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def keep(self, file: Any, title: str) -> FrozenFile:
        """{"sha256", "suffix", "name", "size"}; `name` is what a download is called. Raises OSError."""
        suffix = PurePosixPath(file.name).suffix.lower()
        digest = hashlib.sha256()
        with file.storage.open(file.name) as source:
            for chunk in source.chunks(CHUNK):
                digest.update(chunk)
            size = source.size
        sha256 = digest.hexdigest()
        self._kept[_path(sha256, suffix)] = file
        return {"sha256": sha256, "suffix": suffix, "name": _safe_name(title, suffix), "size": size}

    def store(self) -> None:
        """Copy what was named and is not there yet."""
        for path, file in self._kept.items():
            if not default_storage.exists(path):
                with file.storage.open(file.name) as source:
                    default_storage.save(path, File(source))


class DraftKeeper:
    """For previews: shows Wagtail's own file and copies nothing."""

    def keep(self, file: Any, title: str) -> FrozenFile:
        return {"url": file.url, "name": title, "size": 0, "suffix": PurePosixPath(file.name).suffix.lower()}


def address_of(file: FrozenFile) -> str:
    """Where a browser finds a frozen file."""
    if "url" in file:
        return str(file["url"])
    return reverse("courses:media", args=[file["sha256"], file["name"]])


def respond(sha256: str, name: str, wanted_range: str | None = None) -> HttpResponseBase:
    """A released file for as long as a browser cares to keep it; documents as downloads. Raises Http404.

    One byte range is honoured, so that a film can be started in the middle.
    """
    suffix = PurePosixPath(name).suffix.lower()
    content_type = SHOWN.get(suffix) or DOWNLOADED.get(suffix)
    path = _path(sha256, suffix)
    if content_type is None or not default_storage.exists(path):
        raise Http404
    handle = default_storage.open(path)
    response = _ranged(handle, wanted_range) or FileResponse(
        handle, as_attachment=suffix in DOWNLOADED, filename=name
    )
    response["Content-Type"] = content_type
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _path(sha256: str, suffix: str) -> str:
    return f"{FOLDER}/{sha256}{suffix}"


def _safe_name(title: str, suffix: str) -> str:
    stem = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', "-", title).strip(" .-")[:80] or "file"
    return stem if stem.lower().endswith(suffix) else stem + suffix


def _ranged(handle: Any, wanted: str | None) -> HttpResponseBase | None:
    """The part asked for by a `Range: bytes=first-last` header, 416 if there is none, None without such a header."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", wanted or "")
    if not match or match.groups() == ("", ""):
        return None
    size = handle.size
    first, last = _bounds(match[1], match[2], size)
    if first > last:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_slice(handle, first, last - first + 1), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _slice(handle: Any, first: int, length: int) -> Iterator[bytes]:
    with handle:
        handle.seek(first)
        while length > 0 and (chunk := handle.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
