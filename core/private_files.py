"""Files that are served only after a predicate said yes: certificates, exports, uploads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.http import FileResponse, Http404

from core.hashing import sha256_hex


@dataclass(frozen=True)
class StoredFile:
    """Where bytes lie and what they were: `path` inside the private storage, SHA-256 and size in bytes."""

    path: str
    sha256: str
    size: int


@cache
def storage() -> Storage:
    """The private storage: outside MEDIA_ROOT, never served by a web server on its own."""
    return FileSystemStorage(location=settings.PRIVATE_ROOT, base_url=None)


def store(content: bytes, *, folder: str, suffix: str) -> StoredFile:
    """Keep bytes under their own hash; storing the same bytes twice is one file.

    A file that a full disk or a kill left half-written is replaced.
    """
    digest = sha256_hex(content)
    path = path_of(f"{digest}{suffix}", folder=folder)
    if storage().exists(path) and storage().size(path) != len(content):
        storage().delete(path)
    if not storage().exists(path):
        storage().save(path, ContentFile(content))
    return StoredFile(path, digest, len(content))


def put(content: bytes, *, path: str) -> None:
    """Keep bytes under a name that says what they are for. Whole or not at all: a kill leaves no half of a file, and
    of two at the same moment the later one stands."""
    target = Path(storage().path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, delete=False) as beside:
        beside.write(content)
    os.replace(beside.name, target)


def path_of(file: str, *, folder: str) -> str:
    """Where `store` keeps a file of that hash and suffix."""
    return str(PurePosixPath(folder) / file[:2] / file)


def read(path: str) -> bytes:
    """The bytes as stored. Raises FileNotFoundError when they were erased."""
    with storage().open(path) as handle:
        return handle.read()


def respond(path: str, *, allowed: bool, filename: str, content_type: str) -> FileResponse:
    """A download of a private file, or 404: a stranger must not learn that the file exists."""
    if not allowed or not storage().exists(path):
        raise Http404
    response = FileResponse(storage().open(path), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
