"""How a file's claim to be one of our certificates is read, even from a damaged file.

The press writes the verification address twice (`certificates/press/archive.py`): in the document information, and in
an XMP packet kept uncompressed, so that a plain search finds it when no PDF reader can open the file any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

PDF_HEADER = b"%PDF-"
CODE = re.compile(r"/verify/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


def claimed_codes(content: bytes) -> Iterator[str]:
    """The verification codes a file carries; none when it does not claim to be ours.

    Those a plain search finds come first. Whoever knows none of them reads on, and only then is the file opened
    with a PDF reader: a certificate with one bit turned over is still recognised by the other place.
    """
    if content.startswith(PDF_HEADER):
        yield from _codes_in(content.decode("latin-1"))
        yield from _codes_in(_information(content))


def _codes_in(text: str) -> list[str]:
    return list(dict.fromkeys(CODE.findall(text)))


def _information(content: bytes) -> str:
    """The document information as one text; empty when the file cannot be read, for whatever reason."""
    try:
        information: dict[str, Any] = dict(PdfReader(BytesIO(content), strict=False).metadata or {})
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return ""
    return "\n".join(str(value) for value in information.values())
