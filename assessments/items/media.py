"""Pictures and sounds of a question: `body.media`, a list of {file, alt}, shown behind the stem in every type.

`file` is a name with a known suffix; in the bank it is the SHA-256 of the bytes with that suffix. `alt` says in words
what a picture shows, for whoever cannot see it; a sound may leave it empty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.items.checking import check_fields, check_text
from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
SOUNDS = (".mp3", ".ogg", ".wav", ".m4a")
FILE = re.compile(r"[^/\\\x00-\x1f]{1,120}")
LONGEST_ALT = 400


@dataclass(frozen=True)
class Medium:
    """One picture or sound, in the order the author gave them."""

    file: str
    alt: str
    is_sound: bool


def suffix_of(file: str) -> str:
    """The suffix in small letters, with its dot; empty without one."""
    return f".{file.rsplit('.', 1)[1].lower()}" if "." in file else ""


def check_media(problems: Problems, where: str, value: object) -> None:
    """Add what is wrong with a list of {file, alt}."""
    if not isinstance(value, list) or not value:
        problems.add(where, _("Give a list of at least %(least)s."), least=1)
        return
    for number, entry in enumerate(value):
        place = f"{where}[{number}]"
        fields = check_fields(problems, place, entry, frozenset({"file", "alt"}))
        if "file" in fields:
            check_file(problems, f"{place}.file", fields["file"], (*PICTURES, *SOUNDS))
        if "alt" in fields:
            _check_alt(problems, f"{place}.alt", fields)


def check_file(problems: Problems, where: str, name: object, suffixes: tuple[str, ...]) -> None:
    """Add what is wrong with the name of a file that must have one of these suffixes."""
    if not isinstance(name, str) or not FILE.fullmatch(name) or suffix_of(name) not in suffixes:
        problems.add(where, _("This must be the name of a file: %(suffixes)s."), suffixes=", ".join(suffixes))


def media_of(body: Mapping[str, Any]) -> tuple[Medium, ...]:
    """The pictures and sounds of a checked body."""
    return tuple(
        Medium(each["file"], each["alt"], suffix_of(each["file"]) in SOUNDS) for each in body.get("media", ())
    )


def files_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Every file a checked body names: its media, and the picture its places lie on."""
    own = [body["image"]["file"]] if "image" in body else []
    return tuple(dict.fromkeys([*own, *(each.file for each in media_of(body))]))


def _check_alt(problems: Problems, where: str, entry: Mapping[str, Any]) -> None:
    """A picture must be told in words; a sound may be told in words."""
    alt = entry["alt"]
    if suffix_of(str(entry.get("file", ""))) in SOUNDS and alt == "":
        return
    check_alt(problems, where, alt)


def check_alt(problems: Problems, where: str, alt: object) -> None:
    """Add what is wrong with the words that stand for a picture."""
    check_text(problems, where, alt)
    if isinstance(alt, str) and len(alt) > LONGEST_ALT:
        problems.add(where, _("The text is longer than %(most)s characters."), most=LONGEST_ALT)
