"""Fonts cut down once: complete for what is promised, numbered as PDF needs them, and never half written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from certificates.press import foundry


@pytest.fixture(scope="module")
def cut() -> list[Path]:
    return sorted(foundry.cast_fonts().parent.glob("*.otf"))


def test_characters_are_the_standards() -> None:
    found = set(foundry.characters())
    assert {char for char in "一乙二㛃𬭎䶮〇·—…“”（）①Ａé" if char not in found} == set()
    assert len(foundry.STANDARD.read_text().replace("\n", "")) == 8105
    assert {char for char in "丁丂" if char in found} == {"丁"}


def test_each_face_has_every_character_that_its_source_has(cut: list[Path]) -> None:
    assert len(cut) == 4
    for path in cut:
        family = next(source for source in foundry._sources() if source.cut_name == path.name)
        whole = hb.Face(hb.Blob.from_file_path(str(family.file)), family.index)
        own = hb.Face(hb.Blob.from_file_path(str(path)), 0)
        promised = set(map(ord, foundry.characters()))
        assert promised & set(own.unicodes) == promised & set(whole.unicodes)


def test_glyph_numbers_are_the_character_ids(cut: list[Path]) -> None:
    for path in cut:
        charset = TTFont(path)["CFF "].cff.topDictIndex[0].charset
        assert charset[1:] == [f"cid{number:05d}" for number in range(1, len(charset))]


def test_widths_are_the_sources(cut: list[Path]) -> None:
    for path in cut:
        source = next(source for source in foundry._sources() if source.cut_name == path.name)
        whole = hb.Font(hb.Face(hb.Blob.from_file_path(str(source.file)), source.index))
        own = hb.Font(hb.Face(hb.Blob.from_file_path(str(path)), 0))
        for char in "国A1 W，é":
            glyphs = [font.get_nominal_glyph(ord(char)) for font in (whole, own)]
            assert own.get_glyph_h_advance(glyphs[1]) == whole.get_glyph_h_advance(glyphs[0])


def test_page_takes_the_cut_font_and_falls_back_for_the_rest() -> None:
    document = HTML(string="<p style=\"font: 12pt 'Noto Serif CJK SC'\">许知秋㐂").render(
        font_config=foundry.fonts()
    )
    document.write_pdf()
    families = [font.family for font in document.fonts.values()]
    assert families[0] == "Qinglan Noto Serif CJK SC"
    assert len(families) == 2


def test_second_look_makes_nothing(cut: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foundry, "cut", lambda source: pytest.fail("cut again"))
    assert sorted(foundry.cast_fonts().parent.glob("*.otf")) == cut


def test_many_at_once_leave_whole_files(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FONTS_DIR = tmp_path
    monkeypatch.setattr(foundry, "cut", lambda source: source.weight.encode() * 100_000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: foundry.cast_fonts(), range(8)))
    (configuration,) = found
    assert sorted({path.stat().st_size for path in configuration.parent.glob("*.otf")}) == [400_000, 700_000]
    assert [path for path in configuration.parent.iterdir() if path.suffix not in (".otf", ".conf")] == []


def test_printing_goes_on_where_fonts_cannot_be_kept(settings: Any) -> None:
    settings.FONTS_DIR = "/proc/none"
    assert isinstance(foundry.fonts.__wrapped__(), FontConfiguration)
