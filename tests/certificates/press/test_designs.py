"""The finished designs: whole with the longest of everything, readable by a camera, moved onto preprinted blanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pyzbar.pyzbar import decode

from certificates.credentials import verify_url
from certificates.gallery.sitters import PLACEHOLDER_CODE, PLAIN, WORST, sitter, stand_in_photo
from certificates.models import Issuer
from certificates.press import Offset, Order
from certificates.press.full import print_full
from certificates.press.theming import usable_themes
from certificates.printing import order_of
from tests.certificates.gallery.making import drawn_mark

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ISSUER = Issuer(code="QHXY", name="青禾区社区治理学院")
THEMES = [theme.key for theme in usable_themes()]


def order_for(theme: str, kind: str, **changes: Any) -> Order:
    """Somebody made up, with a photo, a seal and a signature, as a real certificate would be."""
    printable = sitter(kind, issuer=ISSUER, theme=theme, now=NOW)
    printable.holder.signer_name = "沈静文"
    pictures = {"photo.jpg": stand_in_photo(), "seal.png": drawn_mark(), "signature.png": drawn_mark()}
    return replace(order_of(replace(printable, sample=False, pictures=pictures)), **changes)


def sheets(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def texts(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", [PLAIN, WORST])
def test_nothing_overflows_and_the_code_is_read_at_150_dpi(theme: str, kind: str) -> None:
    order = order_for(theme, kind)
    printed = print_full(order)
    assert printed.overflowing == ()
    found = [code.data.decode() for sheet in sheets(printed.pdf) for code in decode(sheet)]
    assert found == [verify_url(PLACEHOLDER_CODE)]
    said = texts(printed.pdf)
    expected = [order.context["holder"]["name"], order.serial, order.context["status_sentence"]]
    expected += [module["title"] for module in order.context["modules"]]
    assert [each for each in expected if "".join(each.split()) not in said] == []


@pytest.mark.parametrize("theme", THEMES)
def test_corrections_and_later_starts_are_said(theme: str) -> None:
    said = texts(print_full(order_for(theme, WORST)).pdf)
    assert "SQ-2026-QHXY-10-000103-9" in said
    assert "更正证书" in said
    assert "起有效" in said


@pytest.mark.parametrize("theme", THEMES)
def test_dates_of_a_page_are_in_one_script(theme: str) -> None:
    said = texts(print_full(order_for(theme, PLAIN)).pdf)
    in_words, in_figures = "二〇二六年十一月二十二日" in said, "2026年11月22日" in said
    assert [in_words, in_figures] == ([False, True] if theme == "card" else [True, False])
    assert ("2029年12月31日" in said, "二〇二九年十二月三十一日" in said) == (in_figures, in_words)


@pytest.mark.parametrize("theme", THEMES)
def test_blanks_carry_only_what_differs_and_move_by_tenths_of_a_millimetre(theme: str) -> None:
    plain = print_full(order_for(theme, PLAIN)).pdf
    blank = print_full(order_for(theme, PLAIN, blanks=Offset())).pdf
    said = texts(blank)
    assert ("许知秋" in said, "编号　" in said, "青禾区社区治理学院" in said) == (True, False, False)
    assert "特发此证" in said or theme == "card"
    assert [sheet.getpixel((1, 1)) for sheet in sheets(blank)] == [255] * len(sheets(blank))
    assert len(texts(plain)) > len(said)
    moved = print_full(order_for(theme, PLAIN, blanks=Offset(right=100, down=50))).pdf
    assert shift(sheets(blank, 127), sheets(moved, 127)) == (50, 25)  # 127 dpi: five pixels a millimetre


def shift(before: Sequence[Image.Image], after: Sequence[Image.Image]) -> tuple[int, int]:
    """By how many pixels the ink of the first sheet was moved to the right and down."""
    boxes = [Image.eval(sheets[0], lambda value: 255 - value).getbbox() for sheets in (before, after)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    return boxes[1][0] - boxes[0][0], boxes[1][1] - boxes[0][1]
