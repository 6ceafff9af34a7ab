"""The shape of a text: all that a layout sees of it.

In the fonts certificates are printed with, every Chinese character is one em wide and breaks lines like any other,
and most digits are as wide as the next (`tabular-nums`; 1 and 7 of the serif are not). So 许知秋 and 沈静文 are laid
out alike, and so are 86 and 92.
Each shape is a text itself, the one its plate is cast with: nobody's name is in a plate.
"""

from __future__ import annotations

import re

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"  # 〇 and the unified ideographs
_HAN = re.compile(f"[{HAN}]")
_DIGIT = re.compile("[02-689]")
# Letters without marks of their own, digits, and the punctuation of Chinese: one glyph each, from left to right.
_PLAIN = re.compile(f"[ -~·×°\u00c0-\u024f‘’“”—…、。〈〉《》「」『』【】〔〕！％（），．：；？～{HAN}]*")

_LATIN = re.compile("[a-z]")

FREE = "中"  # the text of a field whose length moves nothing but its own line


def shape(text: str) -> str:
    """The text that stands for all texts laid out like this one."""
    return _DIGIT.sub("0", _HAN.sub("国", text))


def is_shared(shape: str) -> bool:
    """Whether others are likely to have it: words in Latin letters are one person's, and not worth a plate."""
    return not _LATIN.search(shape)


def is_plain(text: str) -> bool:
    """Whether each character is a glyph and each space counts; other texts are WeasyPrint's business."""
    return bool(_PLAIN.fullmatch(text)) and text == " ".join(text.split())
