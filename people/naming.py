"""Names of people as they are typed: what cannot be part of a name, and what only looks like the right character.

Signs that nobody sees (direction marks, zero-width joiners, fillers) make two accounts look alike and change the order
of everything printed after them; they are refused, and so are radicals, which Unicode counts among the symbols.
A letter of another alphabet or a compatibility form may be what somebody's document really says; it is kept as it was
typed and pointed out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import Refusal

LONGEST_NAME = 40
MIDDLE_DOT = "·"
# Dots between the parts of a name (middle dot, katakana dot, bullet …), hyphens, apostrophes, a plain space.
PUNCTUATION = frozenset("·・•‧∙-‐'’. ")
OTHER_DOTS = frozenset("・•‧∙.")
ZERO = "〇"  # a number to Unicode, a character of given names to their bearers
# Letters and marks that are drawn as nothing: the part of Unicode's Default_Ignorable_Code_Point that is not a
# format character (DerivedCoreProperties.txt).
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))


@dataclass(frozen=True)
class LookAlike:
    """A character that is easily taken for another one: `meant`, where Unicode or custom says which; else ""."""

    char: str
    meant: str

    def __str__(self) -> str:
        if len(self.meant) == 1:
            return f"{_shown(self.char)} → {_shown(self.meant)}"
        return _shown(self.char)


def as_name(text: str) -> str:
    """The name without spaces around it. Raises Refusal, naming what to leave out, when it cannot be one."""
    name = text.strip()
    if not name:
        raise Refusal(_("A name is needed."))
    signs = dict.fromkeys([*strange_characters(name), *(char for char in name if char.isdecimal())])
    if signs:
        raise Refusal(
            _(
                "A name is letters, with a middle dot, a hyphen or an apostrophe where it has one. Leave out: %(signs)s"
            )
            % {"signs": _(", ").join(str(LookAlike(sign, _meant(sign))) for sign in signs)}
        )
    if len(name) > LONGEST_NAME:
        raise Refusal(
            _("A name has at most %(count)d characters; this one has %(length)d.")
            % {"count": LONGEST_NAME, "length": len(name)}
        )
    return name


def strange_characters(name: str) -> tuple[str, ...]:
    """Characters that belong in no name: controls, direction marks, zero-width signs, emoji, unassigned places."""
    return tuple(dict.fromkeys(char for char in name if not _belongs_in_a_name(char)))


def look_alikes(name: str) -> tuple[LookAlike, ...]:
    """Characters worth a second look: radicals and compatibility forms, unusual dots, letters of a second script."""
    script = _script_of(name)
    found = (_look_alike(char, script) for char in dict.fromkeys(name))
    return tuple(each for each in found if each)


def code_point(char: str) -> str:
    """U+2CB4E."""
    return f"U+{ord(char):04X}"


def _belongs_in_a_name(char: str) -> bool:
    category = unicodedata.category(char)
    if not _is_drawn(char):
        return False
    return char in PUNCTUATION or char == ZERO or category[0] in "LM" or category == "Nd"


def _is_drawn(char: str) -> bool:
    return char not in INVISIBLE and not any(ord(char) in block for block in SELECTORS)


def _look_alike(char: str, script: str) -> LookAlike | None:
    if char in OTHER_DOTS:
        return LookAlike(char, MIDDLE_DOT)
    other_script = unicodedata.category(char)[0] == "L" and _script(char) != script
    if _meant(char) or other_script:
        return LookAlike(char, _meant(char))
    return None


def _meant(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain != char and plain.isprintable() else ""


def _shown(char: str) -> str:
    """The character, where it can be seen, and its number."""
    return f"{char} ({code_point(char)})" if char.isprintable() and _is_drawn(char) else code_point(char)


def _script_of(name: str) -> str:
    """Chinese where any character is, since other letters are then the odd ones; else that of the first letter."""
    scripts = [_script(char) for char in name if unicodedata.category(char)[0] == "L"]
    return "CJK" if "CJK" in scripts else next(iter(scripts), "")


def _script(char: str) -> str:
    """The first word of a letter's Unicode name: CJK, LATIN, CYRILLIC, HANGUL, KATAKANA …"""
    return unicodedata.name(char, "").split(" ")[0].split("-")[0]
