"""Which characters the installed fonts draw: a sweep over what GB 18030 asks for, checked against fontconfig's own
account (faults.md row 40)."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from certificates.press import lettering
from certificates.press.lettering import chain, clusters, missing_glyphs

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")
# GB 18030-2022: level 1 and 2 ask for the first two, level 3 for the rest besides.
BLOCKS = {
    "CJK Unified Ideographs": (0x4E00, 0x9FFF),
    "Extension A": (0x3400, 0x4DB5),
    "Extension B": (0x20000, 0x2A6D6),
    "Extension C": (0x2A700, 0x2B734),
    "Extension D": (0x2B740, 0x2B81D),
    "Extension E": (0x2B820, 0x2CEA1),
    "Extension F": (0x2CEB0, 0x2EBE0),
    "Compatibility Ideographs": (0xF900, 0xFAD9),
}
# In the 2022 edition at level 1 or 2 though outside the first two blocks, or added to them late; and what names need.
RARE = "㛃𬭎𫖯𬱖𫓹𬙂𫍯𬴊𫄨鿍鿎鿏〇·"


def known_to_fontconfig() -> set[int]:
    """Every code point of every font with outlines, as fontconfig has read it."""
    fc_list = shutil.which("fc-list")
    assert fc_list
    asked = [fc_list, ":color=False", "--format", "%{fontformat}\t%{charset}\n"]
    found: set[int] = set()
    for line in subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines():
        made_as, ranges = line.split("\t")
        for each in ranges.split() if made_as in lettering.OUTLINES else ():
            first, _, last = each.partition("-")
            found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found


@pytest.mark.parametrize("block", BLOCKS)
def test_sweep_agrees_with_fontconfig_on_every_character(block: str) -> None:
    first, last = BLOCKS[block]
    known = known_to_fontconfig()
    ours = {code for code in range(first, last + 1) if not missing_glyphs(chr(code), fonts=FONTS)}
    assert ours == known & set(range(first, last + 1))


@pytest.mark.parametrize("char", RARE)
def test_rare_characters_of_names_are_drawn(char: str) -> None:
    assert missing_glyphs(char, fonts=FONTS) == ()


@pytest.mark.parametrize("char", ["\U0002ee5d", "\ue000", "\U0010fffd", "\u0378"])
def test_what_no_font_has_is_named_once(char: str) -> None:
    assert missing_glyphs(f"王{char}小{char}", fonts=FONTS) == (char,)


def test_the_chain_begins_with_the_fonts_of_the_theme() -> None:
    families = [face.families for face in chain(("Noto Sans CJK SC",))]
    assert "noto sans cjk sc" in families[0]
    assert len(families) == len(set(chain()))


def test_a_letter_with_marks_is_one_piece() -> None:
    assert list(clusters("ae\u0301\u0323葛\U000e0100b")) == ["a", "e\u0301\u0323", "葛\U000e0100", "b"]


def test_marks_are_drawn_by_the_font_of_their_letter_or_not_at_all() -> None:
    assert missing_glyphs("e\u0301", fonts=FONTS) == ()
    # a Tibetan vowel sign on a Chinese character: some font may have each, none has both
    assert missing_glyphs("王\u0f72", fonts=FONTS) == ("王\u0f72",)


def test_a_selector_that_the_printing_font_does_not_know_is_missing() -> None:
    assert missing_glyphs("王\U000e01ef", fonts=FONTS) == ("王\U000e01ef",)


def test_without_fontconfig_nothing_can_be_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for cached in (lettering._installed, lettering.chain, lettering._is_drawn):
        cached.cache_clear()
    assert missing_glyphs("王") == ("王",)
    for cached in (lettering._installed, lettering.chain, lettering._is_drawn):
        cached.cache_clear()


def test_a_font_that_has_a_box_for_everything_does_not_count() -> None:
    rows = [["Last Resort", "/a.ttf", "0", "TrueType", "False"], ["Song", "/b.ttf", "65538", "CFF", "False"]]
    coloured = [["Emoji", "/c.ttf", "0", "TrueType", "True"], ["Bits", "/d.pcf", "0", "PCF", "False"]]
    assert [(face.file, face.index) for face in lettering._faces(rows + coloured)] == [("/b.ttf", 2)]


def test_what_is_missing_is_described_with_its_code_points() -> None:
    assert lettering.described(["𠀀", "e\u0301"]) == "𠀀 (U+20000)，e\u0301 (U+0065 U+0301)"
