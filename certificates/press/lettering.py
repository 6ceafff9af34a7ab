"""Whether a name can be printed as it is: each of its characters has a glyph in an installed font."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache


def missing_glyphs(name: str) -> tuple[str, ...]:
    """Characters that no installed font can draw."""
    return tuple(dict.fromkeys(char for char in name if not _has_glyph(char)))


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
