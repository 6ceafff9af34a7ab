"""Names as people type them: unseen signs are refused, look-alikes pointed out, nothing is changed (faults.md, 42)."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refusal
from people.naming import LONGEST_NAME, LookAlike, as_name, look_alikes, strange_characters

NAMES = ["张三", "程𬭎", "㛃", "欧阳明月", "阿依古丽·买买提", "张〇", "Anna O'Neil", "Đặng Thị-Lan", "김민수"]
UNSEEN = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\ufe0f",
    "\U000e0041",
    "\u034f",
]

han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
any_text = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.mark.parametrize("name", NAMES)
def test_name_people_bear_is_taken_as_it_is_without_remarks(name: str) -> None:
    assert (as_name(name), strange_characters(name), look_alikes(name)) == (name, (), ())


@pytest.mark.parametrize(
    "sign", [*UNSEEN, "\n", "\x00", "\x1b", "😀", "○", "<", "9", "\ue000", "\u0378", "\ud800"]
)
def test_sign_that_belongs_in_no_name_is_refused_by_its_number(sign: str) -> None:
    with pytest.raises(Refusal, match=f"U\\+{ord(sign):04X}"):
        as_name(f"张{sign}三")


@pytest.mark.parametrize("text", ["", " ", "\u3000", "张" * (LONGEST_NAME + 1)])
def test_no_name_and_an_endless_name_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        as_name(text)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("陳\uf9b4", LookAlike("\uf9b4", "領")),  # compatibility ideograph
        ("阿依古丽•买买提", LookAlike("•", "·")),
        ("ＬＩ", LookAlike("Ｌ", "L")),
        ("王ロ", LookAlike("ロ", "")),  # katakana ro, not a mouth
        ("Аnna", LookAlike("n", "")),  # begins with a Cyrillic A
        ("李a", LookAlike("a", "")),
    ],
)
def test_look_alike_is_pointed_out_and_kept(name: str, found: LookAlike) -> None:
    assert look_alikes(name)[0] == found
    assert as_name(name) == name


def test_radical_is_refused_with_the_character_that_was_probably_meant() -> None:
    with pytest.raises(Refusal, match=re.escape("⼀ (U+2F00) → 一 (U+4E00)，⺠ (U+2EA0)")):
        as_name("⼀⺠")


@given(any_text)
def test_any_text_is_refused_or_comes_back_as_typed(text: str) -> None:
    try:
        name = as_name(text)
    except Refusal:
        return
    assert name == text.strip()
    assert len(name) <= LONGEST_NAME
    assert {unicodedata.category(char) for char in name} & {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
        "So",
    } == set()


@given(st.lists(han, min_size=2, max_size=8), st.sampled_from(UNSEEN), st.integers(min_value=0))
def test_unseen_sign_is_found_wherever_it_hides(letters: list[str], sign: str, place: int) -> None:
    place %= len(letters) + 1
    assert strange_characters("".join([*letters[:place], sign, *letters[place:]])) == (sign,)


@given(st.text(han, min_size=1, max_size=LONGEST_NAME))
def test_plain_chinese_name_raises_no_doubt(name: str) -> None:
    assert (as_name(name), look_alikes(name)) == (name, ())
