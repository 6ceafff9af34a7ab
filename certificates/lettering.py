"""Whether a name can be printed as it is: only characters of names, each with a glyph in an installed font."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from functools import cache

LONGEST_NAME = 40
# Dots between the parts of a name (middle dot, katakana dot, bullet …), hyphens, apostrophes, a plain space.
PUNCTUATION = frozenset("·・•‧∙-‐'’. ")


def strange_characters(name: str) -> tuple[str, ...]:
    """Characters that belong in no name: controls, direction marks, zero-width signs, emoji, unassigned places."""
    return tuple(dict.fromkeys(char for char in name if not _belongs_in_a_name(char)))


def missing_glyphs(name: str) -> tuple[str, ...]:
    """Characters that no installed font can draw."""
    return tuple(dict.fromkeys(char for char in name if not _has_glyph(char)))


def code_point(char: str) -> str:
    """U+2CB4E."""
    return f"U+{ord(char):04X}"


def _belongs_in_a_name(char: str) -> bool:
    category = unicodedata.category(char)
    return char in PUNCTUATION or category[0] in "LM" or category == "Nd"


def _has_glyph(char: str) -> bool:
    """Everyday characters are covered by the Chinese font that the start-up check asks for."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return _some_font_draws(char)
    return True


@cache
def _some_font_draws(char: str) -> bool:
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return False  # cannot be known, and a certificate with a box in the name must not go out
    asked = [fc_list, f":charset={ord(char):x}", "family"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return bool(found.stdout.strip())
