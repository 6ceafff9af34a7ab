"""Zip archives that strangers made: what a broken one raises, and when one unpacks to more than it should.

How much a format takes is the format's own to say; see the limits where it is read.
"""

import struct
import zlib
from zipfile import BadZipFile, ZipInfo

BROKEN = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What `zipfile` lets through when it opens or reads a damaged, locked or hostile archive."""


def is_swollen(entry: ZipInfo, *, ratio: int, over: int) -> bool:
    """Whether an entry of more than `over` bytes unpacks to more than `ratio` times its packed size."""
    return entry.file_size > over and entry.file_size > ratio * entry.compress_size
