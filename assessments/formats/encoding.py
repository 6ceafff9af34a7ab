"""Bytes to text: UTF-8, UTF-16 and GB 18030, told apart without asking."""

import codecs

from assessments.formats.exchange import FileRefused
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LOOKED_AT = 4096  # bytes in which the zeros of UTF-16 are counted
MOST_BYTES = 64 * 1024 * 1024


def decoded(content: bytes) -> str:
    """The text, newlines as \\n. Raises FileRefused for bytes that are none of the three, and for too many of them."""
    if len(content) > MOST_BYTES:
        raise FileRefused(Message(_("The file is larger than %(most)s MB."), {"most": MOST_BYTES // 2**20}))
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise FileRefused(
        Message(_("The text is neither UTF-8, UTF-16 nor GB 18030. Save it as UTF-8 and try again."))
    )


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return [encoding]
    start = content[:LOOKED_AT]
    if b"\x00" in start:
        # a Latin letter or a newline has its zero second in little endian, first in big endian
        little = start[1::2].count(0) >= start[0::2].count(0)
        return ["utf-16-le", "utf-16-be"] if little else ["utf-16-be", "utf-16-le"]
    return ["utf-8", "gb18030"]
