"""How a name is read out: a syllable with its tone mark for each Chinese character, and where to ask its bearer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pypinyin import pinyin
from pypinyin.contrib.tone_convert import tone3_to_tone, tone_to_tone3

from certificates.ceremony.surnames import COMPOUND_SURNAMES, GIVEN_NAMES, SURNAMES, table
from core.errors import Refusal

TONED = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]")
SYLLABLE = re.compile("[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜêńňǹḿ]{1,6}[0-5]?")
SOUNDS = re.compile("[aeiouüêmn]|" + TONED.pattern)
LONGEST_SURNAME = 2


class Doubt(models.TextChoices):
    """Why somebody should ask how a character is read."""

    SURNAME = "surname", gettext_lazy("Surname with several readings")
    GIVEN = "given", gettext_lazy("Character with several readings")
    RARE = "rare", gettext_lazy("Rare character")
    UNKNOWN = "unknown", gettext_lazy("No reading known")


@dataclass(frozen=True)
class Spoken:
    """A part of a name and its syllable; "" for what is no Chinese character or has no known reading."""

    text: str
    syllable: str


@dataclass(frozen=True)
class Doubtful:
    """A character to ask about: how it is read here, and what else is heard."""

    text: str
    why: Doubt
    syllable: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A name as it is read out. `by_hand`: somebody wrote it down, so nothing is doubtful any more."""

    parts: tuple[Spoken, ...]
    doubts: tuple[Doubtful, ...] = ()
    by_hand: bool = False

    def __str__(self) -> str:
        return " ".join(part.syllable for part in self.parts if part.syllable)

    @property
    def sort_key(self) -> tuple[tuple[str, str, str], ...]:
        """As dictionaries sort: syllable, tone, character; one character after the other."""
        return tuple((*_plain(part.syllable), part.text) for part in self.parts if part.text.strip("·"))


def read_name(name: str, *, by_hand: str = "") -> Reading:
    """How a name is read; `by_hand` are the syllables somebody wrote down for it, which then hold.

    A reading by hand that does not fit the name any more, because the name was corrected since, is left aside.
    """
    parts = list(_parts(name))
    written = by_hand.split()
    if written and len(written) == sum(map(is_chinese, parts)):
        said = iter(written)
        return Reading(
            tuple(Spoken(part, next(said) if is_chinese(part) else "") for part in parts), (), True
        )
    return Reading(*_read(parts))


def as_reading(text: str, *, name: str) -> str:
    """What was typed as syllables with tone marks, "shàn xióng xìn"; figures for tones (shan4) are welcome.

    Raises Refusal unless it has as many syllables as the name has Chinese characters.
    """
    typed = re.split(r"[\s'’·-]+", text.strip().lower().replace("u:", "ü").replace("v", "ü"))
    typed = [syllable for syllable in typed if syllable]
    wrong = [syllable for syllable in typed if not (SYLLABLE.fullmatch(syllable) and SOUNDS.search(syllable))]
    if wrong:
        raise Refusal(
            _(
                "“%(syllable)s” is no syllable of pinyin. Write it as in shàn or shan4, with a space after each."
            )
            % {"syllable": wrong[0][:20]},
            code="reading",
        )
    wanted = sum(map(is_chinese, _parts(name)))
    if len(typed) != wanted:
        raise Refusal(
            _("The name has %(wanted)d characters, what you wrote has %(count)d syllables: one for each.")
            % {"wanted": wanted, "count": len(typed)},
            code="reading",
        )
    return " ".join(map(tone3_to_tone, typed))


def is_chinese(text: str) -> bool:
    """Whether a part of a name is one Chinese character."""
    return len(text) == 1 and (
        text == "〇" or "\u3400" <= text <= "\u9fff" or "\U00020000" <= text <= "\U0003ffff"
    )


def _parts(name: str) -> Iterator[str]:
    """Each Chinese character by itself, everything between them together."""
    other = ""
    for char in name:
        if is_chinese(char):
            if other:
                yield other
            other = ""
            yield char
        else:
            other += char
    if other:
        yield other


def _read(parts: list[str]) -> tuple[tuple[Spoken, ...], tuple[Doubtful, ...]]:
    text = "".join(parts)
    surname = text[:2] if text[:2] in _compounds() and len(text) > LONGEST_SURNAME else text[:1]
    if surname in _compounds():
        said = dict(enumerate(_compounds()[surname]))
    else:
        said = {0: _surnames()[surname][0]} if surname in _surnames() and len(text) > 1 else {}
    given = _dictionary(text[len(surname) :])
    spoken: list[Spoken] = []
    doubts: list[Doubtful] = []
    place = 0
    for index, part in enumerate(parts):
        in_surname = place < len(surname)
        if not is_chinese(part):
            spoken.append(Spoken(part, ""))
        else:
            syllable = said.get(index) or (
                _single(part) if in_surname else _given(part, given[place - len(surname)])
            )
            spoken.append(Spoken(part, syllable))
            doubts += _doubts(part, syllable, surname if in_surname else "")
        place += len(part)
    return tuple(spoken), tuple(doubts)


def _doubts(char: str, syllable: str, surname: str) -> Iterator[Doubtful]:
    heard = () if len(surname) > 1 else (_surnames() if surname else _givens()).get(char, ())
    others = tuple(each for each in heard if each != syllable)
    if not syllable:
        yield Doubtful(char, Doubt.UNKNOWN)
    elif others:
        yield Doubtful(char, Doubt.SURNAME if surname else Doubt.GIVEN, syllable, others)
    elif _is_rare(char):
        yield Doubtful(char, Doubt.RARE, syllable)


def _dictionary(text: str) -> list[str]:
    """One syllable for each character of a given name, read as one phrase; "" where the dictionary has none."""
    return [heard[0] for heard in _heard(text)]


def _given(char: str, syllable: str) -> str:
    """No light tone in a name, and of several readings the one of names."""
    usual = _givens().get(char, ())
    if usual and syllable not in usual:
        return usual[0]
    return syllable if not syllable or TONED.search(syllable) else _single(char)


def _single(char: str) -> str:
    heard = _heard(char, heteronym=True)[0]
    return next((syllable for syllable in heard if TONED.search(syllable)), heard[0])


def _heard(text: str, *, heteronym: bool = False) -> list[list[str]]:
    """The dictionary's readings of each character, [""] where it has none."""
    none: Any = lambda unread: [[""] for _char in unread]  # noqa: E731 -- typed as if it returned text
    return pinyin(text, heteronym=heteronym, errors=none)


def _is_rare(char: str) -> bool:
    """Not among the 6 763 characters of GB 2312."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return char != "〇"
    return False


def _plain(syllable: str) -> tuple[str, str]:
    figure = tone_to_tone3(syllable) if syllable else "~"
    return figure.rstrip("1234"), figure[-1]


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    return table(SURNAMES)


@cache
def _compounds() -> dict[str, tuple[str, ...]]:
    return table(COMPOUND_SURNAMES)


@cache
def _givens() -> dict[str, tuple[str, ...]]:
    return table(GIVEN_NAMES)
