"""Pictures, films and documents of released courses: copied under their own hash, served as harmless files.

Wagtail's originals may be replaced or deleted; a version keeps showing what was there when it was released.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import Any, Protocol

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from core import served_files

FOLDER = "released"
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
            for chunk in source.chunks(served_files.CHUNK):
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
    """A released file; documents as downloads. Raises Http404."""
    suffix = PurePosixPath(name).suffix.lower()
    content_type = SHOWN.get(suffix) or DOWNLOADED.get(suffix)
    if content_type is None:
        raise Http404
    return served_files.respond(
        default_storage,
        _path(sha256, suffix),
        content_type=content_type,
        name=name,
        as_attachment=suffix in DOWNLOADED,
        wanted_range=wanted_range,
    )


def _path(sha256: str, suffix: str) -> str:
    return f"{FOLDER}/{sha256}{suffix}"


def _safe_name(title: str, suffix: str) -> str:
    stem = re.sub(r'[\x00-\x1f/\\:*?"<>|]+', "-", title).strip(" .-")[:80] or "file"
    return stem if stem.lower().endswith(suffix) else stem + suffix
