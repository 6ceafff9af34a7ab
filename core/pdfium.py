"""PDFium, one thread at a time: it keeps state of its own and may crash when two threads are in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from pypdfium2 import PdfDocument

_ALONE = Lock()


@contextmanager
def opened(pdf: bytes) -> Iterator[PdfDocument]:
    """The document, this process's only one within. Raises pypdfium2.PdfiumError for what is no PDF."""
    with _ALONE:
        document = PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()
