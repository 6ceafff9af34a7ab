"""Files that never change, shown in a page by whoever may open it: pictures, sounds, films, documents to download.

They lie under their own hash, so a browser may keep them for as long as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

CHUNK = 1 << 16
# A picture may style itself and nothing more: no script, no request, no form, wherever it is opened.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def respond(
    storage: Storage,
    path: str,
    *,
    content_type: str,
    name: str,
    as_attachment: bool = False,
    wanted_range: str | None = None,
) -> HttpResponseBase:
    """The file for as long as a browser cares to keep it, harmless wherever it is opened. Raises Http404.

    One byte range is honoured, so that a film or a sound can be started in the middle.
    """
    if not storage.exists(path):
        raise Http404
    handle = storage.open(path)
    response = _ranged(handle, wanted_range) or FileResponse(
        handle, as_attachment=as_attachment, filename=name
    )
    response["Content-Type"] = content_type
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


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
