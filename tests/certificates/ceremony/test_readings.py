"""How names are read out: surnames first, then what else has several readings, and readings by hand."""

from __future__ import annotations

import pytest

from certificates.ceremony.readings import Doubt, as_reading, read_name
from core.errors import Refusal


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("单雄信", "shàn xióng xìn"),
        ("解晓东", "xiè xiǎo dōng"),
        ("曾小贤", "zēng xiǎo xián"),
        ("仇英", "qiú yīng"),
        ("区志明", "ōu zhì míng"),
        ("尉迟恭", "yù chí gōng"),
        ("欧阳𬭎", "ōu yáng hóng"),
        ("任盈盈", "rén yíng yíng"),
        ("华罗庚", "huà luó gēng"),
        ("查良镛", "zhā liáng yōng"),
        ("盖叫天", "gě jiào tiān"),
        ("朴树", "piáo shù"),
        ("万俟卨", "mò qí xiè"),
        ("乐毅", "yuè yì"),
        ("长孙无忌", "zhǎng sūn wú jì"),
        ("燕青", "yān qīng"),
        ("葛优", "gě yōu"),
        ("缪凤林", "miào fèng lín"),
        ("折可适", "shé kě shì"),
        ("张长乐", "zhāng cháng lè"),
        ("李子茜", "lǐ zǐ qiàn"),
        ("吕布", "lǚ bù"),
        ("张〇", "zhāng líng"),
        ("阿依古丽·买买提", "ā yī gǔ lì mǎi mǎi tí"),
        ("O’Neil", ""),
    ],
)
def test_names_are_read_as_their_bearers_say(name: str, said: str) -> None:
    assert str(read_name(name)) == said


def test_every_part_of_a_name_is_there_once_and_in_order() -> None:
    for name in ("单雄信", "阿依古丽·买买提", "尉迟 恭", "张John三", "·"):
        assert "".join(part.text for part in read_name(name).parts) == name


@pytest.mark.parametrize(
    ("name", "doubts"),
    [
        ("单雄信", [("单", Doubt.SURNAME, "shàn", ("dān",))]),
        ("欧阳𬭎", [("𬭎", Doubt.RARE, "hóng", ())]),
        ("任我行", [("任", Doubt.SURNAME, "rén", ("rèn",)), ("行", Doubt.GIVEN, "xíng", ("háng",))]),
        ("尉迟恭", []),
        ("许知秋", []),
        ("王单", []),  # as a given name's character it is not on the list of those
    ],
)
def test_what_may_be_read_otherwise_is_marked(name: str, doubts: list[object]) -> None:
    found = [(each.text, each.why, each.syllable, each.others) for each in read_name(name).doubts]
    assert found == doubts


def test_character_without_a_reading_is_said_and_not_made_up() -> None:
    found = read_name("张\U0003134a")  # unassigned
    assert [(each.text, each.why) for each in found.doubts] == [("\U0003134a", Doubt.UNKNOWN)]
    assert [part.syllable for part in found.parts] == ["zhāng", ""]


def test_reading_by_hand_holds_and_leaves_no_doubt() -> None:
    found = read_name("任我行", by_hand="rén wǒ háng")
    assert (str(found), found.doubts, found.by_hand) == ("rén wǒ háng", (), True)


def test_reading_by_hand_of_a_name_that_was_corrected_since_is_left_aside() -> None:
    assert str(read_name("任行", by_hand="rén wǒ háng")) == "rén xíng"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("shàn xióng xìn", "shàn xióng xìn"),
        ("Shan4 xiong2 xin4", "shàn xióng xìn"),
        ("  shàn  xióng xìn ", "shàn xióng xìn"),
        ("lv3 bu4 a", "lǚ bù a"),
    ],
)
def test_figures_stand_for_tones(typed: str, kept: str) -> None:
    assert as_reading(typed, name="单雄信") == kept


@pytest.mark.parametrize(
    "typed", ["shàn xióng", "shàn xióng xìn yī", "<b> x y", "单 雄 信", "shan5x y z", ""]
)
def test_what_is_no_reading_of_this_name_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        as_reading(typed, name="单雄信")


def test_names_sort_by_syllable_tone_and_character() -> None:
    names = ["张三", "欧阳𬭎", "单雄信", "曾小贤", "区志明", "解晓东", "张散", "章三", "艾青"]
    names.sort(key=lambda name: read_name(name).sort_key)
    assert names == ["艾青", "区志明", "欧阳𬭎", "单雄信", "解晓东", "曾小贤", "张三", "张散", "章三"]
