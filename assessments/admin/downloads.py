"""Files made on the spot and handed out piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from django.http import FileResponse

IN_MEMORY = 2**20  # bytes; what is larger waits on the disk


def scratch() -> BinaryIO:
    """A file that is gone once it is closed."""
    return cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))


def download(write: Callable[[Any], object], name: str) -> FileResponse:
    """What `write` writes, as a download of this name, for nobody's cache."""
    target = scratch()
    write(target)
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
